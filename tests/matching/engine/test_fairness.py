"""A fair share of being seen: bounded, summed up truthfully, and the same for everyone."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.matching.engine.fairness import MOST_POINTS, OTHERS, PART, TOP, gain, gini, lift, needs
from app.matching.engine.rank import Score, rank

needed = st.lists(st.floats(0, 1), min_size=2, max_size=60)


def ranked(count: int) -> list[Score]:
    rng = np.random.default_rng(count)
    weights = {"meaning": 1.0, "words": 0.5}
    return rank(range(count), {name: rng.random(count) for name in weights}, weights)


@given(needed)
def test_a_total_stays_the_sum_of_its_parts_and_below_a_hundred(given_needs):
    lifted = lift(ranked(len(given_needs)), dict(enumerate(given_needs)))
    assert all(score.total == sum(score.parts.values()) for score in lifted)
    assert all(0 <= score.total <= 100 for score in lifted)
    assert all(score.parts.get(PART, 0) <= MOST_POINTS for score in lifted)
    assert all(one.total >= other.total for one, other in pairwise(lifted))


@given(needed)
def test_nobody_comes_into_the_first_thirty_or_leaves_them(given_needs):
    before = ranked(len(given_needs))
    after = lift(before, dict(enumerate(given_needs)))
    assert {score.id for score in after[:TOP]} == {score.id for score in before[:TOP]}
    assert [score.id for score in after[TOP:]] == [score.id for score in before[TOP:]]


def test_where_all_need_the_same_nothing_changes():
    before = ranked(12)
    assert lift(before, dict.fromkeys(range(12), 0.7)) == before
    assert lift([], {}) == []


def test_of_two_who_fit_alike_the_one_seen_less_stands_above():
    scores = rank([1, 2, 3], {"meaning": [0.8, 0.8, 0.2]}, {"meaning": 1.0})
    assert [score.id for score in lift(scores, {1: 0.2, 2: 0.9, 3: 0.2})] == [2, 1, 3]


def test_who_fits_much_better_stays_above():
    scores = rank([1, 2], {"meaning": [0.9, 0.2]}, {"meaning": 1.0})
    assert [score.id for score in lift(scores, {1: 0.0, 2: 1.0})] == [1, 2]


def test_the_groups_need_twice_as_much_and_the_seen_less():
    found = needs(np.array([True, False, True]), np.array([0.0, 0.0, 3.0]))
    assert found.tolist() == pytest.approx([1, OTHERS, 0.25])
    assert needs(np.array([True]), np.zeros(1)).tolist() == [1]


def test_gini_is_zero_for_equals_and_near_one_for_a_winner():
    assert gini([2, 2, 2]) == pytest.approx(0)
    assert gini([0] * 99 + [1]) == pytest.approx(0.99)
    assert gini([0, 0]) == 0


def test_a_later_place_gains_less():
    assert gain([0, 0, 1]) == pytest.approx(0.5)
    assert gain([3, 1]) > gain([1, 3])
