"""Search over unit vectors; the only file that knows faiss.

Faiss finds the candidates and `inner_products` scores them, so that a row has the same score to
the last bit whether it is found by a scan, under a filter, alone, or outside any index.
"""

import struct
from pathlib import Path
from typing import Self

import faiss
import numpy as np

from app.matching.engine.order import Ids, Positions, best, places
from app.matching.engine.vectors import (
    BLOCK_ROWS,
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

# Measured at 100,000 x 384 on one core: below about a thousand rows numpy beats a faiss filter.
_DIRECT_ROWS = 1000
_SPARE_ROWS = 16
_VECTORS_FILE = "vectors.faiss"
_IDS_FILE = "vector-ids.npy"
# Of a faiss file of type IndexFlatIP: its mark, the dimension, the number of rows.
_HEADER = struct.Struct("<4siq")
_LONGEST_HEADER_BYTES = 128


class VectorIndex:
    """Ids and their unit vectors; immutable, so that many threads may search it at once.

    Rows are spoken of by their places among the ascending ids: 0 is the lowest id.
    """

    def __init__(self, ids: Ids, vectors: Vectors) -> None:
        """Hold `ids` int64[n], ascending, and `vectors` float32[n, d], finite, of unit length.

        n may be 0. Raises ValueError with a sentence for anything else.
        """
        _check_ids(ids)
        check_vectors(vectors)
        if len(ids) != len(vectors):
            raise ValueError("Ids and vectors differ in number.")
        _one_thread()
        index = faiss.IndexFlatIP(vectors.shape[1])
        # In one piece: block by block faiss would reserve up to twice the memory.
        index.add(np.ascontiguousarray(vectors))
        self._hold(ids.copy(), index)

    def _hold(self, ids: Ids, index: faiss.IndexFlatIP) -> None:
        ids.setflags(write=False)
        self._ids = ids
        self._index = index

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
        return int(self._index.d)

    def holds(self, ids: Ids) -> Mask:
        """Say for each of `ids` int64[m] whether the index has it; bool[m]."""
        return places(self._ids, ids)[1]

    def search(
        self, vector: Vectors, k: int, allowed: Mask | None = None
    ) -> tuple[Positions, Vectors]:
        """Return the `k` rows nearest to `vector`, a unit float32[d]: places int64, scores float32.

        A score is a cosine in [-1, 1]. Best first, equal scores by ascending place; exactly
        min(k, rows) of them. `allowed` bool[n] keeps the search to the places where it is true,
        before it begins. Raises ValueError for a vector or a filter of another shape or type, a
        vector of another length, or a negative `k`.
        """
        check_query(vector, self.dimension)
        check_number(k)
        if allowed is not None:
            check_mask(allowed, len(self))
        count = len(self) if allowed is None else int(np.count_nonzero(allowed))
        wanted = min(k, count)
        if wanted and wanted < count and count > _DIRECT_ROWS:
            found = self._candidates(vector, wanted, count, allowed)
        elif not wanted:
            found = np.zeros(0, np.int64)
        else:
            found = np.arange(len(self)) if allowed is None else np.flatnonzero(allowed)
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
        faiss.write_index(self._index, str(folder / _VECTORS_FILE))
        np.save(folder / _IDS_FILE, self._ids)

    @classmethod
    def load(cls, folder: Path, mmap: bool = True) -> Self:
        """Open what `save` wrote; with `mmap`, processes share its pages and nothing is read yet.

        Raises ValueError when a file is missing, cut short or contradicts the other. Damage
        inside the vectors is not seen here: compare a digest of the files before opening.
        """
        path = folder / _VECTORS_FILE
        try:
            ids = np.asarray(np.load(folder / _IDS_FILE, mmap_mode="r" if mmap else None))
            _check_files(path, ids)
            _one_thread()
            index = faiss.read_index(str(path), faiss.IO_FLAG_MMAP_IFC if mmap else 0)
        except (OSError, EOFError, RuntimeError, ValueError) as error:
            raise ValueError(f"The vector index cannot be read: {error}") from error
        if not isinstance(index, faiss.IndexFlatIP) or index.ntotal != len(ids):
            raise ValueError("The vector index cannot be read: it is of another kind.")
        loaded = cls.__new__(cls)
        loaded._hold(ids, index)
        return loaded

    def _candidates(
        self, vector: Vectors, wanted: int, count: int, allowed: Mask | None
    ) -> Positions:
        """Return places that surely include the `wanted` best of the `count` allowed rows."""
        _one_thread()
        params = None
        if allowed is not None:
            bitmap = np.packbits(allowed, bitorder="little")
            # The Python layer of faiss takes these, and keeps them alive; its stubs do not say so.
            selector = faiss.IDSelectorBitmap(bitmap)  # type: ignore[call-arg, arg-type]
            params = faiss.SearchParameters(sel=selector)  # type: ignore[call-arg]
        query = vector[np.newaxis]
        enough = min(wanted + _SPARE_ROWS, count)
        near, found = self._index.search(query, enough, params=params)
        # Faiss sums in float32, in an order of its own. Whatever it places further below the
        # last wanted row than twice its rounding error cannot belong to the answer.
        floor = float(near[0, wanted - 1]) - 2 * self._rounding_error()
        if enough < count and near[0, -1] >= floor:
            _, _, within = self._index.range_search(
                query, float(np.nextafter(np.float32(floor), np.float32(-2))), params=params
            )
            return np.sort(within)
        return np.sort(found[0][near[0] >= floor])

    def _rounding_error(self) -> float:
        # |fl(x.y) - x.y| <= gamma(d) |x||y|: Higham, Accuracy and Stability, 2002, (3.5).
        return (self.dimension + 4) * 2.0**-24 * (1 + UNIT_TOLERANCE) ** 3

    def _scores_at(self, vector: Vectors, places: Positions) -> Vectors:
        scores = np.empty(len(places), np.float32)
        for start in range(0, len(places), BLOCK_ROWS):
            part = slice(start, start + BLOCK_ROWS)
            scores[part] = inner_products(vector, self._rows(places[part]))
        return scores

    def _rows(self, places: Positions) -> Vectors:
        if not len(places):
            return np.empty((0, self.dimension), np.float32)
        _one_thread()
        return self._index.reconstruct_batch(places)


def _one_thread() -> None:
    # OpenMP keeps this number per thread, so it is set at every use and never at import: a pool
    # started before gunicorn forks hangs its children (faiss issue 5206).
    faiss.omp_set_num_threads(1)


def _check_ids(ids: Ids) -> None:
    if not isinstance(ids, np.ndarray) or ids.ndim != 1 or ids.dtype != np.int64:
        raise ValueError("Ids must be a one-dimensional int64 array.")
    if (ids[1:] <= ids[:-1]).any():
        raise ValueError("Ids must ascend, each given once.")


def _check_files(path: Path, ids: Ids) -> None:
    """Refuse what faiss should not be trusted to read: it believes the lengths in its files."""
    _check_ids(ids)
    with path.open("rb") as file:
        mark, dimension, count = _HEADER.unpack(file.read(_HEADER.size).ljust(_HEADER.size))
    extra = path.stat().st_size - 4 * dimension * count
    if mark != b"IxFI" or dimension < 1 or count != len(ids):
        raise ValueError("its header is damaged.")
    if not _HEADER.size <= extra <= _LONGEST_HEADER_BYTES:
        raise ValueError("it is cut short.")
