"""Teams: seats that cover what is open, and standbys from elsewhere, held as laws."""

import math
from itertools import combinations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.matching.engine import squads
from app.matching.engine.squads import Crowd, Seat, nominees, standbys

MOST = 4


@st.composite
def crowds(draw) -> Crowd:
    people, skills = draw(st.integers(0, 9)), draw(st.integers(1, 7))
    ids = draw(st.permutations(range(1, people + 1)))
    row = st.lists(st.integers(0, 2), min_size=skills, max_size=skills)
    shows = draw(st.lists(row, min_size=people, max_size=people))
    small = st.integers(0, 3)
    fit, parks, cities = (draw(st.lists(small, min_size=people, max_size=people)) for _ in range(3))
    return crowd(ids, shows, fit, parks, cities)


def crowd(ids, shows, fit=None, parks=None, cities=None) -> Crowd:
    shown = np.array(shows, np.int64)
    return Crowd(
        np.array(ids, np.int64),
        shown if len(ids) else shown.reshape(0, 3),
        np.array(fit or [0] * len(ids), np.float64),
        np.array(parks or range(1, len(ids) + 1), np.int64),
        np.array(cities or range(1, len(ids) + 1), np.int64),
    )


def seats(one: Crowd, most: int) -> list[Seat]:
    """Seats that anybody may be given for whatever they cover."""
    return squads.seats(one, one.covers, most)


def reached(one: Crowd, rows) -> int:
    """How many skills these rows cover together."""
    return int(one.covers[list(rows)].any(axis=0).sum()) if rows else 0


def rows_of(one: Crowd, team: list[Seat]) -> list[int]:
    return [one.ids.tolist().index(seat.id) for seat in team]


@given(crowds(), st.integers(1, MOST))
def test_a_team_covers_nearly_what_the_best_team_of_its_size_covers(one, size):
    team = rows_of(one, seats(one, size))
    among = range(len(one.ids))
    best = max(reached(one, some) for some in combinations(among, min(size, len(one.ids))))
    assert reached(one, team) >= (1 - 1 / math.e) * best


@given(crowds())
def test_a_seat_covers_what_no_earlier_one_does_or_adds_hands_once_all_is_covered(one):
    team = seats(one, MOST)
    reachable = set(np.flatnonzero(one.covers.any(axis=0)).tolist())
    hands = dict.fromkeys(reachable, 0)
    for seat in team:
        assert seat.takes
        assert not {*seat.takes} & {*seat.also}
        assert all(hands[skill] == seat.covered_before for skill in seat.takes)
        if seat.covered_before:
            assert all(hands.values())
        for skill in (*seat.takes, *seat.also):
            hands[skill] += 1


@given(crowds())
def test_a_seat_says_all_that_its_holder_covers(one):
    team = seats(one, MOST)
    for seat, row in zip(team, rows_of(one, team), strict=True):
        covered = set(np.flatnonzero(one.covers[row]).tolist())
        assert {*seat.takes, *seat.also} == covered


@given(crowds(), st.integers(0, MOST))
def test_nobody_is_in_a_team_twice_and_a_standby_is_of_another_park(one, size):
    team = seats(one, size)
    spare = standbys(one, team)
    assert len(team) <= size
    assert len(spare) == len(team)
    named = [seat.id for seat in team] + [standby.id for standby in spare if standby]
    assert len(named) == len(set(named))
    park_of = dict(zip(one.ids.tolist(), one.parks.tolist(), strict=True))
    for seat, standby in zip(team, spare, strict=True):
        if standby:
            assert park_of[standby.id] not in (0, park_of[seat.id])
            assert standby.covers
            assert {*standby.covers} <= {*seat.takes}


@given(crowds())
def test_a_seat_without_standby_has_nobody_left_who_could(one):
    team = seats(one, 1)
    if team and standbys(one, team) == [None]:
        (holder,) = rows_of(one, team)
        skills = list(team[0].takes)
        could = one.covers[:, skills].any(axis=1) & (one.parks != 0)
        could &= one.parks != one.parks[holder]
        could[holder] = False
        assert not could.any()


@given(crowds(), st.randoms(use_true_random=False))
def test_the_order_in_which_people_are_given_changes_nothing(one, dice):
    order = list(range(len(one.ids)))
    dice.shuffle(order)
    columns = (one.ids, one.shows, one.fit, one.parks, one.cities)
    other = Crowd(*(column[order] for column in columns))
    assert seats(one, MOST) == seats(other, MOST)
    assert standbys(one, seats(one, MOST)) == standbys(other, seats(one, MOST))


@given(crowds(), st.integers(0, MOST))
def test_a_smaller_team_is_the_beginning_of_a_larger_one(one, size):
    assert seats(one, size) == seats(one, MOST)[:size]


@given(crowds(), st.integers(1, MOST), st.integers(0, 6))
def test_the_same_holds_of_what_people_may_be_given_a_seat_for(one, size, first):
    may = nominees(one.shows, first, 1)
    team = rows_of(one, squads.seats(one, may, size))
    among = combinations(range(len(one.ids)), min(size, len(one.ids)))
    best = max(int(may[list(some)].any(axis=0).sum()) for some in among)
    assert reached(one, team) >= (1 - 1 / math.e) * best
    assert all(may[row].any() for row in team)


