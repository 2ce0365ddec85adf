"""Tries are counted in the database, for all processes together, and forgotten after a while."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from sqlalchemy import Connection, func, select
from sqlalchemy.orm import Session

from app import db
from app.errors import TooMany
from app.web.limits import Allowance, Attempt, count, forget, give_back, take

QUARTER = timedelta(minutes=15)


def test_tries_up_to_the_limit_pass_and_the_next_is_refused(connection: Connection):
    for _ in range(3):
        count(connection, "sign-in:a", most=3, within=QUARTER)
    with pytest.raises(TooMany, match="Wait 15 minutes"):
        count(connection, "sign-in:a", most=3, within=QUARTER)


def test_each_key_is_counted_by_itself(connection: Connection):
    count(connection, "sign-in:a", most=1, within=QUARTER)
    count(connection, "sign-in:b", most=1, within=QUARTER)


def test_tries_are_forgotten_after_the_window(connection: Connection, held_clock):
    count(connection, "sign-in:a", most=1, within=QUARTER)
    held_clock.forward(minutes=15, seconds=1)
    count(connection, "sign-in:a", most=1, within=QUARTER)


def test_the_window_slides_with_each_try(connection: Connection, held_clock):
    count(connection, "sign-in:a", most=2, within=QUARTER)
    held_clock.forward(minutes=10)
    count(connection, "sign-in:a", most=2, within=QUARTER)
    held_clock.forward(minutes=6)
    count(connection, "sign-in:a", most=2, within=QUARTER)
    with pytest.raises(TooMany):
        count(connection, "sign-in:a", most=2, within=QUARTER)


def test_a_refused_try_does_not_lengthen_the_wait(connection: Connection, held_clock):
    count(connection, "sign-in:a", most=1, within=QUARTER)
    held_clock.forward(minutes=14)
    with pytest.raises(TooMany):
        count(connection, "sign-in:a", most=1, within=QUARTER)
    held_clock.forward(minutes=2)
    count(connection, "sign-in:a", most=1, within=QUARTER)


def test_old_tries_do_not_pile_up(connection: Connection, session: Session, held_clock):
    for _ in range(5):
        count(connection, "sign-in:a", most=1, within=QUARTER)
        held_clock.forward(minutes=16)
    assert session.scalar(select(func.count(Attempt.id))) == 1


def test_what_no_limit_looks_back_to_is_removed(connection: Connection, session, held_clock):
    count(connection, "search:192.0.2.1", most=5, within=QUARTER)
    held_clock.forward(hours=23)
    count(connection, "search:192.0.2.2", most=5, within=QUARTER)
    assert forget(connection) == 0
    held_clock.forward(hours=2)
    assert forget(connection) == 1
    assert session.scalars(select(Attempt.key)).all() == ["search:192.0.2.2"]


def test_the_refusal_knows_when_it_may_be_tried_again(connection: Connection, held_clock):
    count(connection, "sign-in:a", most=2, within=QUARTER)
    held_clock.forward(minutes=10)
    count(connection, "sign-in:a", most=2, within=QUARTER)
    with pytest.raises(TooMany) as refused:
        count(connection, "sign-in:a", most=2, within=QUARTER)
    assert refused.value.retry_after_seconds == 300
    held_clock.forward(seconds=301)
    count(connection, "sign-in:a", most=2, within=QUARTER)


def test_a_try_is_counted_in_all_allowances_or_in_none(connection: Connection, session):
    first, second = (Allowance(key, ((1, QUARTER),)) for key in ("a", "b"))
    taken = take(connection, [first])
    with pytest.raises(TooMany):
        take(connection, [first, second])
    assert session.scalars(select(Attempt.key)).all() == ["a"]
    give_back(session, taken)
    session.commit()
    assert len(take(connection, [first, second])) == 2


def test_different_things_are_counted_once_each(connection: Connection, session):
    def of(about: str) -> Allowance:
        return Allowance("from a place", ((2, QUARTER),), about=about)

    for about in ("a", "b", "a", "b"):
        take(connection, [of(about)])
    with pytest.raises(TooMany):
        take(connection, [of("c")])
    take(connection, [of("a")])
    assert session.scalar(select(func.count(Attempt.id))) == 2


def test_all_processes_count_together(new_database):
    url = new_database()
    first = db.connect(url)
    db.Base.metadata.create_all(first)

    def try_four_times(_process: int) -> int:
        own = db.connect(url)
        passed = 0
        for _ in range(4):
            try:
                count(own, "sign-in:a", most=6, within=QUARTER)
                passed += 1
            except TooMany:
                pass
        own.dispose()
        return passed

    with ThreadPoolExecutor(4) as pool:
        assert sum(pool.map(try_four_times, range(4))) == 6
    first.dispose()
