"""Unit vectors: what is accepted as one, and the one way in which two of them are compared."""

import numpy as np
import numpy.typing as npt

Vectors = npt.NDArray[np.float32]
Mask = npt.NDArray[np.bool_]

# So many rows of float64 stay in the cache of a core.
_BLOCK_ROWS = 256
UNIT_TOLERANCE = 1e-3


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


def check_vectors(vectors: Vectors) -> None:
    """Refuse with a ValueError all but float32[n, d], d > 0, finite, of unit length.

    Length is accepted within one part in a thousand.
    """
    if not isinstance(vectors, np.ndarray) or vectors.dtype != np.float32:
        raise ValueError("Vectors must be a float32 array.")
    if vectors.ndim != 2 or vectors.shape[1] < 1:
        raise ValueError("Vectors must have two dimensions: one row for each id.")
    for start in range(0, len(vectors), _BLOCK_ROWS):
        block = vectors[start : start + _BLOCK_ROWS].astype(np.float64)
        lengths = np.sqrt(np.einsum("ij,ij->i", block, block))
        if not np.isfinite(lengths).all():
            raise ValueError("A vector holds a number that is not finite.")
        if (np.abs(lengths - 1) > UNIT_TOLERANCE).any():
            raise ValueError("A vector is not of unit length.")


def check_query(vector: Vectors, dimension: int) -> None:
    """Refuse with a ValueError all but a unit vector float32[dimension]."""
    if not isinstance(vector, np.ndarray) or vector.shape != (dimension,):
        raise ValueError(f"The vector must have {dimension} numbers.")
    check_vectors(vector[np.newaxis])


def check_mask(mask: Mask, count: int) -> None:
    """Refuse with a ValueError all but bool[count]."""
    if not isinstance(mask, np.ndarray) or mask.dtype != np.bool_ or mask.shape != (count,):
        raise ValueError(f"The filter must be {count} truth values, one for each row.")


def check_places(places: npt.NDArray[np.int64], count: int) -> None:
    """Refuse with a ValueError all but int64[m], each of them in [0, count)."""
    if not isinstance(places, np.ndarray) or places.ndim != 1 or places.dtype != np.int64:
        raise ValueError("Places must be a one-dimensional int64 array.")
    outside = (places < 0) | (places >= count)
    if outside.any():
        raise ValueError(f"The index has no place {int(places[outside][0])}.")


def check_number(k: int) -> None:
    """Refuse with a ValueError a negative number of answers."""
    if k < 0:
        raise ValueError("The number of answers asked for is negative.")
