"""Search over unit vectors: every row of a small set, the nearest lists of rows of a large one.

Up to `EXACT_ROWS` rows, and under a filter that leaves no more than a round of them, the answer
is exact. Else lists of rows are scanned, the nearest first, until twice as many rows no longer
change the answer. However a row is found, `inner_products` scores it, so that it has the same
score to the last bit whether by a scan, under a filter, alone, or outside any index.

Measured (384 numbers, 50 answers, ms of one core; recall beside a scan of everything):

    rows       every row  in lists, recall   every row  in lists, recall, if one in ten is allowed
    10,000      .6         .5    1.000         .1        .1   1.000
    20,000     1.3         .6    1.000         .2        .2   1.000
    50,000     2.9         .7     .999         .6        .8   1.000
    100,000    5.5         .7     .999        1.4       1.2   1.000
    1,000,000  64         1.0     .997        46         .9   1.000

    of a million allowed    all    .3     .1     .03    .01    .001   the tenth least alike
    ms                      1.0     .9     .9    1.3    1.0    .2     12
    recall                  .997   .998   1.000  1.000  1.000  1.000  1.000

What is unlike the query is equally far in every direction, so no list is nearer than another and
nearly all are scanned; the answer is right, and late.
"""

import math
from pathlib import Path
from typing import Self

import numpy as np

from app.matching.engine.arrays import load_array
from app.matching.engine.kernels import near_products, rounding_error
from app.matching.engine.lists import Lists
from app.matching.engine.order import Ids, Positions, best, places
from app.matching.engine.vectors import (
    UNIT_TOLERANCE,
    Mask,
    Vectors,
    check_mask,
    check_number,
    check_places,
    check_query,
    check_vectors,
    inner_products,
)

EXACT_ROWS = 20_000
_BLOCK_ROWS = 8192
_VECTORS_FILE = "vectors.npy"
_IDS_FILE = "vector-ids.npy"
# A round that brings no more than this part of the answer is the last one.
_SETTLED = 0.01


