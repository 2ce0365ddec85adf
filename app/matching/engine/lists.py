"""Rows gathered into lists around centroids, and in which order to look through them.

Rows of a list lie side by side, so that a scan reads memory in long runs.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any, Self

import numpy as np
import numpy.typing as npt

from app.matching.engine.arrays import load_array
from app.matching.engine.kernels import learn_centroids, near_products, nearest_centroids
from app.matching.engine.order import ranges
from app.matching.engine.vectors import Mask, Vectors

Rows = npt.NDArray[np.int64]

# So many allowed rows hold the first round; each round after it holds as many as all before. With
# 4096 a million took 1.35 ms in place of 1.03 for a recall of .999 in place of .997.
_FIRST_ROWS = 2048
# Fewer allowed rows than this are looked up one by one, more by walking whole lists. Two rounds of
# a million, in ms: 10,000 allowed .8 and 1.9; 30,000 1.6 and .9; 100,000 3.6 and .7.
_FEW_ROWS = 16_384
_MOST_LISTS = 2**16 - 1
_FILES = ("centroids.npy", "list-starts.npy", "row-places.npy")


class Lists:
    """Which row of a scan each place has, and which list it is in; immutable."""

    def __init__(
        self, centroids: Vectors, starts: npt.NDArray[np.int64], places: npt.NDArray[np.int32]
    ) -> None:
        """`centroids` float32[c, d]; the rows of list i are starts[i] to starts[i + 1].

        `starts` int64[c + 1]; `places` int32[n] says the place of each row. Raises ValueError
        when these contradict each other.
        """
        _check(centroids, starts, places)
        self._centroids = centroids
        self._starts = starts
        self.places = places
        self.rows = np.full(len(places), -1, np.int32)
        self.rows[places] = np.arange(len(places), dtype=np.int32)
        if (self.rows < 0).any():
            raise ValueError("a place is given twice.")
        self._list_of_row = np.repeat(np.arange(len(centroids), dtype=np.uint16), np.diff(starts))

    @classmethod
    def build(cls, vectors: Vectors, count: int, threads: int) -> Self:
        """Gather `vectors` float32[n, d], which lie by place, into `count` lists."""
        count = min(count, len(vectors), _MOST_LISTS)
        if count <= 1:
            everything = np.arange(len(vectors), dtype=np.int32)
            nowhere = np.zeros((1, vectors.shape[1]), np.float32)
            return cls(nowhere, np.array([0, len(vectors)]), everything)
        centroids = learn_centroids(vectors, count, threads)
        lists = nearest_centroids(vectors, centroids, threads)
        places = np.argsort(lists, kind="stable").astype(np.int32)
        starts = np.zeros(count + 1, np.int64)
        np.cumsum(np.bincount(lists, minlength=count), out=starts[1:])
        return cls(centroids, starts, places)

    def __len__(self) -> int:
        """Return the number of lists."""
        return len(self._centroids)

    @property
    def dimension(self) -> int:
        """The length d of every vector."""
        return int(self._centroids.shape[1])

    def rounds(self, vector: Vectors, count: int, allowed: Mask | None) -> Iterator[Rows]:
        """Give the `count` allowed rows, those of lists near to `vector` first, in rounds.

        `allowed` bool[n] is by place. The first round holds about 2048; then as many
        as all before it.
        """
        if len(self) == 1 or count <= _FIRST_ROWS:
            yield self._allowed_rows(allowed)
            return
        everything = np.arange(len(self))
        nearest = np.argsort(-near_products(vector, self._centroids, everything))
        if allowed is not None and count <= _FEW_ROWS:
            yield from self._by_row(nearest, allowed)
        else:
            yield from self._by_list(nearest, count, allowed)

    def _allowed_rows(self, allowed: Mask | None) -> Rows:
        if allowed is None:
            return np.arange(len(self.places))
        return self.rows[np.flatnonzero(allowed)].astype(np.int64)

    def _by_row(self, nearest: Rows, allowed: Mask) -> Iterator[Rows]:
        rank = np.empty(len(nearest), np.uint16)
        rank[nearest] = np.arange(len(nearest), dtype=np.uint16)
        rows = self._allowed_rows(allowed)
        # Sixteen bits are sorted by counting, which is several times faster.
        rows = rows[np.argsort(rank[self._list_of_row[rows]], kind="stable")]
        start, end = 0, _FIRST_ROWS
        while start < len(rows):
            yield rows[start:end]
            start, end = end, 2 * end

    def _by_list(self, nearest: Rows, count: int, allowed: Mask | None) -> Iterator[Rows]:
        first, last = self._starts[nearest], self._starts[nearest + 1]
        seen = np.cumsum(last - first)
        wanted = _FIRST_ROWS * len(self.places) / count
        start = 0
        while start < len(nearest):
            end = int(np.searchsorted(seen, wanted)) + 1
            yield self._rows_of(first[start:end], last[start:end], allowed)
            start, wanted = end, 2 * float(seen[min(end, len(seen)) - 1])

    def _rows_of(self, first: Rows, last: Rows, allowed: Mask | None) -> Rows:
        """The allowed rows of lists that each are first[i]:last[i], one list after the other."""
        if allowed is None:
            return ranges(first, last)
        parts = zip(first.tolist(), last.tolist(), strict=True)
        kept = np.flatnonzero(allowed[np.concatenate([self.places[one:end] for one, end in parts])])
        # Few are kept, so that only theirs are counted back to rows: half the time.
        ends = np.cumsum(last - first)
        return kept + (last - ends)[np.searchsorted(ends, kept, side="right")]

    def save(self, folder: Path) -> None:
        """Write the lists into `folder`, which exists."""
        arrays: tuple[npt.NDArray[Any], ...] = (self._centroids, self._starts, self.places)
        for name, array in zip(_FILES, arrays, strict=True):
            np.save(folder / name, array)

    @classmethod
    def load(cls, folder: Path, mmap: bool) -> Self:
        """Open what `save` wrote. Raises ValueError or OSError when it is damaged."""
        return cls(*(load_array(folder / name, mmap) for name in _FILES))


def _check(
    centroids: Vectors, starts: npt.NDArray[np.int64], places: npt.NDArray[np.int32]
) -> None:
    kinds = [array.dtype.str for array in (centroids, starts, places)]
    if kinds != ["<f4", "<i8", "<i4"]:
        raise ValueError("its lists are of another kind.")
    if (centroids.ndim, starts.ndim, places.ndim) != (2, 1, 1):
        raise ValueError("its lists are of another kind.")
    if not 0 < len(centroids) == len(starts) - 1 <= _MOST_LISTS:
        raise ValueError("its lists do not fit together.")
    if starts[0] != 0 or starts[-1] != len(places) or (starts[1:] < starts[:-1]).any():
        raise ValueError("its lists do not fit together.")
    if len(places) and not 0 <= places.min() <= places.max() < len(places):
        raise ValueError("a place lies outside.")
