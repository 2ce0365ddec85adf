"""The worker: carries out what the outbox promises and sweeps up what a crash left behind."""

import logging
import threading
import time
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy.engine import Engine

from app import outbox
from app.clock import now
from app.db import transaction

log = logging.getLogger(__name__)
IDLE_SECONDS = 0.2
SWEEP_SECONDS = 1.0
BATCH_SECONDS = 1.0
REST = timedelta(minutes=1)
"""How long a kind of task is left alone whose server is away: thousands may wait for it."""

Task = Callable[[outbox.Effect], None]
Sweep = Callable[[], Any]


class Lane:
    """Effects of some kinds, carried out one after the other."""

    def __init__(
        self,
        engine: Engine,
        tasks: Mapping[str, Task],
        *,
        only: Collection[str] = (),
        but: Collection[str] = (),
    ) -> None:
        """Carry out `only` these kinds, if any are named, and none that `but` names."""
        self._engine = engine
        self._tasks = tasks
        self._only = only
        self._but = frozenset(but)
        self._rests_until: dict[str, datetime] = {}

    def carry_out(self, go_on: Callable[[], bool]) -> int:
        """Carry out what is due while `go_on()`; returns how many effects were tried."""
        done = 0
        while go_on() and self.carry_out_one():
            done += 1
        return done

    def carry_out_one(self) -> bool:
        """Claim one due effect and carry it out; False when nothing was due.

        Claim, effect and note are three steps, never one transaction: an effect may take long,
        and the write lock is everyone's.
        """
        moment = now()
        resting = {task for task, until in self._rests_until.items() if moment < until}
        with transaction(self._engine) as session:
            effect = outbox.claim(session, only=self._only, but=self._but | resting)
        if effect is None:
            return False
        try:
            self._tasks[effect.task](effect)
        except outbox.Refused as refusal:
            log.warning("Effect %d (%s) is given up: %s", effect.id, effect.task, refusal)
            with transaction(self._engine) as session:
                outbox.give_up(session, effect, str(refusal))
        except Exception as error:  # whatever it was, it is noted and tried again
            self._note_failure(effect, error)
        else:
            with transaction(self._engine) as session:
                outbox.finish(session, effect)
        return True

    def _note_failure(self, effect: outbox.Effect, error: Exception) -> None:
        is_away = isinstance(error, outbox.Away)
        if is_away:
            log.warning("Effect %d (%s) waits: %s", effect.id, effect.task, error)
            self._rests_until[effect.task] = now() + REST
        else:
            log.exception("Effect %d (%s) failed", effect.id, effect.task)
        with transaction(self._engine) as session:
            outbox.fail(session, effect, str(error) if is_away else repr(error))


def drain(engine: Engine, tasks: Mapping[str, Task]) -> int:
    """Carry out all that is due now; returns how many effects were tried."""
    return Lane(engine, tasks).carry_out(lambda: True)


def run(
    lane: Lane,
    sweeps: Sequence[Sweep],
    stop: threading.Event,
    timer: Callable[[], float] = time.monotonic,
) -> None:
    """Work until `stop` is set: effects for a second at most, then the sweeps, and so on."""
    sweep_at = timer()
    while not stop.is_set():
        done = 0
        with _outlived():
            done = lane.carry_out(_a_while(timer, stop))
        if timer() >= sweep_at:
            _sweep(sweeps, stop)
            sweep_at = timer() + SWEEP_SECONDS
        if not done:
            stop.wait(IDLE_SECONDS)


def _a_while(timer: Callable[[], float], stop: threading.Event) -> Callable[[], bool]:
    until = timer() + BATCH_SECONDS
    return lambda: not stop.is_set() and timer() < until


def _sweep(sweeps: Sequence[Sweep], stop: threading.Event) -> None:
    for sweep in sweeps:
        if stop.is_set():
            return
        with _outlived():
            sweep()


@contextmanager
def _outlived() -> Iterator[None]:
    # The database may be away for a while; and what breaks one sweep must not starve the others.
    try:
        yield
    except Exception:
        log.exception("The worker stumbled and goes on")
