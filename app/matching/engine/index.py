"""Exact search over unit vectors; the only file that knows faiss.

Faiss finds the candidates and `inner_products` scores them, so that a row has the same score to
the last bit whether it is found by a scan, under a filter, alone, or outside any index.
"""

import struct
from pathlib import Path
from typing import Self

import faiss
import numpy as np
import numpy.typing as npt

from app.matching.engine.order import (
    Ids,
    Positions,
    Scores,
    allowed_places,
    best,
    checked_ids,
    places,
    required_places,
)

Vectors = npt.NDArray[np.float32]

# Measured at 100,000 x 384 on one core: below about a thousand rows numpy beats a faiss filter.
_DIRECT_ROWS = 1000
_SPARE_ROWS = 16
_BLOCK_ROWS = 8192
_UNIT_TOLERANCE = 1e-3
_VECTORS_FILE = "vectors.faiss"
_IDS_FILE = "vector-ids.npy"
# Of a faiss file of type IndexFlatIP: its mark, the dimension, the number of rows.
_HEADER = struct.Struct("<4siq")
_LONGEST_HEADER_BYTES = 128


def inner_products(vector: Vectors, rows: Vectors) -> Vectors:
    """Return float32[n], the inner products of `vector` float32[d] with `rows` float32[n, d].

    Summed in float64 one row at a time, so that a row's score never depends on its neighbours.
    """
    wide = vector.astype(np.float64)
    scores = np.empty(len(rows), np.float32)
    for start in range(0, len(rows), _BLOCK_ROWS):
        block = rows[start : start + _BLOCK_ROWS].astype(np.float64)
        scores[start : start + _BLOCK_ROWS] = np.einsum("ij,j->i", block, wide)
    return scores


class VectorIndex:
    """Ids and their unit vectors; immutable, so that many threads may search it at once."""

    def __init__(self, ids: Ids, vectors: Vectors) -> None:
        """Hold `ids` int64[n], distinct, and `vectors` float32[n, d], finite, of unit length.

        n may be 0. Raises ValueError with a sentence for anything else. Length is accepted
        within one part in a thousand.
        """
        checked_ids(ids)
        _check_vectors(vectors)
        if len(ids) != len(vectors):
            raise ValueError("Ids and vectors differ in number.")
        order = np.argsort(ids)
        _one_thread()
        index = faiss.IndexFlatIP(vectors.shape[1])
        # In one piece: block by block faiss would reserve up to twice the memory.
        index.add(vectors if (order == np.arange(len(order))).all() else vectors[order])
        self._hold(ids[order], index)

    def _hold(self, ids: Ids, index: faiss.IndexFlatIP) -> None:
        # Rows are stored by ascending id, so that a position is looked up by bisection.
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

    def holds(self, ids: Ids) -> npt.NDArray[np.bool_]:
        """Say for each of `ids` int64[m] whether the index has it; bool[m]."""
        return places(self._ids, ids)[1]

    def search(self, vector: Vectors, k: int, allowed: Ids | None = None) -> tuple[Ids, Scores]:
        """Return the `k` rows nearest to `vector`, a unit float32[d]: ids int64, scores float32.

        A score is a cosine in [-1, 1]. Best first, equal scores by ascending id; exactly
        min(k, rows) of them. `allowed` int64[m] keeps the search to those ids, before it begins;
        unknown and repeated ids in it are ignored. Raises ValueError for a vector of another
        shape, type or length, or a negative `k`.
        """
        self._check_query(vector)
        if k < 0:
            raise ValueError("The number of answers asked for is negative.")
        if allowed is None:
            positions, count = None, len(self)
        else:
            positions = allowed_places(self._ids, allowed)
            count = len(positions)
        wanted = min(k, count)
        if wanted and wanted < count and count > _DIRECT_ROWS:
            positions = self._candidates(vector, wanted, count, positions)
        elif positions is None:
            positions = np.arange(count if wanted else 0)
        ids = self._ids[positions]
        return best(ids, self._scores_at(vector, positions), wanted)

    def scores(self, vector: Vectors, ids: Ids) -> Scores:
        """Return the cosine float32[m] of `vector` float32[d] with each of `ids` int64[m].

        The same numbers as `search` gives. Raises ValueError when an id is not in the index.
        """
        self._check_query(vector)
        return self._scores_at(vector, required_places(self._ids, ids))

    def vectors_of(self, ids: Ids) -> Vectors:
        """Return a copy of the vectors of `ids` int64[m], float32[m, d]; ValueError if unknown."""
        return self._rows(required_places(self._ids, ids))

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

    def _check_query(self, vector: Vectors) -> None:
        if not isinstance(vector, np.ndarray) or vector.shape != (self.dimension,):
            raise ValueError(f"The vector must have {self.dimension} numbers.")
        _check_vectors(vector[np.newaxis])

    def _candidates(
        self, vector: Vectors, wanted: int, count: int, allowed: Positions | None
    ) -> Positions:
        """Return positions that surely include the `wanted` best of the `count` allowed rows."""
        _one_thread()
        params = None
        if allowed is not None:
            mask = np.zeros(len(self), np.bool_)
            mask[allowed] = True
            bitmap = np.packbits(mask, bitorder="little")
            # The Python layer of faiss takes these, and keeps them alive; its stubs do not say so.
            selector = faiss.IDSelectorBitmap(bitmap)  # type: ignore[call-arg, arg-type]
            params = faiss.SearchParameters(sel=selector)  # type: ignore[call-arg]
        query = vector[np.newaxis]
        enough = min(wanted + _SPARE_ROWS, count)
        near, positions = self._index.search(query, enough, params=params)
        # Faiss sums in float32, in an order of its own. Whatever it places further below the
        # last wanted row than twice its rounding error cannot belong to the answer.
        floor = float(near[0, wanted - 1]) - 2 * self._rounding_error()
        if enough < count and near[0, -1] >= floor:
            _, _, within = self._index.range_search(
                query, float(np.nextafter(np.float32(floor), np.float32(-2))), params=params
            )
            return np.sort(within)
        return np.sort(positions[0][near[0] >= floor])

    def _rounding_error(self) -> float:
        # |fl(x.y) - x.y| <= gamma(d) |x||y|: Higham, Accuracy and Stability, 2002, (3.5).
        return (self.dimension + 4) * 2.0**-24 * (1 + _UNIT_TOLERANCE) ** 3

    def _scores_at(self, vector: Vectors, positions: Positions) -> Vectors:
        scores = np.empty(len(positions), np.float32)
        for start in range(0, len(positions), _BLOCK_ROWS):
            part = slice(start, start + _BLOCK_ROWS)
            scores[part] = inner_products(vector, self._rows(positions[part]))
        return scores

    def _rows(self, positions: Positions) -> Vectors:
        if not len(positions):
            return np.empty((0, self.dimension), np.float32)
        _one_thread()
        return self._index.reconstruct_batch(positions)


