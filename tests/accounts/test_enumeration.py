"""The measure of `bench.enumeration`: times that tell are told from times that do not."""

import random

from bench.enumeration import auc


def test_times_that_say_nothing_are_near_a_half():
    chance = random.Random(7)
    known, unknown = ([chance.gauss(20, 5) for _ in range(400)] for _ in range(2))
    assert auc(known, unknown) < 0.55


def test_times_that_tell_are_seen_whichever_is_slower():
    chance = random.Random(7)
    known = [chance.gauss(24, 5) for _ in range(400)]
    unknown = [chance.gauss(20, 5) for _ in range(400)]
    assert min(auc(known, unknown), auc(unknown, known)) > 0.65
