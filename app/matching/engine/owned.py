"""Vectors that belong to owners, each owner having some or none; many owners share a vector.

An owner is as near to a query as the best pair of its vectors and the query's. Each distinct
vector is held once, with its owners beside it, and found as `VectorIndex` finds: exactly among few.
"""

from pathlib import Path
from typing import Any, Self

import numpy as np
import numpy.typing as npt

from app.matching.engine.arrays import load_array
from app.matching.engine.index import VectorIndex
from app.matching.engine.order import Positions, best, ranges
from app.matching.engine.vectors import (
    Mask,
    Vectors,
    check_mask,
    check_number,
    check_places,
    check_vectors,
)

Numbers = npt.NDArray[np.integer[Any]]

# No more allowed owners than this are scored each, rather than found by their vectors.
_FEW_OWNERS = 1024
# Of a million owners with three vectors each, 50,000 of them distinct: while more than one in fifty
# is allowed, asking for the best vectors of all takes .6 to 1.6 ms. Leaving out first those that no
# allowed owner has takes 3 ms and more, but below that share it is the faster.
_RARE = 1 / 50
_FIRST_VECTORS = 256
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
        if len(owners) != len(vectors):
            raise ValueError("Owners and vectors differ in number.")
        seen: dict[bytes, int] = {}
        numbers = [seen.setdefault(row.tobytes(), len(seen)) for row in vectors]
        distinct = np.frombuffer(b"".join(seen), np.float32).reshape(-1, vectors.shape[1])
        self._gather(
            size, owners, np.array(numbers, np.int64), VectorIndex(_all(distinct), distinct)
        )

    @classmethod
    def of_distinct(
        cls, size: int, owners: Positions, numbers: Positions, distinct: Vectors, threads: int = 1
    ) -> Self:
        """Hold what is known to repeat: owners[i] has distinct[numbers[i]].

        `owners` and `numbers` int64[m], the owners ascending; `distinct` float32[c, d]. Takes
        a few times less memory than giving every vector to every owner. `threads` is for the
        building alone. Raises ValueError as the constructor does.
        """
        made = cls.__new__(cls)
        index = VectorIndex(_all(distinct), distinct, threads=threads)
        made._gather(size, owners, numbers, index)
        return made

    def _gather(
        self, size: int, owners: Positions, numbers: Positions, distinct: VectorIndex
    ) -> None:
        check_places(owners, size)
        check_places(numbers, len(distinct))
        if len(owners) != len(numbers):
            raise ValueError("Owners and vectors differ in number.")
        if (owners[1:] < owners[:-1]).any():
            raise ValueError("Owners must ascend.")
        # One who has a vector twice has it once: `_first_owners` counts on it.
        pairs = np.unique(owners * max(1, len(distinct)) + numbers)
        owners, numbers = np.divmod(pairs, max(1, len(distinct)))
        by_vector = np.argsort(numbers, kind="stable")
        self._hold(
            distinct,
            (
                _starts(owners, size),
                numbers.astype(np.int32),
                _starts(numbers, len(distinct)),
                owners[by_vector].astype(np.int32),
            ),
        )

    def _hold(self, distinct: VectorIndex, arrays: tuple[Numbers, ...]) -> None:
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
        count = len(self) if allowed is None else int(np.count_nonzero(allowed))
        if not k:
            return np.zeros(0, np.int64), np.zeros(0, np.float32)
        if count <= _FEW_OWNERS:
            owners = np.arange(count) if allowed is None else np.flatnonzero(allowed)
            scores = self.scores(vectors, owners)
            return best(owners[scores > 0], scores[scores > 0], k)
        having = (
            self._having(allowed) if allowed is not None and count < len(self) * _RARE else None
        )
        nearest: dict[int, float] = {}
        for vector in vectors:
            for owner, score in self._nearest(vector, k, allowed, having).items():
                nearest[owner] = max(score, nearest.get(owner, 0.0))
        owners = np.fromiter(nearest.keys(), np.int64, len(nearest))
        return best(owners, np.fromiter(nearest.values(), np.float32, len(nearest)), k)

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
            arrays = tuple(load_array(folder / name, mmap) for name in _FILES)
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

    def _having(self, allowed: Mask) -> Mask:
        """Which of the distinct vectors have an allowed owner."""
        having = np.zeros(len(self._distinct), np.bool_)
        owners = np.flatnonzero(allowed)
        having[_gathered(self._owner_starts, self._owner_vectors, owners)[0]] = True
        return having

    def _nearest(
        self, vector: Vectors, k: int, allowed: Mask | None, having: Mask | None
    ) -> dict[int, float]:
        """The `k` best owners by one vector, and perhaps more, with their scores.

        Vectors are taken best first, until they have owners enough and the next is worse.
        """
        wanted = _FIRST_VECTORS
        while True:
            numbers, scores = self._distinct.search(vector, wanted, having)
            found: dict[int, float] = {}
            last = 0.0
            for number, score in zip(numbers.tolist(), scores.tolist(), strict=True):
                if score <= 0 or (len(found) >= k and score < last):
                    return found
                for owner in self._first_owners(number, k, allowed).tolist():
                    found.setdefault(owner, score)
                last = score
            if len(numbers) < wanted:
                return found
            wanted *= 4

    def _first_owners(self, number: int, k: int, allowed: Mask | None) -> Numbers:
        """The first `k` allowed owners of a vector: all are as near, so more are never needed."""
        owners = self._vector_owners[self._vector_starts[number] : self._vector_starts[number + 1]]
        if allowed is None:
            return owners[:k]
        looked = 4 * k
        while True:
            first = owners[:looked]
            found: Numbers = first[allowed[first]]
            if len(found) >= k or looked >= len(owners):
                return found[:k]
            looked *= 8


def _all(vectors: Vectors) -> Positions:
    return np.arange(len(vectors), dtype=np.int64)


def _starts(numbers: Numbers, count: int) -> Positions:
    """Where the run of each of 0 to count - 1 begins in ascending `numbers`, and the end."""
    starts = np.zeros(count + 1, np.int64)
    np.cumsum(np.bincount(numbers, minlength=count), out=starts[1:])
    return starts


def _gathered(starts: Numbers, held: Numbers, wanted: Positions) -> tuple[Positions, Positions]:
    """What `held` has for each of `wanted`, one after the other, and how many for each."""
    first, last = starts[wanted], starts[wanted + 1]
    return held[ranges(first, last)].astype(np.int64), last - first


def _check_arrays(arrays: tuple[Numbers, ...], distinct: int) -> None:
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
