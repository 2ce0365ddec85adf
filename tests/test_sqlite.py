"""Writers of SQLite take turns: nobody waits long, and a turn never outlives who had it."""

import itertools
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pysqlite3
import pytest
from sqlalchemy import Engine, select, text
from sqlalchemy.exc import OperationalError

from app import db, sqlite
from app.errors import Busy
from app.outbox import Effect
from app.outbox import add as promise

WRITERS = 16
HOLDER = """
import sys, time
from app import sqlite
connection = sqlite.Connection(sys.argv[1])
connection.wait_for_turn()
print("mine", flush=True)
time.sleep(60)
"""


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "hunar.db"


@pytest.fixture
def engine(file: Path) -> Iterator[Engine]:
    engine = db.connect(f"sqlite:///{file}")
    Effect.__table__.create(engine)
    yield engine
    engine.dispose()


@pytest.fixture
def other(file: Path, engine: Engine) -> Iterator[sqlite.Connection]:
    connection = sqlite.Connection(str(file))
    yield connection
    connection.close()


def write_with(connection: sqlite.Connection) -> None:
    connection.wait_for_turn()
    connection.execute("BEGIN IMMEDIATE")


def test_who_has_just_written_lets_those_in_line_go_first(engine: Engine, monkeypatch):
    monkeypatch.setattr(sqlite, "EASY_SECONDS", 0)
    order: list[int] = []
    start = threading.Barrier(WRITERS)

    def write(number: int) -> None:
        start.wait()
        for _ in range(10):
            with db.transaction(engine) as session:
                order.append(number)
                promise(session, "test")

    threads = [threading.Thread(target=write, args=[number]) for number in range(WRITERS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(order) == sorted(list(range(WRITERS)) * 10)
    twice = sum(one == following for one, following in itertools.pairwise(order))
    assert twice < len(order) / 4  # without turns, nearly all of them
    with engine.connect() as connection:
        assert len(connection.execute(select(Effect.id)).all()) == len(order)


def test_who_gave_up_waiting_holds_nobody_up_later(engine, other, monkeypatch):
    monkeypatch.setattr(sqlite, "EASY_SECONDS", 0)
    write_with(other)
    for _ in range(3):
        with pytest.raises(Busy), db.transaction(engine, patience=0.02):
            raise AssertionError("never reached")
    other.rollback()
    for _ in range(3):  # each of those who gave up comes to the turn and gives it on
        with db.transaction(engine, patience=1) as session:
            promise(session, "test")


def test_nobody_slips_in_while_somebody_stands_in_line(engine, other, file, monkeypatch):
    write_with(other)
    written: list[int] = []

    def write() -> None:
        with db.transaction(engine) as session:
            written.append(1)
            promise(session, "test")

    monkeypatch.setattr(sqlite, "EASY_SECONDS", 0)
    standing = threading.Thread(target=write)
    standing.start()
    time.sleep(0.1)
    monkeypatch.setattr(sqlite, "EASY_SECONDS", 0.05)
    other.rollback()
    other.wait_for_turn()  # at once after its own turn, as a hog would
    assert written == [1]
    other.rollback()
    standing.join()


def test_a_turn_that_does_not_come_is_a_refusal_and_leaves_no_trace(engine, other):
    write_with(other)
    with pytest.raises(Busy, match="Many people are saving"), db.transaction(engine, patience=0.05):
        raise AssertionError("never reached")
    other.rollback()
    with db.transaction(engine, patience=0.05) as session:
        promise(session, "test")


@pytest.mark.parametrize("end", ["commit", "rollback", "close"])
def test_a_turn_is_given_back_at_the_end_of_each_transaction(engine, other, end):
    write_with(other)
    getattr(other, end)()
    with db.transaction(engine, patience=0.05) as session:
        promise(session, "test")


def test_who_only_reads_needs_no_turn(engine, other):
    write_with(other)
    with engine.connect() as connection:
        assert connection.execute(select(Effect.id)).all() == []


def test_a_turn_ends_with_a_killed_process(engine: Engine, file: Path):
    holder = subprocess.Popen(
        [sys.executable, "-c", HOLDER, file], stdout=subprocess.PIPE, text=True
    )
    assert holder.stdout.readline() == "mine\n"
    with pytest.raises(Busy), db.transaction(engine, patience=0.05):
        raise AssertionError("never reached")
    holder.send_signal(signal.SIGKILL)
    holder.wait()
    holder.stdout.close()
    with db.transaction(engine, patience=1) as session:
        promise(session, "test")


def test_a_writer_that_takes_no_turns_is_waited_for(engine: Engine, file: Path):
    shell = pysqlite3.connect(str(file), isolation_level=None, check_same_thread=False)
    shell.execute("BEGIN IMMEDIATE")
    later = threading.Timer(0.2, shell.rollback)
    later.start()
    with db.transaction(engine) as session:
        promise(session, "test")
    later.join()
    shell.close()


def test_a_failed_begin_gives_the_turn_back(engine: Engine, other, file: Path, monkeypatch):
    monkeypatch.setattr(sqlite, "BUSY_TIMEOUT_MS", 0)
    engine.dispose()
    shell = pysqlite3.connect(str(file), isolation_level=None)
    shell.execute("BEGIN IMMEDIATE")
    with pytest.raises(OperationalError, match="locked"), db.transaction(engine):
        raise AssertionError("never reached")
    other.wait_for_turn(0.05)
    other.rollback()
    shell.close()
    with db.transaction(engine, patience=0.05) as session:
        promise(session, "test")


def test_a_note_is_written_or_left_but_never_fails(engine: Engine, other, caplog):
    assert db.note(engine, lambda session: promise(session, "test"))
    write_with(other)
    began = time.monotonic()
    assert not db.note(engine, lambda session: promise(session, "test"))
    assert time.monotonic() - began < sqlite.PATIENCE_SECONDS
    assert "A note was not written" in caplog.text
    other.rollback()
    with engine.connect() as connection:
        assert connection.execute(text("SELECT count(*) FROM effects")).scalar() == 1


def test_a_disk_without_room_for_the_files_leaves_the_lock_of_sqlite(engine, monkeypatch):
    def open_no_more(*_: object) -> int:
        raise OSError("No space left on device")

    monkeypatch.setattr(sqlite.os, "open", open_no_more)
    engine.dispose()
    with db.transaction(engine) as session:
        promise(session, "test")


def test_a_database_in_memory_needs_no_file():
    connection = sqlite.Connection(":memory:")
    connection.wait_for_turn()
    connection.commit()
    connection.close()
