"""Which document holds which term, and how often: counted from texts, and turned by term.

Flat arrays that can be memory-mapped, so that processes share them.
"""

from array import array
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Self

import numpy as np
import numpy.typing as npt
from scipy.sparse import _sparsetools

from app.matching.engine.arrays import Offsets, check_starts, read_array
from app.matching.engine.order import ranges
from app.matching.engine.vocabulary import Vocabulary

Places = npt.NDArray[np.int32]
Positions = npt.NDArray[np.int64]
Impacts = npt.NDArray[np.float32]
Numbers = npt.NDArray[np.float64]

MOST_COUNTED = 255
"""A term repeated more often than this in a document counts this often; it fits in a byte."""
_BLOCK_ROWS = 1000
_CHUNK_TERMS = 4_000_000


@dataclass(frozen=True)
class Sparse:
    """A matrix of R rows in which few places are filled; row i is starts[i]:starts[i + 1]."""

    starts: Offsets
    """int64[R + 1]."""
    columns: Places
    """int32[P]."""
    impacts: Impacts
    """float32[P], above 0."""

    def __len__(self) -> int:
        """Return R."""
        return len(self.starts) - 1

    def row(self, number: int) -> tuple[Places, Impacts]:
        """Return the filled columns of a row, and what stands there."""
        part = slice(int(self.starts[number]), int(self.starts[number + 1]))
        return self.columns[part], self.impacts[part]

    def add_row(self, number: int, weight: float, totals: npt.NDArray[np.float32]) -> None:
        """Add `weight` times a row to `totals`, one for each column, in place."""
        columns, impacts = self.row(number)
        # What csc_array multiplies by; its public door would make a new vector for each row.
        # Half the time of numpy.add.at.
        edges = np.array([0, len(columns)], np.int32)
        by = np.array([weight], np.float32)
        _sparsetools.csc_matvec(len(totals), 1, edges, columns, impacts, by, totals)

    def turned(self, starts: Offsets) -> "Sparse":
        """Return the same matrix by column, whose rows begin at `starts`; columns ascend."""
        # A stable sort keeps the rows ascending within a column.
        order = np.argsort(self.columns, kind="stable")
        rows = np.repeat(np.arange(len(self.starts) - 1, dtype=np.int32), np.diff(self.starts))
        return Sparse(starts, rows[order], self.impacts[order])

    def products(self, rows: Positions, weights: Mapping[int, float], width: int) -> Numbers:
        """Return for `rows` int64[m] the sum float64[m] of impacts times the column's weight.

        `weights` names those of the `width` columns that weigh more than nothing.
        """
        by_column = np.zeros(width)
        by_column[list(weights)] = list(weights.values())
        parts = [
            self._products(rows[start : start + _BLOCK_ROWS], by_column)
            for start in range(0, len(rows), _BLOCK_ROWS)
        ]
        return np.concatenate(parts) if parts else np.zeros(0)

    def _products(self, rows: Positions, by_column: Numbers) -> Numbers:
        first, last = self.starts[rows], self.starts[rows + 1]
        filled = ranges(first, last)
        gained = np.take(by_column, np.take(self.columns, filled)) * np.take(self.impacts, filled)
        totals = np.zeros(len(rows))
        held = last - first
        has_any = held > 0
        if len(gained):
            totals[has_any] = np.add.reduceat(gained, (np.cumsum(held) - held)[has_any])
        return totals

    def save(self, folder: Path, name: str) -> None:
        """Write one file for each array into `folder`, which exists."""
        for part, values in vars(self).items():
            np.save(folder / f"{name}-{part}.npy", values)

    @classmethod
    def load(cls, folder: Path, name: str, mmap: bool) -> Self:
        """Open what `save` wrote; raises OSError or ValueError when its arrays do not fit."""
        starts, columns, impacts = (
            read_array(folder / f"{name}-{part}.npy", kind, mmap)
            for part, kind in (
                ("starts", np.int64),
                ("columns", np.int32),
                ("impacts", np.float32),
            )
        )
        check_starts(starts, columns, impacts)
        return cls(starts, columns, impacts)


@dataclass(frozen=True)
class Counted:
    """N documents over V terms, in P (document, term) pairs, by document."""

    vocabulary: Vocabulary
    starts: Offsets
    """int64[N + 1]: the pairs of document i are starts[i]:starts[i + 1]."""
    terms: Places
    """int32[P]: numbers of the vocabulary."""
    counts: npt.NDArray[np.uint8]
    """uint8[P]: how often the document holds the term, at least 1."""
    lengths: Places
    """int32[N]: the number of terms in each document."""

    def term_starts(self) -> Offsets:
        """Return how many pairs the terms before each term have together, int64[V + 1]."""
        starts = np.zeros(len(self.vocabulary) + 1, np.int64)
        np.cumsum(np.bincount(self.terms, minlength=len(self.vocabulary)), out=starts[1:])
        return starts

    @classmethod
    def of(cls, documents: Iterable[Sequence[str]]) -> Self:
        """Count the terms of each document; read once, so `documents` may be a stream.

        Raises ValueError when a document is a string instead of a list of terms.
        """
        numbers: dict[str, int] = {}
        lengths = array("i")
        chunks = [_counted(*chunk) for chunk in _chunks(documents, numbers, lengths)]
        ordered = sorted(numbers)
        rank = np.empty(len(ordered), np.int32)
        rank[[numbers[term] for term in ordered]] = np.arange(len(ordered))
        starts = np.zeros(len(lengths) + 1, np.int64)
        np.cumsum(np.concatenate([held for held, _, _ in chunks]), out=starts[1:])
        return cls(
            Vocabulary.of(ordered),
            starts,
            np.concatenate([rank[terms] for _, terms, _ in chunks]),
            np.concatenate([counts for _, _, counts in chunks]),
            np.array(lengths, np.int32),
        )


def _chunks(
    documents: Iterable[Sequence[str]], numbers: dict[str, int], lengths: "array[int]"
) -> Iterator[tuple[Places, Places]]:
    """Yield term numbers and the documents' lengths of some documents.

    Fills `numbers`, the number of each term by first appearance, and `lengths` as it goes.
    """
    codes = array("i")
    first = 0
    for terms in documents:
        if isinstance(terms, str):
            raise ValueError("A document must be a list of terms, not a string.")
        codes.extend([numbers.setdefault(term, len(numbers)) for term in terms])
        lengths.append(len(terms))
        if len(codes) >= _CHUNK_TERMS:
            yield np.array(codes, np.int32), np.array(lengths[first:], np.int32)
            codes, first = array("i"), len(lengths)
    yield np.array(codes, np.int32), np.array(lengths[first:], np.int32)


def _counted(codes: Places, lengths: Places) -> tuple[Places, Places, npt.NDArray[np.uint8]]:
    """Return for the documents of a chunk how many terms each holds, which, and their counts."""
    width = int(codes.max(initial=0)) + 1
    owners = np.repeat(np.arange(len(lengths)), lengths)
    pairs, counts = np.unique(owners * width + codes, return_counts=True)
    documents, terms = np.divmod(pairs, width)
    return (
        np.bincount(documents, minlength=len(lengths)).astype(np.int32),
        terms.astype(np.int32),
        np.minimum(counts, MOST_COUNTED).astype(np.uint8),
    )
