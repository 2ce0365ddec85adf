"""Which candidate is better: named parts, weighed and added into points that explain the order."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from app.matching.engine.lexical import Scheme

Numbers = npt.NDArray[np.float64]

FOR_JOB: Mapping[str, float] = {
    "meaning": 1.0,
    "title": 1.0,
    "words": 0.5,
    "skills": 0.5,
    "trust": 0.1,
}
"""Freelancers for a job: cosine of the bodies, best cosine of the titles, BM25, share of the
asked-for skills that are covered, trust in [0, 1]."""

FOR_PROFILE: Mapping[str, float] = {"meaning": 1.0, "title": 1.0, "words": 0.5, "skills": 0.5}
"""Jobs for a freelancer: the same without trust, and with the cosine of TF-IDF for the words."""

WORDS_FOR_JOB: Scheme = "bm25"
WORDS_FOR_PROFILE: Scheme = "tfidf"
"""How the words are scored in each direction."""

MOST_POINTS: Mapping[str, float] = {"trust": 5.0}
"""Parts that may never be worth more points of 100 than this, whatever their weight: how well
a text fits decides first."""

# A spread no wider than this, relative to the largest value, is the rounding of float32 and
# not a difference between people.
_NOISE = 1e-6
# Points are cut to this grid, on which sums of a few numbers up to 100 are exact in float64.
_GRID = 2.0**20


@dataclass(frozen=True)
class Score:
    """What a candidate gets: `total` in [0, 100] is exactly the sum of the points in `parts`."""

    id: int
    total: float
    parts: dict[str, float]


def rank(
    ids: Sequence[int] | npt.NDArray[np.int64],
    parts: Mapping[str, npt.NDArray[np.floating] | Sequence[float]],
    weights: Mapping[str, float],
    most: int | None = None,
) -> list[Score]:
    """Return the n candidates by total descending, then id ascending, whatever order they came in.

    `most` keeps the first so many; the points are the same.

    `parts[name]` is float[n] in its own unit, more being better. Each part is made comparable by
    its z-scores over the candidates, times its weight; the points of a part are
    100 * w * (z - min z) / sum over the parts of w * (max z - min z). So the best on every part
    has 100, the worst on every part 0, and a part on which all are equal gives 0 to all. A part
    of `MOST_POINTS` is held to its limit, and the others share the rest.

    Points compare; with nobody to compare they would say nothing. So where the parts without
    a limit do not tell the candidates apart, as with a lone candidate, a part gives its share of
    the weights times its own value: cosines and shares cut to [0, 1], words x / (1 + x), because
    BM25 has no top. Such totals say how well the candidate fits, and are below 100 in practice.

    Only the parts given are weighed. Raises ValueError for a part without a weight, no part,
    a negative or infinite weight, values that are not n finite numbers, or an id given twice.
    """
    names = sorted(parts)
    distinct = np.asarray(ids, np.int64)
    # In the order of ids sums have the same bits, however the candidates were listed.
    order = np.argsort(distinct)
    distinct = distinct[order]
    if (distinct[1:] == distinct[:-1]).any():
        raise ValueError("An id is given twice.")
    columns = {name: _column(name, parts[name], len(order))[order] for name in names}
    _check_weights(names, weights)
    if not len(order):
        return []
    heaviest = max(weights[name] for name in names) or 1.0
    points = _points(columns, {name: weights[name] / heaviest for name in names})
    # On the grid a sum has the same bits in any order.
    totals = np.sum([points[name] for name in names], axis=0)
    chosen = np.lexsort((distinct, -totals))[:most]
    rows = zip(*(points[name][chosen].tolist() for name in names), strict=True)
    return [
        Score(id_, sum(row), dict(zip(names, row, strict=True)))
        for id_, row in zip(distinct[chosen].tolist(), rows, strict=True)
    ]


def _column(name: str, values: npt.NDArray[np.floating] | Sequence[float], size: int) -> Numbers:
    column = np.asarray(values, np.float64)
    if column.shape != (size,):
        raise ValueError(f"The part {name} has not one value for each id.")
    if size and not np.isfinite(column).all():
        raise ValueError(f"The part {name} holds a value that is not finite.")
    return column


def _check_weights(names: Sequence[str], weights: Mapping[str, float]) -> None:
    if not names:
        raise ValueError("No part is given to rank by.")
    for name in names:
        if name not in weights:
            raise ValueError(f"The part {name} has no weight.")
        if not 0 <= weights[name] < float("inf"):
            raise ValueError(f"The weight of {name} must be finite and not negative.")


@dataclass(frozen=True)
class Scale:
    """What one list is measured by, held still: what any values would be worth on it."""

    shares: Mapping[str, float]
    """The most points each part gives."""
    ends: Mapping[str, tuple[float, float]]
    """The least and the greatest value of each part, halved; the same where all are equal."""
    is_alone: bool
    """Whether the parts do not tell the candidates apart, so that each is worth its own value."""

    def points(self, name: str, column: Numbers) -> Numbers:
        """Return the points of values of a part, float64[n]; below the least less than 0."""
        if self.is_alone:
            return self.shares[name] * _by_itself(name, column)
        least, greatest = self.ends[name]
        if least == greatest:
            return np.zeros(len(column))
        return np.asarray(self.shares[name] * ((column / 2 - least) / (greatest - least)))

    def total(self, values: Mapping[str, float]) -> float:
        """Return the points of one candidate with these values, 0 for a part not given."""
        return sum(
            float(self.points(name, np.array([value], np.float64))[0])
            for name, value in sorted(values.items())
        )


def scale_of(
    parts: Mapping[str, npt.NDArray[np.floating] | Sequence[float]],
    weights: Mapping[str, float],
) -> Scale:
    """Return the scale `rank` measures these candidates by."""
    columns = {name: np.asarray(values, np.float64) for name, values in parts.items()}
    heaviest = max(weights[name] for name in columns) or 1.0
    return _scale(columns, {name: weights[name] / heaviest for name in columns})


def _scale(columns: Mapping[str, Numbers], weights: Mapping[str, float]) -> Scale:
    ends = {name: _ends(column) for name, column in columns.items()}
    # w * (max z - min z); for values on [0, 1] the range of the z-scores is 1 / deviation.
    ranges = {
        name: weights[name] / float(((columns[name] / 2 - least) / (greatest - least)).std())
        if least < greatest
        else 0.0
        for name, (least, greatest) in ends.items()
    }
    is_alone = not any(ranges[name] for name in columns if name not in MOST_POINTS)
    return Scale(_shares({**weights} if is_alone else ranges), ends, is_alone)


def _points(columns: Mapping[str, Numbers], weights: Mapping[str, float]) -> dict[str, Numbers]:
    """Return the points of each part, float64[n], on the grid."""
    scale = _scale(columns, weights)
    return {
        name: np.floor(scale.points(name, column) * _GRID) / _GRID
        for name, column in columns.items()
    }


def _ends(column: Numbers) -> tuple[float, float]:
    """Return half the least and half the greatest value; the same one if all are equal."""
    # Halved, because the spread of two finite numbers may be infinite.
    least, greatest = float(column.min() / 2), float(column.max() / 2)
    is_noise = greatest - least <= _NOISE * max(abs(least), abs(greatest))
    return (least, least) if is_noise else (least, greatest)


def _by_itself(name: str, column: Numbers) -> Numbers:
    if name == "words":
        positive = np.maximum(column, 0)
        return np.asarray(positive / (1 + positive))
    return np.clip(column, 0, 1)


def _shares(ranges: Mapping[str, float]) -> dict[str, float]:
    """Return the most points each part can give; together at most 100."""
    total = sum(ranges.values())
    if not total:
        return dict.fromkeys(ranges, 0.0)
    shares = {name: 100 * value / total for name, value in ranges.items()}
    held = {
        name: most for name, most in MOST_POINTS.items() if name in ranges and shares[name] > most
    }
    if not held:
        return shares
    free = sum(value for name, value in ranges.items() if name not in held)
    left = 100 - sum(held.values())
    return {
        name: held[name] if name in held else (left * value / free if free else 0.0)
        for name, value in ranges.items()
    }
