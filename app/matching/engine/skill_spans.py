"""Which skills a piece of free text names: each short run of its words against every label."""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

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

LEAST_COSINE = 0.70
"""A run this near to a label means it, often enough to be asked about (docs/matching.md)."""
MOST_CLAUSES = 120
MOST_RUNS = 320
"""What a text may cost: each of these is encoded once, in .2 to .5 ms."""
_LONGEST_CLAUSE = 30
_END = re.compile(r"[,;:.!?،؛۔]+(?=\s|$)|\s[-–—]\s|[\n()\[\]{}|•·●▪/]+")
_WORD = re.compile(r"[^\W_]")
# At the ends of a run these name nothing, and draw it away from what the rest means.
_NAME_NOTHING = """a an and are as at be by can do does for from has have having i in into is it
its like of on or our such that the their this to use used using very via was we were what when
which who will with within without would you your etc other more most least any all not but if
than then them they us about also well strong good excellent great solid proven ability able
experience experienced knowledge understanding familiar familiarity working skills skill year
years plus must should"""
_EMPTY_WORDS = frozenset(_NAME_NOTHING.split())


@dataclass(frozen=True)
class Meant:
    """A skill that some words mean without naming it; `place` is its label's."""

    place: int
    words: str
    cosine: float


@dataclass(frozen=True)
class _Run:
    """Some words in a row of one clause."""

    clause: int
    start: int
    end: int
    words: str

    def overlaps(self, other: "_Run") -> bool:
        return self.clause == other.clause and self.start < other.end and other.start < self.end


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

    def meant(self, text: str, encode: Encode, *, most: int = 10) -> list[Meant]:
        """Return at most `most` skills that runs of words mean, the nearest first, each once.

        No two are read from the same words. A long text is first read clause by clause, and only
        in those nearest to any label run by run, so that its cost has a bound.
        """
        runs = self._runs(text, encode)
        if not runs or not self.labels:
            return []
        cosines = self._vectors @ encode([run.words for run in runs]).T
        nearest = cosines.argmax(axis=0)
        heights = cosines[nearest, np.arange(len(runs))]
        found: dict[int, Meant] = {}
        taken: list[_Run] = []
        for one in np.argsort(-heights, kind="stable").tolist():
            run, place = runs[one], int(nearest[one])
            if heights[one] < LEAST_COSINE or len(found) == most:
                break
            if not any(run.overlaps(other) for other in taken):
                taken.append(run)
                found.setdefault(place, Meant(place, run.words, float(heights[one])))
        return list(found.values())

    def _runs(self, text: str, encode: Encode) -> list[_Run]:
        """The runs of the clauses nearest to any label, at most `MOST_RUNS`."""
        clauses = list(_clauses(text))
        if not clauses or not self.labels:
            return []
        near = (self._vectors @ encode([" ".join(words) for words in clauses]).T).max(axis=0)
        runs: dict[str, _Run] = {}
        for one in np.argsort(-near, kind="stable").tolist():
            for run in _runs_of(one, clauses[one]):
                runs.setdefault(run.words, run)
        return list(runs.values())[:MOST_RUNS]

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


def _clauses(text: str) -> Iterator[list[str]]:
    """Yield the words of the first clauses of two words and more."""
    left = MOST_CLAUSES
    for clause in _END.split(text):
        words = clause.split()
        for start in range(0, len(words), _LONGEST_CLAUSE):
            piece = words[start : start + _LONGEST_CLAUSE]
            if len(piece) > 1 and left:
                left -= 1
                yield piece


def _runs_of(clause: int, words: list[str]) -> Iterator[_Run]:
    """Yield the runs of a clause without empty words at their ends, those of two and more."""
    for size in WINDOWS:
        for first in range(max(1, len(words) - size + 1)):
            start, end = first, min(first + size, len(words))
            while start < end and _is_empty(words[start]):
                start += 1
            while start < end and _is_empty(words[end - 1]):
                end -= 1
            if end - start > 1:
                yield _Run(clause, start, end, " ".join(words[start:end]))


def _is_empty(word: str) -> bool:
    return not _WORD.search(word) or word.strip("\"'“”‘’*_#").casefold() in _EMPTY_WORDS
