"""Vectors that belong to owners, each owner having some or none; many owners share a vector.

An owner is as near to a query as the best pair of its vectors and the query's. Each distinct
vector is held once, with its owners beside it.
"""

from pathlib import Path
from typing import Self

import numpy as np
import numpy.typing as npt

from app.matching.engine.index import VectorIndex
from app.matching.engine.order import Positions, best
from app.matching.engine.vectors import (
    Mask,
    Vectors,
    check_mask,
    check_number,
    check_places,
    check_vectors,
)

_FIRST_VECTORS = 64
_VECTORS_FOLDER = "distinct"
_FILES = ("owner-starts.npy", "owner-vectors.npy", "vector-starts.npy", "vector-owners.npy")


class OwnedVectors:
    """The vectors of n owners, who are spoken of by their places 0 to n - 1; immutable."""

    def __init__(self, size: int, owners: Positions, vectors: Vectors) -> None:
        """Hold `vectors` float32[m, d], of unit length, of `owners` int64[m], ascending.

        Owners lie in [0, size) and may have no vector. Raises ValueError with a sentence for
        anything else.
        """
        check_vectors(vectors)
        check_places(owners, size)
        if len(owners) != len(vectors):
            raise ValueError("Owners and vectors differ in number.")
        if (owners[1:] < owners[:-1]).any():
            raise ValueError("Owners must ascend.")
        distinct, numbers = _distinct(np.ascontiguousarray(vectors))
        by_vector = np.argsort(numbers, kind="stable")
        self._hold(
            VectorIndex(np.arange(len(distinct), dtype=np.int64), vectors[distinct]),
            (
                _starts(owners, size),
                numbers.astype(np.int32),
                _starts(numbers[by_vector], len(distinct)),
                owners[by_vector].astype(np.int32),
            ),
        )

    def _hold(self, distinct: VectorIndex, arrays: tuple[npt.NDArray[np.integer], ...]) -> None:
        for array in arrays:
            array.setflags(write=False)
        self._distinct = distinct
        # Which vectors each owner has, and which owners each vector has: the numbers of owner i
        # are those from owner_starts[i] to owner_starts[i + 1].
        self._owner_starts, self._owner_vectors = arrays[:2]
        self._vector_starts, self._vector_owners = arrays[2:]

    def __len__(self) -> int:
        """Return the number of owners, those without a vector included."""
        return len(self._owner_starts) - 1

    @property
    def dimension(self) -> int:
        """The length d of every vector."""
        return self._distinct.dimension

    @property
    def distinct(self) -> int:
        """The number of vectors that differ."""
        return len(self._distinct)

    def search(
        self, vectors: Vectors, k: int, allowed: Mask | None = None
    ) -> tuple[Positions, Vectors]:
        """Return the `k` owners nearest to `vectors` float32[t, d]: places int64, scores float32.

        Only scores above 0, best first, equal scores by ascending place. `allowed` bool[n] keeps
        the search to the owners where it is true. Raises ValueError for vectors or a filter of
        another shape, type or length, or a negative `k`.
        """
        self._check_queries(vectors)
        check_number(k)
        if allowed is not None:
            check_mask(allowed, len(self))
        found = [self._nearest(vector, k, allowed) for vector in vectors]
        if not found or not k:
            return np.zeros(0, np.int64), np.zeros(0, np.float32)
        owners = np.concatenate([one[0] for one in found])
        scores = np.concatenate([one[1] for one in found])
        return best(*_best_of_each_owner(owners, scores), k)

    def scores(self, vectors: Vectors, places: Positions) -> Vectors:
        """Return the score float32[m] of each of the owners at `places` int64[m].

        The same numbers as `search` gives; 0 for an owner without a vector, and never below 0.
        """
        self._check_queries(vectors)
        check_places(places, len(self))
        numbers, lengths = _gathered(self._owner_starts, self._owner_vectors, places)
        greatest = np.zeros(len(places), np.float32)
        has_some = lengths > 0
        first = (np.cumsum(lengths) - lengths)[has_some]
        asked, back = np.unique(numbers, return_inverse=True)
        for vector in vectors if len(first) else ():
            pairs = self._distinct.scores(vector, asked)[back]
            ours = np.maximum.reduceat(pairs, first)
            greatest[has_some] = np.maximum(greatest[has_some], ours)
        return greatest

    def save(self, folder: Path) -> None:
        """Write everything into `folder`, made if needed. Not atomic: write aside, then swap."""
        self._distinct.save(folder / _VECTORS_FOLDER)
        arrays = (
            self._owner_starts,
            self._owner_vectors,
            self._vector_starts,
            self._vector_owners,
        )
        for name, array in zip(_FILES, arrays, strict=True):
            np.save(folder / name, array)

    @classmethod
    def load(cls, folder: Path, mmap: bool = True) -> Self:
        """Open what `save` wrote; with `mmap`, processes share its pages.

        Raises ValueError when a file is missing, cut short or contradicts another. Damage inside
        the numbers is not seen here: compare a digest of the files before opening.
        """
        distinct = VectorIndex.load(folder / _VECTORS_FOLDER, mmap)
        try:
            arrays = tuple(
                np.asarray(np.load(folder / name, mmap_mode="r" if mmap else None))
                for name in _FILES
            )
            _check_arrays(arrays, len(distinct))
        except (OSError, EOFError, ValueError) as error:
            raise ValueError(f"The vectors of owners cannot be read: {error}") from error
        loaded = cls.__new__(cls)
        loaded._hold(distinct, arrays)
        return loaded

    def _check_queries(self, vectors: Vectors) -> None:
        check_vectors(vectors)
        if vectors.shape[1] != self.dimension:
            raise ValueError(f"The vectors must have {self.dimension} numbers.")

    def _nearest(self, vector: Vectors, k: int, allowed: Mask | None) -> tuple[Positions, Vectors]:
        """The `k` best owners by one vector: vectors are taken best first until they are enough."""
        wanted = _FIRST_VECTORS
        while True:
            numbers, scores = self._distinct.search(vector, wanted)
            owners, lengths = _gathered(self._vector_starts, self._vector_owners, numbers)
            pairs = np.repeat(scores, lengths)
            counts = pairs > 0 if allowed is None else (pairs > 0) & allowed[owners]
            found, nearest = _best_of_each_owner(owners[counts], pairs[counts])
            # Those as near as the last vector may not all have been seen yet.
            if (
                len(numbers) < wanted
                or scores[-1] <= 0
                or np.count_nonzero(nearest > scores[-1]) >= k
            ):
                return best(found, nearest, k)
            wanted *= 4


