"""The worker: carries out what the outbox promises and sweeps up what a crash left behind."""

import logging
import threading
from collections.abc import Callable, Mapping
from typing import Any

from sqlalchemy.engine import Engine

from app import outbox
from app.db import transaction

log = logging.getLogger(__name__)
IDLE_SECONDS = 0.2
SWEEP_SECONDS = 1.0

Task = Callable[[outbox.Effect], None]
Sweep = Callable[[], Any]


def carry_out_one(engine: Engine, tasks: Mapping[str, Task]) -> bool:
    """Claim one due effect and carry it out; False when nothing was due.

    Claim, effect and note are three steps, never one transaction: an effect may take long, and
    the write lock is everyone's.
    """
    with transaction(engine) as session:
        effect = outbox.claim(session)
    if effect is None:
        return False
    try:
        tasks[effect.task](effect)
    except Exception as error:  # whatever it was, it is noted and tried again
        log.exception("Effect %d (%s) failed", effect.id, effect.task)
        with transaction(engine) as session:
            outbox.fail(session, effect, repr(error))
    else:
        with transaction(engine) as session:
            outbox.finish(session, effect)
    return True


def drain(engine: Engine, tasks: Mapping[str, Task]) -> int:
    """Carry out all that is due now; returns how many effects were tried."""
    done = 0
    while carry_out_one(engine, tasks):
        done += 1
    return done


def run(
    engine: Engine, tasks: Mapping[str, Task], sweeps: list[Sweep], stop: threading.Event
) -> None:
    """Work until `stop` is set."""
    rounds_between_sweeps = max(1, round(SWEEP_SECONDS / IDLE_SECONDS))
    rounds = 0
    while not stop.is_set():
        try:
            drain(engine, tasks)
            if rounds % rounds_between_sweeps == 0:
                for sweep in sweeps:
                    sweep()
        except Exception:  # the database may be away for a while; the worker outlives it
            log.exception("The worker stumbled and goes on")
        rounds += 1
        stop.wait(IDLE_SECONDS)
