"""A fair share of being seen: a few points for those seen least, and what they cost the order."""

import math
from collections.abc import Mapping, Sequence

import numpy as np
import numpy.typing as npt

from app.matching.engine.rank import Score

Numbers = npt.NDArray[np.float64]

TOP = 30
"""Nobody from behind is brought in: who fits decides who is among the first."""
MOST_POINTS = 8.0
"""What somebody of the groups who was never seen gets of 100 points, at most."""
OTHERS = 0.5
PART = "fairness"

_GRID = 2.0**20


def needs(is_favoured: npt.NDArray[np.bool_], seen: Numbers) -> Numbers:
    """Return how much each of n should be lifted, float64[n] in [0, 1].

    1 for who was never seen, a half for who was seen as often as all of the n on average, and
    less the more; outside the favoured groups `OTHERS` of that. Only the groups would be too few:
    the same newcomers would then stand first everywhere.
    """
    average = float(seen.mean()) if len(seen) else 0.0
    relative = seen / average if average else np.zeros(len(seen))
    return np.asarray(np.where(is_favoured, 1.0, OTHERS) / (1 + relative))


def lift(scores: Sequence[Score], need_of: Mapping[int, float]) -> list[Score]:
    """Order the first `TOP` anew with a part of its own for their needs, best first.

    Where the needs of those differ, all other parts share what is left of the 100 points, so that
    each total stays the sum of its parts; else nothing changes. `scores` come as `rank` gives
    them, and everybody behind the first `TOP` stays in order behind them.
    """
    first = [need_of.get(score.id, 0.0) for score in scores[:TOP]]
    if not first or max(first) == min(first):
        return list(scores)
    changed = [
        _with_part(score, first[place] - min(first) if place < TOP else 0.0)
        for place, score in enumerate(scores)
    ]
    return sorted(changed[:TOP], key=lambda score: (-score.total, score.id)) + changed[TOP:]


def gini(values: Sequence[float]) -> float:
    """Return how unequal the values are: 0 all alike, towards 1 one has everything."""
    ascending = np.sort(np.asarray(values, np.float64))
    total = float(ascending.sum())
    if not total:
        return 0.0
    places = np.arange(1, len(ascending) + 1)
    return float(((2 * places - len(ascending) - 1) * ascending).sum() / (len(ascending) * total))


def gain(values: Sequence[float]) -> float:
    """Return the discounted gain of values in the order they are shown: half at place 3."""
    return sum(value * seen_at(place) for place, value in enumerate(values, 1))


def seen_at(place: int) -> float:
    """Return how much a place is looked at, 1 for the first."""
    return 1 / math.log2(place + 1)


def _with_part(score: Score, need: float) -> Score:
    kept = {name: points * (1 - MOST_POINTS / 100) for name, points in score.parts.items()}
    kept[PART] = MOST_POINTS * need
    parts = {name: math.floor(points * _GRID) / _GRID for name, points in kept.items()}
    return Score(score.id, sum(parts.values()), parts)
