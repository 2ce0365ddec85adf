"""The worker carries effects out outside any transaction, notes what happened, and outlives it."""

import logging
import threading
from collections.abc import Callable
from typing import Any

from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from app import db, outbox, worker
from app.outbox import Effect


def promise(engine: Engine, task: str, **payload: Any) -> None:
    with db.transaction(engine) as session:
        outbox.add(session, task, **payload)


def only_effect(engine: Engine) -> Effect:
    with Session(engine) as session:
        return session.scalars(select(Effect)).one()


def test_nothing_due_is_nothing_done(engine: Engine):
    assert worker.drain(engine, {}) == 0


def test_an_effect_is_carried_out_once_and_noted(engine: Engine):
    promise(engine, "shout", word="hunar")
    heard = []
    tasks = {"shout": lambda effect: heard.append(effect.payload["word"])}
    assert worker.drain(engine, tasks) == 1
    assert worker.drain(engine, tasks) == 0
    assert heard == ["hunar"]
    assert only_effect(engine).finished_at is not None


def test_an_effect_may_write_because_no_transaction_is_open(engine: Engine):
    promise(engine, "promise.more")
    done = []

    def promise_more(effect: Effect) -> None:
        promise(engine, "shout")

    tasks = {"promise.more": promise_more, "shout": lambda effect: done.append(1)}
    assert worker.drain(engine, tasks) == 2
    assert done == [1]


def test_a_failing_effect_is_noted_and_the_next_goes_on(engine: Engine, caplog):
    promise(engine, "break")
    promise(engine, "shout")
    heard = []

    def break_down(effect: Effect) -> None:
        raise ValueError("no route to the mail server")

    with caplog.at_level(logging.CRITICAL):
        worker.drain(engine, {"break": break_down, "shout": lambda effect: heard.append(1)})
    assert heard == [1]
    with Session(engine) as session:
        broken = session.scalars(select(Effect).where(Effect.task == "break")).one()
    assert broken.finished_at is None
    assert "no route to the mail server" in broken.last_error


def test_an_effect_nobody_knows_is_a_failure_not_a_crash(engine: Engine, caplog):
    promise(engine, "forgotten.task")
    with caplog.at_level(logging.CRITICAL):
        assert worker.drain(engine, {}) == 1
    assert "forgotten.task" in only_effect(engine).last_error


def test_a_worker_that_died_after_the_effect_leaves_it_to_be_done_again(engine: Engine, held_clock):
    promise(engine, "shout")
    with db.transaction(engine) as session:
        outbox.claim(session)  # and then the lights went out
    heard = []
    tasks = {"shout": lambda effect: heard.append(effect.attempts)}
    assert worker.drain(engine, tasks) == 0
    held_clock.forward(minutes=3)
    assert worker.drain(engine, tasks) == 1
    assert heard == [2]


def test_it_works_and_sweeps_until_stopped(engine: Engine):
    promise(engine, "shout")
    stop = threading.Event()
    seen: list[str] = []
    worker.run(worker.Lane(engine, {"shout": lambda effect: seen.append("work")}), [stop.set], stop)
    assert seen == ["work"]


def test_it_outlives_a_sweep_that_breaks(engine: Engine, caplog):
    stop = threading.Event()
    sweeps: list[str] = []

    def sweep() -> None:
        sweeps.append("swept")
        if len(sweeps) == 2:
            stop.set()
        raise RuntimeError("the database is away")

    with caplog.at_level(logging.CRITICAL):
        worker.run(worker.Lane(engine, {}), [sweep], stop)
    assert len(sweeps) == 2


def test_it_does_no_work_once_stopped(engine: Engine):
    promise(engine, "shout")
    stop = threading.Event()
    stop.set()
    worker.run(worker.Lane(engine, {}), [], stop)
    assert only_effect(engine).attempts == 0


class Ticks:
    """A timer that goes on by a tenth of a second at every look."""

    def __init__(self) -> None:
        self.seconds = 0.0

    def __call__(self) -> float:
        self.seconds += 0.1
        return self.seconds


def sweeps_under_load(engine: Engine, timer: Callable[[], float]) -> int:
    """How often a worker sweeps while it carries out a hundred effects, with more due for ever."""
    stop = threading.Event()
    done: list[str] = []

    def promise_another(effect: Effect) -> None:
        done.append("effect")
        promise(engine, "more")
        if done.count("effect") == 100:
            stop.set()

    promise(engine, "more")
    sweeps = [lambda: done.append("sweep")]
    worker.run(worker.Lane(engine, {"more": promise_another}), sweeps, stop, timer)
    return done.count("sweep")


def test_sweeps_are_not_starved_while_effects_are_due(engine: Engine):
    assert sweeps_under_load(engine, Ticks()) > 3


def test_a_worker_that_does_not_look_at_the_clock_is_found_out(engine: Engine):
    assert sweeps_under_load(engine, lambda: 0.0) == 0


def test_it_stops_between_two_effects(engine: Engine):
    stop = threading.Event()
    for _ in range(5):
        promise(engine, "shout")
    heard = []

    def shout(effect: Effect) -> None:
        heard.append(1)
        if len(heard) == 2:
            stop.set()

    worker.run(worker.Lane(engine, {"shout": shout}), [lambda: heard.append("sweep")], stop)
    assert heard == [1, 1]


def test_a_sweep_that_breaks_starves_no_other(engine: Engine, caplog):
    stop = threading.Event()

    def broken() -> None:
        raise RuntimeError("the index is away")

    with caplog.at_level(logging.CRITICAL):
        worker.run(worker.Lane(engine, {}), [broken, stop.set], stop)
    assert stop.is_set()


def test_what_is_refused_for_ever_is_given_up_at_once_with_its_reason(engine: Engine, caplog):
    promise(engine, "send")

    def send(effect: Effect) -> None:
        raise outbox.Refused("There is no such mailbox.")

    with caplog.at_level(logging.CRITICAL):
        worker.drain(engine, {"send": send})
    effect = only_effect(engine)
    assert effect.gave_up_at is not None
    assert effect.last_error == "There is no such mailbox."


def test_a_server_that_is_away_is_tried_once_a_minute_not_once_for_each(engine: Engine, held_clock):
    for _ in range(50):
        promise(engine, "send")
    promise(engine, "shout")
    tried: list[int] = []
    heard = []

    def send(effect: Effect) -> None:
        tried.append(effect.id)
        raise outbox.Away("no answer")

    lane = worker.Lane(engine, {"send": send, "shout": lambda effect: heard.append(1)})
    for _ in range(10):  # ten minutes
        lane.carry_out(lambda: True)
        held_clock.forward(seconds=61)
    assert heard == [1]
    assert 9 <= len(tried) <= 11


def test_letters_and_the_rest_go_beside_each_other(engine: Engine):
    promise(engine, "send")
    promise(engine, "shout")
    stop = threading.Event()
    heard = threading.Event()

    def send(effect: Effect) -> None:
        assert heard.wait(20), "a slow mail server kept the rest waiting"
        stop.set()

    tasks = {"send": send, "shout": lambda effect: heard.set()}
    letters = worker.Lane(engine, tasks, only={"send"})
    lane = threading.Thread(target=worker.run, args=(letters, [], stop))
    lane.start()
    worker.run(worker.Lane(engine, tasks, but={"send"}), [], stop)
    lane.join()
    with Session(engine) as session:
        assert all(one.finished_at for one in session.scalars(select(Effect)))
