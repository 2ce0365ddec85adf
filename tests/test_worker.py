"""The worker carries effects out outside any transaction, notes what happened, and outlives it."""

import logging
import threading
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
    assert not worker.carry_out_one(engine, {})


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
    worker.run(engine, {"shout": lambda effect: seen.append("work")}, [stop.set], stop)
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
        worker.run(engine, {}, [sweep], stop)
    assert len(sweeps) == 2


def test_it_does_no_work_once_stopped(engine: Engine):
    promise(engine, "shout")
    stop = threading.Event()
    stop.set()
    worker.run(engine, {}, [], stop)
    assert only_effect(engine).attempts == 0
