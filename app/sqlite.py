"""SQLite as we use it: safe settings, and writers that take turns.

SQLite lets one write at a time, and who finds it taken sleeps and tries again, longer each time:
whoever has just written gets it again, and one of sixteen waited four seconds. So a writer waits
for its turn before it asks SQLite. A turn is a lock on a file, which the system gives back when a
process dies. There are two files, so that nobody overtakes for long: whoever stands at the gate
gets the next turn, and whoever has had a turn goes to the gate again like everybody else.
"""

import fcntl
import os
import random
import time
from contextlib import suppress
from typing import Any

import pysqlite3.dbapi2

from app.errors import Busy

# Older libraries can corrupt a write-ahead log that several processes share
# (sqlite.org/wal.html, the WAL-reset bug, fixed in 3.51.3).
OLDEST = (3, 51, 3)
PATIENCE_SECONDS = 5.0
"""How long a writer waits for its turn."""
BUSY_TIMEOUT_MS = 5_000
"""How long SQLite waits for a program that takes no turns, such as its own shell."""
_AT_THE_GATE, _FOR_THE_TURN = 0.001, 0.0002  # seconds between two looks


def check() -> None:
    """Refuse a library that can lose data."""
    if pysqlite3.sqlite_version_info < OLDEST:
        raise RuntimeError(
            f"SQLite {pysqlite3.sqlite_version} can corrupt a database that several processes "
            "share; 3.51.3 or newer is needed. Install pysqlite3 0.6.1."
        )


class Turn:
    """The right to write, of which each database file has one."""

    def __init__(self, database: str) -> None:
        names = (f"{database}-gate", f"{database}-turn")
        self._files = [os.open(name, os.O_RDWR | os.O_CREAT, 0o600) for name in names]
        self._is_taken = False

    def take(self, within: float) -> None:
        """Wait for the turn; raises `Busy` when it does not come `within` so many seconds."""
        end = time.monotonic() + within
        gate, turn = self._files
        _wait(gate, _AT_THE_GATE, end)
        try:
            _wait(turn, _FOR_THE_TURN, end)
        finally:
            fcntl.flock(gate, fcntl.LOCK_UN)
        self._is_taken = True

    def give_back(self) -> None:
        """Let the next one write; does nothing where the turn was not taken."""
        if self._is_taken:
            self._is_taken = False
            fcntl.flock(self._files[1], fcntl.LOCK_UN)

    def close(self) -> None:
        """Close the files, and so give the turn back; a connection may be dropped unclosed."""
        self._is_taken = False
        while self._files:
            os.close(self._files.pop())

    __del__ = close


def _wait(file: int, pause: float, end: float) -> None:
    while True:
        with suppress(BlockingIOError):
            return fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        if time.monotonic() > end:
            raise Busy("Many people are saving at this moment. Please send it again.")
        time.sleep(pause * random.uniform(0.5, 1.5))  # noqa: S311


class Connection(pysqlite3.dbapi2.Connection):
    """A connection that waits for its turn before it writes, and gives it back at the end."""

    _turn: Turn | None = None

    def __init__(self, database: str, *args: Any, **kwargs: Any) -> None:
        super().__init__(database, *args, **kwargs)
        # The driver must not begin transactions of its own: it begins too late for savepoints.
        self.isolation_level = None
        self.execute(f"PRAGMA busy_timeout={BUSY_TIMEOUT_MS}")
        self.execute("PRAGMA journal_mode=WAL")
        # NORMAL loses acknowledged commits in a power cut.
        self.execute("PRAGMA synchronous=FULL")
        self.execute("PRAGMA foreign_keys=ON")
        file = self.execute("PRAGMA database_list").fetchone()[2]
        if file:  # one in memory is its connection's own
            with suppress(OSError):  # a disk without room for them: SQLite's own lock is left
                self._turn = Turn(file)

    def wait_for_turn(self, patience: float | None = None) -> None:
        """Wait for the turn to write; it ends with the transaction. Raises `Busy` (see `Turn`)."""
        if self._turn:
            self._turn.take(PATIENCE_SECONDS if patience is None else patience)

    def commit(self) -> None:
        super().commit()
        self._give_back()

    def rollback(self) -> None:
        super().rollback()
        self._give_back()

    def close(self) -> None:
        super().close()
        if self._turn:
            self._turn.close()
            self._turn = None

    def _give_back(self) -> None:
        if self._turn:
            self._turn.give_back()
