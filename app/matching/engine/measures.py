"""How good an order is, measured against what people judged right, and how sure that is."""

import math
from collections.abc import Mapping, Sequence

import numpy as np
import numpy.typing as npt

Numbers = npt.NDArray[np.float64]

MEASURES = ("MAP", "nDCG@10", "MRR", "P@1", "RP@5")
RESAMPLES = 2000
_RRF = 60


def measure(order: Sequence[int], grades: Mapping[int, float]) -> dict[str, float]:
    """Return every measure of one query: ids best first, and the grade above 0 of each right id."""
    hits = [place for place, one in enumerate(order, 1) if one in grades]
    gains = [grades.get(one, 0.0) for one in order[:10]]
    ideal = sorted(grades.values(), reverse=True)[:10]
    return {
        "MAP": sum(count / place for count, place in enumerate(hits, 1)) / len(grades),
        "nDCG@10": _discounted(gains) / _discounted(ideal),
        "MRR": 1 / hits[0] if hits else 0.0,
        "P@1": float(hits[:1] == [1]),
        # Of five places no more can be right than there are right ids.
        "RP@5": sum(place <= 5 for place in hits) / min(5, len(grades)),
    }


def interval(
    gains: Sequence[float] | Numbers, *, seed: int = 0, resamples: int = RESAMPLES
) -> tuple[float, float]:
    """Return the 95 % bootstrap interval of the mean gain; the queries are drawn in pairs."""
    values = np.asarray(gains, np.float64)
    random = np.random.default_rng(seed)
    drawn = random.integers(0, len(values), (resamples, len(values)))
    low, high = np.quantile(values[drawn].mean(axis=1), [0.025, 0.975])
    return float(low), float(high)


def fused(*scores: Numbers) -> Numbers:
    """Return the reciprocal rank fusion of several scores of the same n things, k = 60."""
    total = np.zeros(len(scores[0]))
    for one in scores:
        places = np.empty(len(one))
        places[np.argsort(-one, kind="stable")] = np.arange(1, len(one) + 1)
        total += 1 / (_RRF + places)
    return total


def _discounted(gains: Sequence[float]) -> float:
    return sum(gain / math.log2(place + 1) for place, gain in enumerate(gains, 1))
