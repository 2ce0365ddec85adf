"""The one order of answers, score descending then id ascending, and sorted arrays of ids."""

from typing import Any

import numpy as np
import numpy.typing as npt

Ids = npt.NDArray[np.int64]
Positions = npt.NDArray[np.int64]
Scores = npt.NDArray[np.floating]


def best(ids: Ids, scores: Scores, k: int) -> tuple[Ids, Scores]:
    """Return the `k` best of n scored ids, or all n if fewer: score descending, then id ascending.

    `ids` int64[n] are distinct; `scores` float[n] are finite and keep their type. Ties at the
    k-th place go to the lower ids. Answers of several sources are merged by concatenating them
    first. Raises ValueError when `k` is negative or the lengths differ.
    """
    if k < 0:
        raise ValueError("The number of answers asked for is negative.")
    if ids.shape != scores.shape or ids.ndim != 1:
        raise ValueError("Ids and scores differ in number.")
    if 0 < k < len(ids):
        kth = np.partition(scores, len(scores) - k)[len(scores) - k]
        candidates = np.flatnonzero(scores >= kth)
        ids, scores = ids[candidates], scores[candidates]
    chosen = np.lexsort((ids, -scores))[:k]
    return ids[chosen], scores[chosen]


def checked_ids(ids: Ids) -> Ids:
    """Return `ids` if they are int64[n] and distinct; raise ValueError with a sentence if not."""
    if not isinstance(ids, np.ndarray) or ids.ndim != 1 or ids.dtype != np.int64:
        raise ValueError("Ids must be a one-dimensional int64 array.")
    if len(np.unique(ids)) != len(ids):
        raise ValueError("An id is given twice.")
    return ids


def places(known: Ids, ids: Ids) -> tuple[Positions, npt.NDArray[np.bool_]]:
    """Look `ids` int64[m] up in `known`, int64[n] strictly ascending.

    Returns int64[m] positions and bool[m]; where the second is False the id is not known and
    its position means nothing.
    """
    if not isinstance(ids, np.ndarray) or ids.ndim != 1 or ids.dtype != np.int64:
        raise ValueError("Ids must be a one-dimensional int64 array.")
    if not len(known):
        return np.zeros(len(ids), np.int64), np.zeros(len(ids), np.bool_)
    positions = np.minimum(np.searchsorted(known, ids), len(known) - 1)
    return positions, known[positions] == ids


def ranges(first: npt.NDArray[Any], last: npt.NDArray[Any]) -> Positions:
    """Return the numbers of each range first[i]:last[i], int64, one after the other."""
    lengths = last - first
    numbers: Positions = np.repeat(first - (np.cumsum(lengths) - lengths), lengths)
    numbers += np.arange(len(numbers))
    return numbers
