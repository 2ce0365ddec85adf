"""How many people can save at once: SQLite and PostgreSQL, python -m bench.writers [SECONDS]

So many processes as there are writers each save one promise into the outbox after the other, as
the end of a request does: one transaction, on the disk before it is acknowledged, on either
database, and on SQLite without the turns that its writers take. Prints saves a second of all
writers together, and how long a save takes.
"""

import multiprocessing
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
from sqlalchemy import text

from app import outbox, sqlite
from app.db import connect, transaction
from tests.databases import postgresql_url, sqlite_url

WRITERS = (1, 4, 16)


def save(url: str, seconds: float, takes_turns: bool) -> list[float]:
    """Save one after the other; return how long each took, in milliseconds."""
    if not takes_turns:
        sqlite.Turn.take = lambda turn, within: None
        sqlite.BUSY_TIMEOUT_MS = 60_000
    engine = connect(url)
    engine.connect().close()
    times = []
    ends = time.perf_counter() + seconds
    while time.perf_counter() < ends:
        began = time.perf_counter()
        with transaction(engine) as session:
            outbox.add(session, "mail.send", to="somebody@example.org")
        times.append((time.perf_counter() - began) * 1e3)
    engine.dispose()
    return times


def make(url: str) -> str:
    engine = connect(url)
    outbox.Effect.__table__.create(engine)
    if engine.dialect.name == "postgresql":
        # The tests' server is told not to wait for the disk; here that is what counts.
        with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(text("ALTER SYSTEM SET fsync = on"))
            connection.execute(text("SELECT pg_reload_conf()"))
    engine.dispose()
    return url


def main(seconds: float) -> None:
    folder = Path(tempfile.mkdtemp(prefix="hunar-writers-"))
    kinds = {
        "SQLite": (make(sqlite_url(folder)), True),
        "without turns": (make(sqlite_url(folder)), False),
        "PostgreSQL": (make(postgresql_url(folder)), True),
    }
    print(f"{'writers':>8}{'database':>15}{'saves/s':>9}{'p50 ms':>9}{'p99 ms':>9}{'worst':>9}")
    for writers in WRITERS:
        for name, (url, takes_turns) in kinds.items():
            with multiprocessing.get_context("spawn").Pool(writers) as pool:
                given = [(url, seconds, takes_turns)] * writers
                times = np.concatenate(pool.starmap(save, given, chunksize=1))
            p50, p99, worst = np.quantile(times, [0.5, 0.99, 1])
            rate = len(times) / seconds
            print(f"{writers:8}{name:>15}{rate:9.0f}{p50:9.1f}{p99:9.1f}{worst:9.0f}", flush=True)


if __name__ == "__main__":
    main(float(sys.argv[1]) if len(sys.argv) > 1 else 4)
