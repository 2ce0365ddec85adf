"""The three loops over rows that numpy is too slow for; the only file that knows faiss."""

import faiss
import numpy as np
import numpy.typing as npt

from app.matching.engine.vectors import Vectors

_BLOCK_ROWS = 65_536
# Of k-means: the rows it learns from for each centroid, its rounds, and where its dice begin.
_ROWS_OF_EACH = 16
_ROUNDS = 6
_SEED = 20_261


def near_products(vector: Vectors, rows: Vectors, wanted: npt.NDArray[np.int64]) -> Vectors:
    """Return float32[m], the inner products of `vector` float32[d] with some of `rows`.

    `rows` float32[n, d] in one piece, of which those at `wanted` int64[m] are read, each in
    [0, n). Summed in float32, so each is right but for `rounding_error`.
    """
    products = np.empty(len(wanted), np.float32)
    if not len(wanted):
        return products
    _use_threads(1)
    faiss.fvec_inner_products_by_idx(  # type: ignore[attr-defined]  # not in its stubs
        faiss.swig_ptr(products),
        faiss.swig_ptr(np.ascontiguousarray(vector)),
        faiss.swig_ptr(rows),
        faiss.swig_ptr(np.ascontiguousarray(wanted)),
        rows.shape[1],
        1,
        len(wanted),
    )
    return products


def rounding_error(dimension: int, longest: float) -> float:
    """How far `near_products` may be from the truth for vectors no longer than `longest`."""
    # |fl(x.y) - x.y| <= gamma(d) |x||y|: Higham, Accuracy and Stability, 2002, (3.5).
    return (dimension + 4) * 2.0**-24 * longest**3


def learn_centroids(vectors: Vectors, count: int, threads: int) -> Vectors:
    """Return float32[count, d], unit vectors around which `vectors` gather; k-means on a sample.

    The same for the same vectors, whatever the threads.
    """
    size = min(len(vectors), count * _ROWS_OF_EACH)
    chosen = np.random.default_rng(_SEED).choice(len(vectors), size, replace=False)
    _use_threads(threads)
    means = faiss.Kmeans(
        vectors.shape[1],
        count,
        niter=_ROUNDS,
        spherical=True,
        seed=_SEED,
        min_points_per_centroid=1,
        max_points_per_centroid=_ROWS_OF_EACH,
    )
    means.train(vectors[np.sort(chosen)])
    _use_threads(1)
    return np.asarray(means.centroids, np.float32)


def nearest_centroids(vectors: Vectors, centroids: Vectors, threads: int) -> npt.NDArray[np.int32]:
    """Return int32[n], for each of `vectors` which of `centroids` is the nearest."""
    nearest = np.empty(len(vectors), np.int32)
    _use_threads(threads)
    for start in range(0, len(vectors), _BLOCK_ROWS):
        block = np.ascontiguousarray(vectors[start : start + _BLOCK_ROWS])
        _, found = faiss.knn(block, centroids, 1, metric=faiss.METRIC_INNER_PRODUCT)
        nearest[start : start + _BLOCK_ROWS] = found[:, 0]
    _use_threads(1)
    return nearest


def _use_threads(count: int) -> None:
    # OpenMP keeps this number per thread, so it is set at every use and never at import: a pool
    # started before gunicorn forks hangs its children (faiss issue 5206).
    faiss.omp_set_num_threads(count)
