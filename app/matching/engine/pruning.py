"""The best documents of an inverted index without adding every posting, exactly.

MaxScore (Turtle and Flood, Query evaluation: strategies and optimizations, 1995), in rounds of
whole arrays: rare terms are added first, and frequent ones only to the documents that they could
still lift among the best. What is left in the end is scored from the documents' side.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Self

import numpy as np
import numpy.typing as npt

from app.matching.engine.arrays import read_array
from app.matching.engine.postings import Impacts, Positions, Sparse

Totals = npt.NDArray[np.float32]
Mask = npt.NDArray[np.bool_]

FEWEST_DOCUMENTS = 50_000
"""A smaller index is summed whole in less than two milliseconds."""
FREQUENT = 16
"""Terms that every so many documents hold, one of them, also stand as a whole column."""
_LEVELS = 255
_DROP_EVERY = 2
_NEVER = np.float32(-1e30)
_GROUPS = 4096
# While the terms left can give more than so many times what the first have, too many are in reach.
_CLOSE = 1.0
# Measured, in additions of one posting: a pair read from the documents' side, an impact read from
# a column for one of few documents, and what any search costs besides.
_PAIR_COST = 15
_GATHER_COST = 4
_SEARCH_COST = 1_000_000


@dataclass(frozen=True)
class Bounds:
    """The most each of V terms gives any of N documents, and what frequent terms give each."""

    peaks: Impacts
    """float32[V]: the greatest impact of each term."""
    frequent: npt.NDArray[np.int32]
    """int32[F]: the numbers of frequent terms, ascending; none in a small index."""
    columns: npt.NDArray[np.uint8]
    """uint8[F * N]: their impacts in 255ths of the peak, rounded up; 0 where there is none."""

    @classmethod
    def of(cls, by_term: Sparse, size: int) -> Self:
        """Read the bounds off the postings of `size` documents."""
        peaks = np.zeros(len(by_term), np.float32)
        if len(by_term):
            peaks = np.maximum.reduceat(by_term.impacts, by_term.starts[:-1])
        held = np.diff(by_term.starts)
        is_frequent = held * FREQUENT >= size if size >= FEWEST_DOCUMENTS else held < 0
        frequent = np.flatnonzero(is_frequent).astype(np.int32)
        columns = np.zeros((len(frequent), size), np.uint8)
        for column, number in zip(columns, frequent.tolist(), strict=True):
            places, impacts = by_term.row(number)
            column[places] = np.ceil(impacts * (_LEVELS / peaks[number])).clip(1, _LEVELS)
        return cls(peaks, frequent, columns.ravel())

    def column(self, number: int, size: int) -> npt.NDArray[np.uint8] | None:
        """Return the column of a term, or None if it is not frequent."""
        row = int(np.searchsorted(self.frequent, number))
        if row == len(self.frequent) or self.frequent[row] != number:
            return None
        return self.columns[row * size : (row + 1) * size]

    def save(self, folder: Path) -> None:
        """Write one file for each array into `folder`, which exists."""
        for part, values in vars(self).items():
            np.save(folder / f"bounds-{part}.npy", values)

    @classmethod
    def load(cls, folder: Path, mmap: bool) -> Self:
        """Open what `save` wrote; raises OSError or ValueError when it is damaged."""
        return cls(
            read_array(folder / "bounds-peaks.npy", np.float32, mmap),
            read_array(folder / "bounds-frequent.npy", np.int32, mmap),
            read_array(folder / "bounds-columns.npy", np.uint8, mmap),
        )


@dataclass(frozen=True)
class _Term:
    """A term of the query that the index holds."""

    number: int
    held: int
    weight: float
    most: float
    """More than it can give any document."""
    column: npt.NDArray[np.uint8] | None


@dataclass(frozen=True)
class Searched:
    """An index as pruning reads it: the same pairs from both sides, and the bounds."""

    by_document: Sparse
    by_term: Sparse
    bounds: Bounds

    def candidates(self, weights: Mapping[int, float], k: int, allowed: Mask | None) -> Positions:
        """Return ascending places, among them the `k` best of `allowed` that score above 0.

        `weights` are by the number of the term.
        """
        size = len(self.by_document)
        terms = self._terms(weights)
        fewest = size if allowed is None else int(np.count_nonzero(allowed))
        pairs = fewest * len(self.by_document.columns) / max(size, 1)
        if allowed is not None and pairs * _PAIR_COST < _SEARCH_COST + _held(terms) / 2:
            return np.flatnonzero(allowed)
        totals = np.zeros(size, np.float32)
        if allowed is not None:
            np.multiply(~allowed, _NEVER, out=totals)
        # More than rounding, to float32 and of the impacts, can add up to.
        slack = (len(terms) + 4) * 2.0**-22 * sum(term.most + term.weight for term in terms)
        left = [term for term in terms if term.column is not None]
        self._add(totals, [term for term in terms if term.column is None])
        least, guess = None, _CLOSE * _kth_so_far(totals, k) if left else 0.0
        while left:
            reach = sum(term.most for term in left)
            if reach < guess or fewest * len(left) * _GATHER_COST < _held(left):
                if least is None:
                    least = self._reached(totals, k, weights) - slack
                places = _within_reach(totals, left, least - reach)
                if places is not None:
                    return _narrowed(places, totals.take(places), left, least)
            self._add(totals, [left.pop(0)])
        return _first(totals, k, 2 * slack)

    def _add(self, totals: Totals, terms: Sequence[_Term]) -> None:
        for term in terms:
            self.by_term.add_row(term.number, term.weight, totals)

    def _terms(self, weights: Mapping[int, float]) -> list[_Term]:
        """The terms of a query, the rarest first."""
        starts, size = self.by_term.starts, len(self.by_document)
        terms = [
            _Term(
                number,
                int(starts[number + 1] - starts[number]),
                weight,
                weight * float(self.bounds.peaks[number]),
                self.bounds.column(number, size),
            )
            for number, weight in weights.items()
        ]
        return sorted(terms, key=lambda term: (term.held, term.number))

    def _reached(self, totals: Totals, k: int, weights: Mapping[int, float]) -> float:
        """Return a score that `k` documents reach: the k-th of those that are first so far."""
        tried = np.flatnonzero(totals >= np.float32(_kth_so_far(totals, 2 * k)))[: 4 * k]
        if k == 0 or len(tried) < k:
            return 0.0
        scores = self.by_document.products(tried, weights, len(self.by_term))
        return float(np.partition(scores, len(tried) - k)[len(tried) - k])


def _kth_so_far(totals: Totals, k: int) -> float:
    """Return a total that at least `k` documents reach, or 0: the k-th of the firsts of groups."""
    rows = max(len(totals) // _GROUPS, 1)
    groups = len(totals) // rows
    if not 0 < k <= groups:
        return 0.0
    firsts = totals[: rows * groups].reshape(rows, groups).max(axis=0)
    return max(float(np.partition(firsts, groups - k)[groups - k]), 0.0)


def _held(terms: Sequence[_Term]) -> int:
    return sum(term.held for term in terms)


def _within_reach(totals: Totals, left: Sequence[_Term], needed: float) -> Positions | None:
    """Return where at least `needed` is reached, or None if adding the terms left is cheaper."""
    reached = totals >= np.float32(max(needed, 0.0))
    if np.count_nonzero(reached) * len(left) * _GATHER_COST > _held(left):
        return None
    return np.asarray(np.flatnonzero(reached), np.int64)


def _narrowed(places: Positions, totals: Totals, left: Sequence[_Term], least: float) -> Positions:
    """Add the terms left to the totals of `places`, and drop those that cannot reach `least`."""
    reach = sum(term.most for term in left)
    for number, term in enumerate(left, start=1):
        if term.column is not None:
            totals = totals + term.column.take(places) * np.float32(term.most / _LEVELS)
        reach -= term.most
        if least > reach and (number % _DROP_EVERY == 0 or number == len(left)):
            # Many times faster than to pick by the truth values themselves.
            kept = np.flatnonzero(totals >= np.float32(least - reach))
            places, totals = places.take(kept), totals.take(kept)
    return places


def _first(totals: Totals, k: int, slack: float) -> Positions:
    """Return the places of the `k` greatest totals above 0, and those hardly less than them."""
    found = np.flatnonzero(totals > 0)
    if len(found) <= k or k == 0:
        return found
    totals = totals.take(found)
    least = np.partition(totals, len(found) - k)[len(found) - k]
    return np.asarray(found[totals >= least - np.float32(slack)], np.int64)
