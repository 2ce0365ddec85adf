"""Finding among encoded texts: built from rows, saved and opened, or a few rows scanned.

A text is looked for by three parts: its meaning (the body's vector), its titles (the best pair
of vectors) and its words. All numbers in and out are arrays; nothing here knows a person.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

import numpy as np
import numpy.typing as npt

from app.matching.encoder import Vectors
from app.matching.engine.index import VectorIndex, inner_products
from app.matching.engine.lexical import LexicalIndex, Scheme, Weighed
from app.matching.engine.order import Ids, allowed_places, best, required_places
from app.matching.engine.rank import WORDS_FOR_JOB, WORDS_FOR_PROFILE
from app.matching.models import Subject
from app.matching.rows import Rows

WORDS_OF: Mapping[Subject, Scheme] = {
    Subject.PROFILE: WORDS_FOR_JOB,
    Subject.JOB: WORDS_FOR_PROFILE,
}
"""How the words of each kind of text are scored: profiles are found for jobs, jobs for profiles."""
PARTS = ("meaning", "title", "words")

Numbers = npt.NDArray[np.floating[Any]]
Ranked = tuple[Ids, Numbers]


@dataclass(frozen=True)
class Query:
    """What is looked for: a unit vector, the unit vectors of its titles, and its terms."""

    body: Vectors
    titles: Vectors
    """float32[t, d]; the best pair of two titles counts."""
    terms: tuple[str, ...]
    scheme: Scheme


class Holding:
    """All encoded texts of a kind, indexed; immutable, so that many threads may search it."""

    def __init__(
        self, bodies: VectorIndex, titles: VectorIndex, owners: Ids, words: LexicalIndex
    ) -> None:
        self._bodies = bodies
        self._titles = titles
        self._owners = owners
        self.words = words

    @classmethod
    def build(cls, rows: Rows, scheme: Scheme) -> Self:
        """Index `rows`, their words to be scored under `scheme`."""
        # A title is found by its place: places ascend with their owners, so ties do too.
        places = np.arange(len(rows.owners), dtype=np.int64)
        return cls(
            VectorIndex(rows.ids, rows.bodies),
            VectorIndex(places, rows.titles),
            rows.owners,
            LexicalIndex.build(rows.ids, rows.terms, scheme),
        )

    @property
    def ids(self) -> Ids:
        """int64[n], ascending."""
        return self._bodies.ids

    def holds(self, ids: Ids) -> npt.NDArray[np.bool_]:
        """Say for each of `ids` whether it is held."""
        return self._bodies.holds(ids)

    def save(self, folder: Path) -> None:
        """Write everything into `folder`. Not atomic: write aside, then swap."""
        folder.mkdir(parents=True, exist_ok=True)
        self._bodies.save(folder / "bodies")
        self._titles.save(folder / "titles")
        self.words.save(folder / "words")
        np.save(folder / "owners.npy", self._owners)

    @classmethod
    def open(cls, folder: Path) -> Self:
        """Open what `save` wrote, memory-mapped; raises ValueError or OSError if it is broken."""
        owners = np.asarray(np.load(folder / "owners.npy", mmap_mode="r"))
        opened = cls(
            VectorIndex.load(folder / "bodies"),
            VectorIndex.load(folder / "titles"),
            owners,
            LexicalIndex.load(folder / "words"),
        )
        if owners.dtype != np.int64 or len(owners) != len(opened._titles):
            raise ValueError("The index cannot be read: its titles have no owners.")
        return opened

    def nearest(self, query: Query, k: int, allowed: Ids) -> dict[str, Ranked]:
        """The best `k` of `allowed` by each part; by titles and words only those above 0."""
        return {
            "meaning": self._bodies.search(query.body, k, allowed),
            "title": self._nearest_titles(query.titles, k, allowed),
            "words": self._nearest_words(query, k, allowed),
        }

    def scores(self, query: Query, ids: Ids) -> dict[str, Numbers]:
        """The score of each of `ids`, which are held and ascending, by each part."""
        first = np.searchsorted(self._owners, ids, side="left")
        last = np.searchsorted(self._owners, ids, side="right")
        places = _ranges(first, last)
        title = np.zeros(len(ids), np.float32)
        for vector in query.titles:
            pairs = self._titles.scores(vector, places)
            np.maximum(title, _best_of_each(pairs, last - first), out=title)
        return {
            "meaning": self._bodies.scores(query.body, ids),
            "title": title,
            "words": self.words.scores(
                _weighed(query, self.words), required_places(self.words.ids, ids)
            ),
        }

    def _nearest_words(self, query: Query, k: int, allowed: Ids) -> Ranked:
        mask = np.zeros(len(self.words), np.bool_)
        mask[allowed_places(self.words.ids, allowed)] = True
        found, scores = self.words.search(_weighed(query, self.words), k, mask)
        return self.words.ids[found], scores

    def _nearest_titles(self, titles: Vectors, k: int, allowed: Ids) -> Ranked:
        places = np.flatnonzero(np.isin(self._owners, allowed, assume_unique=False))
        found: dict[int, float] = {}
        for vector in titles:
            owners, scores = self._nearest_owners(vector, k, places)
            for owner, score in zip(owners.tolist(), scores.tolist(), strict=True):
                if score > 0:
                    found[owner] = max(score, found.get(owner, 0.0))
        return best(np.array(list(found), np.int64), np.array(list(found.values()), np.float32), k)

    def _nearest_owners(self, vector: Vectors, k: int, places: Ids) -> Ranked:
        """The `k` owners with the best title: titles are taken best first until they are enough."""
        wanted = 2 * k
        while True:
            found, scores = self._titles.search(vector, wanted, places)
            owners, first = np.unique(self._owners[found], return_index=True)
            if len(owners) >= k or len(found) < wanted:
                return best(owners, scores[first], k)
            wanted *= 2


class Fresh:
    """The few texts encoded since an index was built: each is scored, with the index's words."""

    def __init__(self, rows: Rows, words: LexicalIndex) -> None:
        self._rows = rows
        self._words = LexicalIndex.build(rows.ids, rows.terms, words.scheme, words.statistics)

    @property
    def ids(self) -> Ids:
        """int64[n], ascending."""
        return self._rows.ids

    def nearest(self, query: Query, k: int, allowed: Ids) -> dict[str, Ranked]:
        """The best `k` of `allowed`, which are among these and ascending, by each part."""
        ranked = {}
        for part, scores in self.scores(query, allowed).items():
            counts = np.full(len(allowed), True) if part == "meaning" else scores > 0
            ranked[part] = best(allowed[counts], scores[counts], k)
        return ranked

    def scores(self, query: Query, ids: Ids) -> dict[str, Numbers]:
        """The score of each of `ids`, which are among these and ascending, by each part."""
        rows = self._rows
        places = np.searchsorted(rows.ids, ids)
        first = np.searchsorted(rows.owners, ids, side="left")
        last = np.searchsorted(rows.owners, ids, side="right")
        own_titles = rows.titles[_ranges(first, last)]
        title = np.zeros(len(ids), np.float32)
        for vector in query.titles:
            pairs = inner_products(vector, own_titles)
            np.maximum(title, _best_of_each(pairs, last - first), out=title)
        return {
            "meaning": inner_products(query.body, rows.bodies[places]),
            "title": title,
            "words": self._words.scores(_weighed(query, self._words), places),
        }


def merged(k: int, *found: Mapping[str, Ranked]) -> Ids:
    """The ids, ascending, that are among the best `k` of all by any part."""
    chosen = [
        best(
            np.concatenate([one[part][0] for one in found]),
            np.concatenate([one[part][1] for one in found]),
            k,
        )[0]
        for part in PARTS
    ]
    return np.unique(np.concatenate(chosen))


def _weighed(query: Query, words: LexicalIndex) -> Weighed:
    return words.statistics.weigh(query.terms, query.scheme)


def _ranges(first: Ids, last: Ids) -> Ids:
    """The numbers of each range first[i]:last[i], one after the other."""
    lengths = last - first
    starts = np.repeat(first - (np.cumsum(lengths) - lengths), lengths)
    return np.asarray(starts + np.arange(len(starts)), np.int64)


def _best_of_each(scores: Vectors, lengths: Ids) -> Vectors:
    """The greatest of each run of `lengths` scores; 0 for an empty run, and never below."""
    greatest = np.zeros(len(lengths), np.float32)
    held = lengths > 0
    if held.any():
        starts = (np.cumsum(lengths) - lengths)[held]
        greatest[held] = np.maximum.reduceat(scores, starts)
    return np.maximum(greatest, 0)