@given(crowds(), st.integers(0, 6), st.integers(1, 3))
def test_whatever_anybody_covers_somebody_may_be_given_a_seat_for(one, first, more):
    may = nominees(one.shows, first, more)
    assert (may.any(axis=0) == one.covers.any(axis=0)).all()
    assert (may[:first] == one.covers[:first]).all()
    assert not (may & ~one.covers).any()
    best = one.shows[:first].max(axis=0, initial=0)
    behind = may[first:]
    assert (behind.sum(axis=0) <= more).all()
    assert (one.shows[first:][behind] > np.broadcast_to(best, behind.shape)[behind]).all()


def test_who_stands_behind_gets_a_seat_only_for_what_the_first_do_not_show_as_well():
    shows = np.array([[2, 1, 0], [0, 1, 0], [2, 2, 1], [0, 0, 2], [0, 2, 1]])
    assert nominees(shows, 2, 1).astype(int).tolist() == [
        [1, 1, 0],
        [0, 1, 0],
        [0, 1, 0],
        [0, 0, 1],
        [0, 0, 0],
    ]


def test_whoever_lists_everything_far_behind_gets_no_seat():
    one = crowd([1, 2, 3], [[2, 0, 0], [0, 2, 2], [1, 1, 1]], fit=[80, 70, 10])
    assert [seat.id for seat in squads.seats(one, nominees(one.shows, 2, 3), 3)] == [2, 1]
    # Had they all the same right, the list would win.
    assert seats(one, 1)[0].id == 3


def test_of_those_who_cover_as_much_the_one_who_fits_best_is_seated():
    one = crowd([1, 2, 3], [[1, 1, 0], [0, 1, 1], [0, 1, 0]], fit=[50, 70, 90])
    first, second = seats(one, 2)
    assert (first.id, first.takes, first.equals) == (2, (1, 2), 1)
    assert (second.id, second.takes, second.also, second.equals) == (1, (0,), (1,), 0)


def test_who_shows_a_skill_better_is_seated_before_who_fits_the_whole_job_better():
    one = crowd([1, 2], [[1], [3]], fit=[90, 40])
    assert [seat.id for seat in seats(one, 2)] == [2, 1]


def test_when_all_is_covered_a_seat_is_for_the_skills_with_fewest_hands():
    one = crowd([1, 2, 3], [[1, 1, 1], [1, 1, 0], [0, 0, 1]], fit=[90, 80, 10])
    found = seats(one, 4)
    assert [seat.id for seat in found] == [1, 2, 3]
    assert [seat.covered_before for seat in found] == [0, 1, 1]
    assert found[2].takes == (2,)


def test_a_standby_comes_from_another_city_and_another_park_before_a_better_fit():
    covers = [[1], [1], [1], [1]]
    one = crowd([1, 2, 3, 4], covers, [9, 8, 7, 6], [1, 1, 2, 3], [1, 1, 1, 2])
    assert standbys(one, seats(one, 1))[0].id == 4
    near = crowd([1, 2, 3], covers[:3], [9, 8, 7], [1, 1, 2], [1, 1, 1])
    assert standbys(near, seats(near, 1))[0].id == 3
    alone = crowd([1, 2], covers[:2], [9, 8], [1, 1], [1, 1])
    assert standbys(alone, seats(alone, 1)) == [None]


def test_who_covers_more_of_a_seat_stands_by_before_who_is_further_away():
    covers = [[1, 1], [1, 0], [1, 1]]
    one = crowd([1, 2, 3], covers, [9, 8, 7], [1, 2, 3], [1, 2, 1])
    assert standbys(one, seats(one, 1))[0].id == 3


def test_nobody_stands_by_for_two_seats():
    covers = [[1, 0], [0, 1], [1, 1]]
    one = crowd([1, 2, 3], [*covers[:2], [1, 1]], [9, 8, 7], [1, 1, 2])
    team = [Seat(1, (0,), 0, (), 0), Seat(2, (1,), 0, (), 0)]
    assert [spare.id if spare else None for spare in standbys(one, team)] == [3, None]


def test_whoever_has_no_park_stands_by_for_nobody_and_may_have_a_standby():
    one = crowd([1, 2, 3], [[1], [1], [1]], [9, 8, 7], [0, 0, 5])
    team = seats(one, 1)
    assert standbys(one, team)[0].id == 3
    assert standbys(crowd([1, 2], [[1], [1]], [9, 8], [5, 0]), team) == [None]


def test_nonsense_is_refused():
    with pytest.raises(ValueError, match="negative"):
        seats(crowd([1], [[1]]), -1)
    with pytest.raises(ValueError, match="twice"):
        crowd([1, 1], [[1], [1]])
    with pytest.raises(ValueError, match="differ"):
        crowd([1, 2], [[1], [1]], fit=[1])
