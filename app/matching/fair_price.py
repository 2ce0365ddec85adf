"""What the fair share costs where people judged what is right: groups by lot, and days go by.

A labelled set knows no newcomers, parks or views. So each draw deals the groups anew, and shows
the lists of every day; what was seen until then lifts those of the next, as on the site.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from app.matching.engine import measures
from app.matching.engine.fairness import gini, lift, needs, seen_at
from app.matching.engine.rank import Score

FAVOURED = 0.3
"""The chance that somebody is new or of a small park."""
DAYS = 7
DRAWS = 20
FIRST = 10

Numbers = measures.Numbers
Lists = Sequence[Sequence[Score]]
"""For each query everybody, the best first."""


@dataclass(frozen=True)
class Price:
    """The order by fit alone, and the fair one over draws: the mean, and 95 % of the draws."""

    set_name: str
    gini_plain: float
    gini_fair: float
    """Of one day's first ten places, as `gini_plain`."""
    gini_of_days: float
    """Of all days together: who is seen today rests tomorrow."""
    map_plain: float
    given_up: float
    given_up_within: tuple[float, float]


def price(
    set_name: str,
    lists: Lists,
    grades: Sequence[Mapping[int, float]],
    *,
    seed: int = 0,
    draws: int = DRAWS,
) -> Price:
    """Measure what the fair share spreads and costs; ids are 0 to n - 1, in every list."""
    people = len(lists[0])
    plain = _mean_precision(lists, grades)
    random = np.random.default_rng(seed)
    days = [list(_days(lists, random.random(people) < FAVOURED)) for _ in range(draws)]
    fair = [np.mean([_mean_precision(day, grades) for day in draw]) for draw in days]
    seen = [[_seen(day, people) for day in draw] for draw in days]
    low, high = np.quantile(fair, [0.025, 0.975])
    return Price(
        set_name=set_name,
        gini_plain=gini(_seen(lists, people).tolist()),
        gini_fair=float(np.mean([gini(day.tolist()) for draw in seen for day in draw])),
        gini_of_days=float(np.mean([gini(np.sum(draw, axis=0).tolist()) for draw in seen])),
        map_plain=plain,
        given_up=plain - float(np.mean(fair)),
        given_up_within=(plain - float(high), plain - float(low)),
    )


def lines(prices: Sequence[Price]) -> Iterator[str]:
    """Yield what `price` found, to be read."""
    for one in prices:
        low, high = one.given_up_within
        yield ""
        yield f"{one.set_name}: the fair share, {DRAWS} draws of {DAYS} days"
        yield (
            f"  Gini@10 {one.gini_plain:.3f} by fit alone, {one.gini_fair:.3f} on a fair day, "
            f"{one.gini_of_days:.3f} over the days"
        )
        yield (
            f"  MAP {one.map_plain:.3f} by fit alone, given up {one.given_up:+.3f} "
            f"({low:+.3f} to {high:+.3f})"
        )


def _days(lists: Lists, is_favoured: np.ndarray) -> Iterator[list[list[Score]]]:
    """Yield each day's lists but the first's, before which nobody was seen."""
    seen = np.zeros(len(is_favoured))
    for day in range(DAYS + 1):
        need_of = dict(enumerate(needs(is_favoured, seen).tolist()))
        lifted = [lift(scores, need_of) for scores in lists]
        seen += _seen(lifted, len(seen))
        if day:
            yield lifted


def _seen(lists: Lists, people: int) -> Numbers:
    seen = np.zeros(people)
    for scores in lists:
        for place, score in enumerate(scores[:FIRST], 1):
            seen[score.id] += seen_at(place)
    return seen


def _mean_precision(lists: Lists, grades: Sequence[Mapping[int, float]]) -> float:
    found = (
        measures.measure([score.id for score in scores], own)["MAP"]
        for scores, own in zip(lists, grades, strict=True)
    )
    return sum(found) / len(grades)
