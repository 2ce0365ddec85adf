"""Finding among encoded texts: built from rows, kept in memory or on the disk.

A text is looked for by three parts: its meaning (the body's vector), its titles (the best pair
of vectors) and its words. All numbers in and out are arrays; nothing here knows a person.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol, Self

import numpy as np
import numpy.typing as npt

from app.matching.encoder import Vectors
from app.matching.engine.index import VectorIndex
from app.matching.engine.lexical import LexicalIndex, Scheme, Statistics, Weighed
from app.matching.engine.order import Ids, best
from app.matching.engine.owned import OwnedVectors
from app.matching.rows import Rows

PARTS = ("meaning", "title", "words")

Mask = npt.NDArray[np.bool_]
Places = npt.NDArray[np.int64]
Numbers = npt.NDArray[np.floating[Any]]
Ranked = tuple[Places, Numbers]


@dataclass(frozen=True)
class Query:
    """What is looked for: a unit vector, the unit vectors of its titles, and its terms."""

    body: Vectors
    titles: Vectors
    """float32[t, d]; the best pair of two titles counts."""
    terms: tuple[str, ...]


class Bodies(Protocol):
    """What `VectorIndex` promises, wherever the vectors lie."""

    @property
    def ids(self) -> Ids:
        """int64[n], ascending."""

    def search(
        self, vector: Vectors, k: int, allowed: Mask | None = None
    ) -> tuple[Places, Vectors]:
        """The best min(k, rows) of `allowed`: places and cosines."""

    def scores(self, vector: Vectors, places: Places) -> Vectors:
        """The cosine of each of `places`."""


class Holding:
    """Encoded texts of a kind, indexed; immutable, so that many threads may search it.

    A place is a position in the ascending `ids`.
    """

    def __init__(self, bodies: Bodies, titles: OwnedVectors, words: LexicalIndex) -> None:
        self.bodies = bodies
        self._titles = titles
        self.words = words

    @classmethod
    def build(
        cls,
        rows: Rows,
        scheme: Scheme,
        statistics: Statistics | None = None,
        *,
        threads: int = 1,
    ) -> Self:
        """Index `rows`; how rare a word is comes from `statistics`, or from these rows.

        Minutes for a million, of which `threads` share a part.
        """
        owners = np.searchsorted(rows.ids, rows.owners)
        numbers = rows.numbers.astype(np.int64)
        return cls(
            VectorIndex(rows.ids, rows.bodies, threads=threads),
            OwnedVectors.of_distinct(len(rows.ids), owners, numbers, rows.titles, threads),
            LexicalIndex.build(rows.ids, rows.terms, scheme, statistics),
        )

    def with_bodies(self, bodies: Bodies) -> Self:
        """The same, but that meanings are searched elsewhere."""
        return type(self)(bodies, self._titles, self.words)

    def __len__(self) -> int:
        """Return the number of texts, n."""
        return len(self.ids)

    @property
    def ids(self) -> Ids:
        """int64[n], ascending."""
        return self.bodies.ids

    def save(self, folder: Path) -> None:
        """Write everything into `folder`. Not atomic: write aside, then swap."""
        if not isinstance(self.bodies, VectorIndex):
            raise TypeError("Vectors that lie elsewhere are not saved here.")
        folder.mkdir(parents=True, exist_ok=True)
        self.bodies.save(folder / "bodies")
        self._titles.save(folder / "titles")
        self.words.save(folder / "words")

    @classmethod
    def open(cls, folder: Path, statistics: Statistics | None = None) -> Self:
        """Open what `save` wrote, memory-mapped; raises ValueError or OSError if it is broken.

        What was built by other `statistics` needs them again.
        """
        opened = cls(
            VectorIndex.load(folder / "bodies"),
            OwnedVectors.load(folder / "titles"),
            LexicalIndex.load(folder / "words", statistics=statistics),
        )
        if not len(opened) == len(opened._titles) == len(opened.words):
            raise ValueError("The index cannot be read: its parts do not fit together.")
        return opened

    def nearest(self, query: Query, weighed: Weighed, k: int, allowed: Mask) -> dict[str, Ranked]:
        """The best `k` of `allowed` bool[n] by each part; by titles and words only those above 0.

        `weighed` are the query's terms by the statistics that this was built with.
        """
        return {
            "meaning": self.bodies.search(query.body, k, allowed),
            "title": self._titles.search(query.titles, k, allowed),
            "words": self.words.search(weighed, k, allowed),
        }

    def scores(self, query: Query, weighed: Weighed, places: Places) -> dict[str, Numbers]:
        """The score of each of m `places` by each part, float[m]."""
        return {
            "meaning": self.bodies.scores(query.body, places),
            "title": self._titles.scores(query.titles, places),
            "words": self.words.scores(weighed, places),
        }


def merged(k: int, *found: Mapping[str, tuple[Ids, Numbers]]) -> Ids:
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
