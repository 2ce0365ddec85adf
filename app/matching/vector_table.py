"""The table `vectors.bodies` of PostgreSQL's extension pgvector: made, filled, and given its graph.

Triggers keep it in step with `embeddings` (migrations/sql/vectors.sql). A database without the
extension does without it.
"""

from pathlib import Path

from sqlalchemy import Connection, Engine, text
from sqlalchemy.exc import NotSupportedError

from app.matching.models import Subject

DIMENSION = 384
"""Texts of a model with another dimension are not in the table."""

_SQL = Path(__file__).parent.parent.parent / "migrations" / "sql" / "vectors.sql"


class NoVectors(RuntimeError):
    """This database cannot search vectors; the message says why and what to do."""


def install(connection: Connection) -> None:
    """Make what is missing of the table, its triggers and its rows; raises `NoVectors`."""
    if connection.dialect.name != "postgresql":
        raise NoVectors("Only PostgreSQL can search vectors; this database is SQLite.")
    try:
        with connection.begin_nested():
            connection.exec_driver_sql(_SQL.read_text())
    except NotSupportedError as error:
        raise NoVectors(error.orig.diag.message_primary) from error  # type: ignore[union-attr]


def is_there(connection: Connection) -> bool:
    """Tell whether the database has the table."""
    is_postgresql = connection.dialect.name == "postgresql"
    find = text("SELECT to_regclass('vectors.bodies') IS NOT NULL")
    return is_postgresql and bool(connection.scalar(find))


def fill(connection: Connection) -> None:
    """Bring the table in step after a copy during which its triggers rested, if it is there."""
    if is_there(connection):
        install(connection)


def build_graph(engine: Engine, subject: Subject) -> None:
    """Build the graph of one kind of text, while others read and write; minutes for 100,000 rows.

    One that was broken off half way is built anew.
    """
    name = f"{subject.value}s_near"
    # Half as large as with vector(384), and finds as much (docs/decisions/0012).
    numbers = f"(body::halfvec({DIMENSION})) halfvec_ip_ops"
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        if has_graph(connection, subject):
            return
        connection.execute(text(f"DROP INDEX IF EXISTS vectors.{name}"))
        connection.execute(text("SET maintenance_work_mem = '512MB'"))
        connection.execute(
            text(
                f"CREATE INDEX CONCURRENTLY {name} ON vectors.bodies "
                f"USING hnsw ({numbers}) WHERE subject = '{subject.value}'"
            )
        )


def has_graph(connection: Connection, subject: Subject) -> bool:
    """Tell whether the kind's graph is built and sound."""
    find = text("SELECT indisvalid FROM pg_index WHERE indexrelid = to_regclass(:name)")
    return bool(connection.scalar(find, {"name": f"vectors.{subject.value}s_near"}))
