"""SQLite as we use it: safe settings, and writers that take turns.

SQLite lets one write at a time, and who finds it taken sleeps and tries again, longer each time:
whoever has just written gets it again, and one of sixteen waited four seconds. So a writer takes a
turn before it asks SQLite. A turn is a lock on a file, which the system gives back when a process
dies. For a moment everybody takes it who finds it free, which is quickest for all together; who has
had no luck so long stands in line, at a second file, the gate, and while somebody stands there
nobody else slips in.
"""

import fcntl
import os
import random
import threading
import time
from typing import Any

import pysqlite3.dbapi2

from app.errors import Busy

# Older libraries can corrupt a write-ahead log that several processes share
# (sqlite.org/wal.html, the WAL-reset bug, fixed in 3.51.3).
OLDEST = (3, 51, 3)
EASY_SECONDS = 0.25
"""How long a writer tries its luck before it stands in line."""
_BETWEEN_LOOKS = (0.002, 0.006)
PATIENCE_SECONDS = 5.0
"""How long a writer waits for its turn in all."""
BUSY_TIMEOUT_MS = 5_000
"""How long SQLite waits for a program that takes no turns, such as its own shell."""


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
        self._names = (f"{database}-gate", f"{database}-turn")
        self._line: _Line | None = None
        self._is_taken = False

    def take(self, within: float) -> None:
        """Wait for the turn; raises `Busy` when it does not come `within` so many seconds."""
        try:
            line = self._line or _Line(self._names)
        except OSError:  # a disk without room for them: SQLite's own lock is left
            return
        self._line = None  # whoever gives up leaves it to the thread that still stands there
        easily = min(EASY_SECONDS, within)
        if not line.slips_in(easily) and not line.passes(within - easily):
            raise Busy("Many people are saving at this moment. Please send it again.")
        self._line, self._is_taken = line, True

    def give_back(self) -> None:
        """Let the next one write; does nothing where the turn was not taken."""
        if self._is_taken and self._line:
            self._is_taken = False
            self._line.leave()

    def close(self) -> None:
        self._is_taken = False
        self._line = None


class _Line:
    """The files that one writer stands in line with; closed, and the turn given back, with it."""

    def __init__(self, names: tuple[str, str]) -> None:
        self._files = [os.open(name, os.O_RDWR | os.O_CREAT, 0o600) for name in names]
        self._gate, self._turn = self._files
        self._deciding = threading.Lock()
        self._has_come = threading.Event()
        self._is_given_up = False

    def __del__(self) -> None:
        for file in getattr(self, "_files", ()):  # none where they could not be opened
            os.close(file)

    def slips_in(self, within: float) -> bool:
        """Take the turn when nobody has it and nobody stands in line."""
        end = time.monotonic() + within
        while not self._slips_in():
            if time.monotonic() >= end:
                return False
            time.sleep(random.uniform(*_BETWEEN_LOOKS))  # noqa: S311
        return True

    def _slips_in(self) -> bool:
        try:
            fcntl.flock(self._gate, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        try:
            fcntl.flock(self._turn, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        finally:
            fcntl.flock(self._gate, fcntl.LOCK_UN)
        return True

    def passes(self, within: float) -> bool:
        """Take the turn when it comes; False when it has not come `within` so many seconds."""
        # The system's own queue is the fairest and wakes us at once, but it cannot be left: so a
        # thread stands in it, and gives the turn on when nobody wants it any more.
        self._has_come.clear()
        threading.Thread(target=self._stand, daemon=True).start()
        if self._has_come.wait(within):
            return True
        with self._deciding:
            self._is_given_up = not self._has_come.is_set()
            return not self._is_given_up

    def leave(self) -> None:
        fcntl.flock(self._turn, fcntl.LOCK_UN)

    def _stand(self) -> None:
        fcntl.flock(self._gate, fcntl.LOCK_EX)
        fcntl.flock(self._turn, fcntl.LOCK_EX)
        fcntl.flock(self._gate, fcntl.LOCK_UN)
        with self._deciding:
            if self._is_given_up:
                self.leave()
            self._has_come.set()


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
