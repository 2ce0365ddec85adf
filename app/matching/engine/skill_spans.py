"""Which skills a piece of free text names: each short run of its words against every label."""

from collections.abc import Callable, Sequence

import numpy as np
import numpy.typing as npt

from app.matching.engine.lexical import LexicalIndex
from app.matching.engine.texts import tokenise

Vectors = npt.NDArray[np.float32]
Encode = Callable[[Sequence[str]], Vectors]

WINDOWS = (2, 3, 6, 10)
"""Words of a run; a skill is named by few words, and a whole sentence blurs several."""
WORDS_WEIGHT = 0.2
"""What it adds to the cosine that all words of a label stand in the text."""


class SkillLabels:
    """n labels of skills, encoded once, to be looked for in many texts; immutable."""

    def __init__(self, labels: Sequence[str], vectors: Vectors) -> None:
        """Hold `labels` and their unit vectors float32[n, d]."""
        if len(labels) != len(vectors):
            raise ValueError("Labels and vectors differ in number.")
        self.labels = tuple(labels)
        self._vectors = vectors
        terms = [sorted(set(tokenise(label))) for label in labels]
        places = np.arange(len(labels), dtype=np.int64)
        self._idf = LexicalIndex.build(places, terms, "bm25").statistics.idf
        self._holders: dict[str, list[int]] = {}
        for place, own in enumerate(terms):
            for term in own:
                self._holders.setdefault(term, []).append(place)
        totals = [sum(self._idf(term) for term in own) for own in terms]
        self._totals = np.array(totals) if totals else np.zeros(0)

    def scores(self, text: str, encode: Encode) -> npt.NDArray[np.float64]:
        """Return how surely each label is named, float64[n].

        The greatest cosine of a run of words with the label, and `WORDS_WEIGHT` times the share
        of the label's words, weighed by their rarity, that stand in the text.
        """
        if not text.split() or not self.labels:
            return np.zeros(len(self.labels))
        cosines = (self._vectors @ encode(windows(text)).T).max(axis=1)
        return np.asarray(cosines + WORDS_WEIGHT * self._shares(text), np.float64)

    def find(self, text: str, encode: Encode, most: int = 5) -> list[tuple[str, float]]:
        """Return the `most` labels most surely named in `text`, with their scores, best first."""
        scores = self.scores(text, encode)
        best = np.argsort(-scores, kind="stable")[:most].tolist()
        return [(self.labels[place], float(scores[place])) for place in best]

    def _shares(self, text: str) -> npt.NDArray[np.float64]:
        shared = np.zeros(len(self.labels))
        for term in sorted(set(tokenise(text))):
            shared[self._holders.get(term, [])] += self._idf(term)
        return np.divide(shared, self._totals, out=shared, where=self._totals > 0)


def windows(text: str, sizes: Sequence[int] = WINDOWS) -> list[str]:
    """Return the distinct runs of `sizes` words in `text`; a shorter text is one run itself."""
    words = text.split()
    runs = (
        " ".join(words[start : start + size])
        for size in sizes
        for start in range(max(1, len(words) - size + 1))
    )
    return list(dict.fromkeys(runs))
