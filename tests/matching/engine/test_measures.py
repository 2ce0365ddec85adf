"""Measures of an order, against values worked out by hand."""

import math

import numpy as np
import pytest

from app.matching.engine.measures import fused, interval, measure


def test_the_measures_of_an_order_with_two_right_things():
    values = measure([9, 1, 8, 2], {1: 1.0, 2: 1.0})
    assert values["MAP"] == pytest.approx((1 / 2 + 2 / 4) / 2)
    ideal = 1 + 1 / math.log2(3)
    assert values["nDCG@10"] == pytest.approx((1 / math.log2(3) + 1 / math.log2(5)) / ideal)
    assert (values["MRR"], values["P@1"], values["RP@5"]) == (0.5, 0.0, 1.0)


def test_what_is_never_found_counts_as_nothing():
    assert set(measure([3], {1: 1.0}).values()) == {0.0}


def test_a_perfect_order_has_one_everywhere():
    assert measure([1, 2, 3], {1: 2.0, 2: 1.0}) == dict.fromkeys(measure([1], {1: 1.0}), 1.0)


def test_of_many_right_things_five_places_can_hold_five():
    assert measure(range(10), dict.fromkeys(range(10), 1.0))["RP@5"] == 1.0


def test_an_interval_holds_the_mean_and_is_the_same_each_time():
    gains = np.random.default_rng(1).normal(0.1, 0.2, 50)
    low, high = interval(gains)
    assert low < gains.mean() < high
    assert interval(gains) == (low, high)


def test_a_gain_that_is_always_the_same_is_certain():
    assert interval([0.25] * 10) == (0.25, 0.25)


def test_fusion_puts_first_what_both_put_high():
    one, other = np.array([3.0, 2.0, 1.0, 0.0]), np.array([0.0, 3.0, 2.0, 1.0])
    assert fused(one, other).argmax() == 1