def _one_thread() -> None:
    # OpenMP keeps this number per thread, so it is set at every use and never at import: a pool
    # started before gunicorn forks hangs its children (faiss issue 5206).
    faiss.omp_set_num_threads(1)


def _check_vectors(vectors: Vectors) -> None:
    if not isinstance(vectors, np.ndarray) or vectors.dtype != np.float32:
        raise ValueError("Vectors must be a float32 array.")
    if vectors.ndim != 2 or vectors.shape[1] < 1:
        raise ValueError("Vectors must have two dimensions: one row for each id.")
    for start in range(0, len(vectors), _BLOCK_ROWS):
        block = vectors[start : start + _BLOCK_ROWS].astype(np.float64)
        lengths = np.sqrt(np.einsum("ij,ij->i", block, block))
        if not np.isfinite(lengths).all():
            raise ValueError("A vector holds a number that is not finite.")
        if (np.abs(lengths - 1) > _UNIT_TOLERANCE).any():
            raise ValueError("A vector is not of unit length.")


def _check_files(path: Path, ids: Ids) -> None:
    """Refuse what faiss should not be trusted to read: it believes the lengths in its files."""
    if ids.ndim != 1 or ids.dtype != np.int64 or (ids[1:] <= ids[:-1]).any():
        raise ValueError("its ids are not ascending.")
    with path.open("rb") as file:
        mark, dimension, count = _HEADER.unpack(file.read(_HEADER.size).ljust(_HEADER.size))
    extra = path.stat().st_size - 4 * dimension * count
    if mark != b"IxFI" or dimension < 1 or count != len(ids):
        raise ValueError("its header is damaged.")
    if not _HEADER.size <= extra <= _LONGEST_HEADER_BYTES:
        raise ValueError("it is cut short.")
