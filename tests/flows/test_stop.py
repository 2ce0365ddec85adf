"""A worker that is told to stop stops, however much is due; what it had not done stays owed."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine, func, insert, select
from sqlalchemy.orm import Session

from app import db
from app.cli import END_SECONDS
from app.clock import now
from app.outbox import LETTER, Effect
from tests.doubles.smtp import MailServer
from tests.flows.site import BIN, PATIENCE, ROOT, until

DUE = 20_000
"""More than a worker sends in the seconds this takes."""
STOPS_WITHIN_SECONDS = 4
"""Two on a quiet machine; most of it is Python's own end."""
LETTER_TO_SEND = {
    "to": "amina@example.org",
    "name": "Amina",
    "language": "en",
    "letter": "known",
    "params": {"path": "/sign-in"},
}


@pytest.fixture
def worker(engine: Engine, tmp_path: Path) -> Iterator[Callable[..., subprocess.Popen]]:
    started = []

    def start(**settings: str) -> subprocess.Popen:
        environ = {
            **os.environ,
            "DATABASE_URL": engine.url.render_as_string(hide_password=False),
            "HUNAR_INSTANCE": str(tmp_path),
            **settings,
        }
        command = [BIN / "flask", "--app", "wsgi", "worker"]
        quiet = subprocess.DEVNULL
        started.append(subprocess.Popen(command, cwd=ROOT, env=environ, stdout=quiet, stderr=quiet))
        return started[-1]

    yield start
    for process in started:
        if process.poll() is None:
            process.kill()
            process.wait()


def promise(engine: Engine, number: int) -> None:
    moment = now()
    row = {"task": LETTER, "payload": LETTER_TO_SEND, "due_at": moment, "promised_at": moment}
    with db.transaction(engine) as session:
        session.execute(insert(Effect), [row] * number)


def count(engine: Engine, which) -> int:
    with Session(engine) as session:
        return session.scalar(select(func.count(Effect.id)).where(which)) or 0


def seconds_to_stop(process: subprocess.Popen) -> float:
    began = time.monotonic()
    process.send_signal(signal.SIGTERM)
    assert process.wait(timeout=PATIENCE) == 0
    return time.monotonic() - began


def test_a_worker_under_a_full_outbox_stops_when_told(engine: Engine, worker) -> None:
    promise(engine, DUE)
    process = worker()
    done = Effect.finished_at.is_not(None)
    until(lambda: count(engine, done) > 20, seconds=PATIENCE, what="the first letters")
    assert seconds_to_stop(process) < STOPS_WITHIN_SECONDS
    assert 20 < count(engine, done) < DUE
    assert count(engine, Effect.claimed_until.is_not(None) & ~done) <= 1


def test_what_takes_long_is_cut_off_when_the_process_is_told_to_stop() -> None:
    script = "from app.cli import stop_when_told as s; s(); print(1, flush=True); input()"
    pipe = subprocess.PIPE
    command = [sys.executable, "-c", script]
    with subprocess.Popen(command, cwd=ROOT, stdin=pipe, stdout=pipe) as process:
        assert process.stdout.readline() == b"1\n"
        assert END_SECONDS - 1 < seconds_to_stop(process) < END_SECONDS + STOPS_WITHIN_SECONDS


def test_a_worker_whose_mail_server_says_nothing_stops_when_told(engine: Engine, worker) -> None:
    promise(engine, 3)
    with MailServer(silent=True) as server:
        process = worker(SMTP_URL=server.url)
        claimed = Effect.attempts > 0
        until(lambda: count(engine, claimed) > 0, seconds=PATIENCE, what="the first try")
        assert seconds_to_stop(process) < STOPS_WITHIN_SECONDS