def _distinct(vectors: Vectors) -> tuple[Positions, Positions]:
    """The first row of each distinct vector, and for each row the number of its vector."""
    width = vectors.dtype.itemsize * vectors.shape[1]
    rows = vectors.view(np.dtype((np.void, width))).reshape(len(vectors))
    _, first, numbers = np.unique(rows, return_index=True, return_inverse=True)
    return first, numbers


def _starts(numbers: npt.NDArray[np.integer], count: int) -> npt.NDArray[np.int64]:
    """Where the run of each of 0 to count - 1 begins in ascending `numbers`, and the end."""
    starts = np.zeros(count + 1, np.int64)
    np.cumsum(np.bincount(numbers, minlength=count), out=starts[1:])
    return starts


def _gathered(
    starts: npt.NDArray[np.integer], held: npt.NDArray[np.integer], wanted: Positions
) -> tuple[Positions, Positions]:
    """What `held` has for each of `wanted`, one after the other, and how many for each."""
    lengths = starts[wanted + 1] - starts[wanted]
    before = np.repeat(starts[wanted] - (np.cumsum(lengths) - lengths), lengths)
    return held[before + np.arange(len(before))].astype(np.int64), lengths


def _best_of_each_owner(owners: Positions, scores: Vectors) -> tuple[Positions, Vectors]:
    order = np.lexsort((-scores, owners))
    distinct, first = np.unique(owners[order], return_index=True)
    return distinct, scores[order][first]


def _check_arrays(arrays: tuple[npt.NDArray[np.integer], ...], distinct: int) -> None:
    owner_starts, owner_vectors, vector_starts, vector_owners = arrays
    if any(array.ndim != 1 for array in arrays) or [array.dtype for array in arrays] != [
        np.dtype(kind) for kind in (np.int64, np.int32, np.int64, np.int32)
    ]:
        raise ValueError("its arrays are of another kind.")
    for starts, held in ((owner_starts, owner_vectors), (vector_starts, vector_owners)):
        if not len(starts) or starts[0] != 0 or starts[-1] != len(held):
            raise ValueError("its arrays do not fit together.")
        if (starts[1:] < starts[:-1]).any():
            raise ValueError("its arrays do not fit together.")
    for held, count in ((owner_vectors, distinct), (vector_owners, len(owner_starts) - 1)):
        if len(held) and not 0 <= held.min() <= held.max() < count:
            raise ValueError("its arrays do not fit together.")
    if len(vector_starts) != distinct + 1 or len(owner_vectors) != len(vector_owners):
        raise ValueError("its arrays do not fit together.")