class VectorIndex:
    """Ids and their unit vectors; immutable, so that many threads may search it at once.

    Rows are spoken of by their places among the ascending ids: 0 is the lowest id.
    """

    def __init__(
        self, ids: Ids, vectors: Vectors, *, lists: int | None = None, threads: int = 1
    ) -> None:
        """Hold `ids` int64[n], ascending, and `vectors` float32[n, d], finite, of unit length.

        n may be 0. `lists` says into how many lists rows are gathered, 1 meaning an exact scan;
        by default the size decides. `threads` is for the building alone. Raises ValueError with
        a sentence for anything else.
        """
        _check_ids(ids)
        check_vectors(vectors)
        if len(ids) != len(vectors):
            raise ValueError("Ids and vectors differ in number.")
        gathered = Lists.build(vectors, lists or _lists_for(len(ids)), threads)
        self._hold(ids.copy(), gathered, vectors[gathered.places])

    def _hold(self, ids: Ids, lists: Lists, vectors: Vectors) -> None:
        ids.setflags(write=False)
        self._ids = ids
        self._lists = lists
        # By row, not by place: those of a list lie side by side.
        self._vectors = vectors

    def __len__(self) -> int:
        """Return the number of rows."""
        return len(self._ids)

    @property
    def ids(self) -> Ids:
        """All ids, int64[n], ascending, read-only."""
        return self._ids

    @property
    def dimension(self) -> int:
        """The length d of every vector."""
        return int(self._vectors.shape[1])

    def holds(self, ids: Ids) -> Mask:
        """Say for each of `ids` int64[m] whether the index has it; bool[m]."""
        return places(self._ids, ids)[1]

    def search(
        self, vector: Vectors, k: int, allowed: Mask | None = None
    ) -> tuple[Positions, Vectors]:
        """Return the `k` rows nearest to `vector`, a unit float32[d]: places int64, scores float32.

        A score is a cosine in [-1, 1]. Best first, equal scores by ascending place; exactly
        min(k, rows) of them; of a large set, a few of the nearest may be missed, see above, and
        others stand in their place. `allowed` bool[n] keeps the search to the places where it is
        true, before it begins. Raises ValueError for a vector or a filter of another shape or
        type, a vector of another length, or a negative `k`.
        """
        check_query(vector, self.dimension)
        check_number(k)
        if allowed is not None:
            check_mask(allowed, len(self))
        count = len(self) if allowed is None else int(np.count_nonzero(allowed))
        wanted = min(k, count)
        if not wanted:
            return np.zeros(0, np.int64), np.zeros(0, np.float32)
        if wanted == count:
            found = np.arange(count) if allowed is None else np.flatnonzero(allowed)
        else:
            found = self._candidates(vector, wanted, count, allowed)
        return best(found, self._scores_at(vector, found), wanted)

    def scores(self, vector: Vectors, places: Positions) -> Vectors:
        """Return the cosine float32[m] of `vector` float32[d] with the rows at `places` int64[m].

        The same numbers as `search` gives. Raises ValueError when there is no such place.
        """
        check_query(vector, self.dimension)
        check_places(places, len(self))
        return self._scores_at(vector, places)

    def vectors_at(self, places: Positions) -> Vectors:
        """Return a copy float32[m, d] of the rows at `places` int64[m]; ValueError for no place."""
        check_places(places, len(self))
        return self._rows(places)

    def save(self, folder: Path) -> None:
        """Write the index into `folder`, made if needed. Not atomic: write aside, then swap."""
        folder.mkdir(parents=True, exist_ok=True)
        np.save(folder / _VECTORS_FILE, self._vectors)
        np.save(folder / _IDS_FILE, self._ids)
        self._lists.save(folder)

    @classmethod
    def load(cls, folder: Path, mmap: bool = True) -> Self:
        """Open what `save` wrote; with `mmap`, processes share its pages and read what they need.

        Raises ValueError when a file is missing, cut short or contradicts another. Damage
        inside the vectors is not seen here: compare a digest of the files before opening.
        """
        try:
            ids = load_array(folder / _IDS_FILE, mmap)
            vectors = load_array(folder / _VECTORS_FILE, mmap)
            lists = Lists.load(folder, mmap)
            _check_ids(ids)
            _check_fit(ids, vectors, lists)
        except (OSError, EOFError, ValueError) as error:
            raise ValueError(f"The vector index cannot be read: {error}") from error
        loaded = cls.__new__(cls)
        loaded._hold(ids, lists, vectors)
        return loaded

    def _candidates(
        self, vector: Vectors, wanted: int, count: int, allowed: Mask | None
    ) -> Positions:
        """Return places that include the `wanted` best of the `count` allowed rows.

        Surely the best of those scanned; of all, but for what lists far away may hide.
        """
        # What float32 places further below the last wanted row than twice its rounding error
        # cannot belong to the answer.
        doubt = 2 * rounding_error(self.dimension, 1 + UNIT_TOLERANCE)
        kept, near = np.zeros(0, np.int64), np.zeros(0, np.float32)
        seen = 0
        for rows in self._lists.rounds(vector, count, allowed):
            fresh = near_products(vector, self._vectors, rows)
            kept, near = np.concatenate([kept, rows]), np.concatenate([near, fresh])
            before, seen = seen, seen + len(rows)
            if seen < wanted:
                continue
            last = np.partition(near, len(near) - wanted)[len(near) - wanted]
            inside = near >= last - doubt
            kept, near = kept[inside], near[inside]
            # A round of few rows says little: under a filter, near lists may be empty.
            if len(rows) >= before / 2 and np.count_nonzero(fresh >= last) <= _SETTLED * wanted:
                break
        return np.sort(self._lists.places[kept]).astype(np.int64)

    def _scores_at(self, vector: Vectors, places: Positions) -> Vectors:
        scores = np.empty(len(places), np.float32)
        for start in range(0, len(places), _BLOCK_ROWS):
            part = slice(start, start + _BLOCK_ROWS)
            scores[part] = inner_products(vector, self._rows(places[part]))
        return scores

    def _rows(self, places: Positions) -> Vectors:
        return self._vectors[self._lists.rows[places]]


def _lists_for(count: int) -> int:
    """Into how many lists so many rows are gathered: about four times their root."""
    return 1 if count <= EXACT_ROWS else 2 ** round(math.log2(4 * math.sqrt(count)))


def _check_ids(ids: Ids) -> None:
    if not isinstance(ids, np.ndarray) or ids.ndim != 1 or ids.dtype != np.int64:
        raise ValueError("Ids must be a one-dimensional int64 array.")
    if (ids[1:] <= ids[:-1]).any():
        raise ValueError("Ids must ascend, each given once.")


def _check_fit(ids: Ids, vectors: Vectors, lists: Lists) -> None:
    if vectors.dtype != np.float32 or vectors.ndim != 2 or not vectors.flags.c_contiguous:
        raise ValueError("its vectors are of another kind.")
    if len(ids) != len(vectors) or len(ids) != len(lists.places):
        raise ValueError("its files differ in number.")
    if vectors.shape[1] != lists.dimension:
        raise ValueError("its lists are of another dimension.")
