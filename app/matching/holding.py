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
from app.matching.engine.index import VectorIndex
from app.matching.engine.lexical import LexicalIndex, Scheme
from app.matching.engine.order import Ids, best
from app.matching.engine.owned import OwnedVectors
from app.matching.engine.vectors import inner_products
from app.matching.rows import Rows

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

    def __init__(self, bodies: VectorIndex, titles: OwnedVectors, words: LexicalIndex) -> None:
        self._bodies = bodies
        self._titles = titles
        self.words = words

    @classmethod
    def build(cls, rows: Rows) -> Self:
        """Index `rows`."""
        owners = np.searchsorted(rows.ids, rows.owners)
        return cls(
            VectorIndex(rows.ids, rows.bodies),
            OwnedVectors(len(rows.ids), owners, rows.titles),
            LexicalIndex.build(rows.ids, rows.terms),
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

    @classmethod
    def open(cls, folder: Path) -> Self:
        """Open what `save` wrote, memory-mapped; raises ValueError or OSError if it is broken."""
        bodies = VectorIndex.load(folder / "bodies")
        titles = OwnedVectors.load(folder / "titles")
        if len(bodies) != len(titles):
            raise ValueError("The index cannot be read: its titles have other owners.")
        return cls(bodies, titles, LexicalIndex.load(folder / "words"))

    def nearest(self, query: Query, k: int, allowed: Ids) -> dict[str, Ranked]:
        """The best `k` of `allowed` by each part; by titles and words only those above 0."""
        mask = np.zeros(len(self.ids), np.bool_)
        mask[np.searchsorted(self.ids, allowed)] = True
        return {
            "meaning": self._with_ids(self._bodies.search(query.body, k, mask)),
            "title": self._with_ids(self._titles.search(query.titles, k, mask)),
            "words": self.words.search(query.terms, k, allowed, query.scheme),
        }

    def scores(self, query: Query, ids: Ids) -> dict[str, Numbers]:
        """The score of each of `ids`, which are held and ascending, by each part."""
        places = np.searchsorted(self.ids, ids)
        return {
            "meaning": self._bodies.scores(query.body, places),
            "title": self._titles.scores(query.titles, places),
            "words": self.words.scores(query.terms, ids, query.scheme),
        }

    def _with_ids(self, ranked: Ranked) -> Ranked:
        places, scores = ranked
        return self.ids[places], scores


class Fresh:
    """The few texts encoded since an index was built: each is scored, with the index's words."""

    def __init__(self, rows: Rows, words: LexicalIndex) -> None:
        self._rows = rows
        self._words = words.beside(rows.terms)

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
            "words": self._words.scores(query.terms, query.scheme)[places],
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
