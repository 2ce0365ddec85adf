"""The database a site moves to: what it holds already, and the mark that says how far we came.

The mark is a table of our own. While it stands, everything else in the database is ours to empty;
without it, whatever the database holds is somebody's and is never written to.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from enum import Enum, auto

from sqlalchemy import (
    Column,
    Connection,
    Engine,
    Integer,
    MetaData,
    String,
    Table,
    delete,
    exists,
    insert,
    inspect,
    select,
    text,
)
from sqlalchemy.exc import DBAPIError

from app.moving.errors import CannotMove
from app.moving.tables import Fingerprint

MARK = Table(
    "hunar_move",
    MetaData(),
    Column("table_name", String(63), primary_key=True),
    Column("rows", Integer, nullable=False),
    Column("fingerprint", String(64), nullable=False),
)
MIGRATIONS = "alembic_version"
_LOCK = 4_872_114  # any number, as long as every move takes the same one
_LONGEST_WAIT = "10s"


class State(Enum):
    """What a target may be."""

    EMPTY = auto()
    BEGUN = auto()
    FULL = auto()


@contextmanager
def held(engine: Engine, *, wait: str = _LONGEST_WAIT) -> Iterator[None]:
    """Keep every other move away from the target; it is let go when this process ends."""
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        # A killed run's connection takes a moment to be noticed.
        connection.execute(text(f"SET lock_timeout = '{wait}'"))
        try:
            connection.execute(text(f"SELECT pg_advisory_lock({_LOCK})"))
        except DBAPIError as error:
            raise CannotMove("Another move is writing to the target now.") from error
        try:
            yield
        finally:
            connection.execute(text(f"SELECT pg_advisory_unlock({_LOCK})"))


def look(connection: Connection, tables: Sequence[Table]) -> State:
    """Say what the target is; refuse one that holds tables of something else."""
    there = set(inspect(connection).get_table_names())
    if MARK.name in there:
        return State.BEGUN
    if strange := sorted(there - {table.name for table in tables} - {MIGRATIONS}):
        raise CannotMove(
            f"The target holds something else: table {strange[0]}. Nothing was written. "
            "Name an empty database."
        )
    ours = [table for table in tables if table.name in there]
    return State.FULL if _hold_rows(connection, ours) else State.EMPTY


def begin(connection: Connection) -> None:
    """Set the mark."""
    MARK.create(connection)


def done(connection: Connection) -> dict[str, tuple[int, str]]:
    """What has been copied so far: the rows and the fingerprint by table."""
    return {name: (rows, mark) for name, rows, mark in connection.execute(select(MARK))}


def note(connection: Connection, table: Table, copied: Fingerprint) -> None:
    """Note a table as copied, in the transaction that copies it."""
    values = {"table_name": table.name, "rows": copied.rows, "fingerprint": str(copied)}
    connection.execute(insert(MARK).values(values))


def empty(connection: Connection, tables: Sequence[Table]) -> None:
    """Empty tables, and forget that they were copied; whatever refers to one must be among them."""
    if _hold_rows(connection, tables):
        names = ", ".join(map(connection.dialect.identifier_preparer.format_table, tables))
        connection.execute(text(f"TRUNCATE {names}"))
    copied = MARK.c.table_name.in_([table.name for table in tables])
    connection.execute(delete(MARK).where(copied))


def forget(connection: Connection, table: Table) -> None:
    """Have the table copied anew by the next run."""
    connection.execute(delete(MARK).where(MARK.c.table_name == table.name))


def end(connection: Connection) -> None:
    """Take the mark away: from now on the database is a site's."""
    MARK.drop(connection)


def _hold_rows(connection: Connection, tables: Sequence[Table]) -> bool:
    return any(connection.scalar(select(exists(select(table)))) for table in tables)
