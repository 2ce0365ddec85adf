"""The database: the base of all models, its types, and the settings that keep writes safe."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

import pysqlite3
from sqlalchemy import Engine, Enum, MetaData, create_engine, event, func, inspect, select
from sqlalchemy.engine import Connection, make_url
from sqlalchemy.orm import DeclarativeBase, Session
from sqlalchemy.types import DateTime, TypeDecorator

# Older libraries can corrupt a write-ahead log that several processes share
# (sqlite.org/wal.html, the WAL-reset bug, fixed in 3.51.3).
OLDEST_SQLITE = (3, 51, 3)
BUSY_TIMEOUT_MS = 10_000


class Base(DeclarativeBase):
    """The base of every model. The naming convention gives each constraint a name to migrate by."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(column_0_N_label)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
            "pk": "pk_%(table_name)s",
        }
    )


class UtcDateTime(TypeDecorator[datetime]):
    """An aware time in UTC, kept without a zone so that both databases compare it alike."""

    impl = DateTime
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Any) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("A time without a zone cannot be stored.")
        return value.astimezone(UTC).replace(tzinfo=None)

    def process_result_value(self, value: datetime | None, dialect: Any) -> datetime | None:
        return None if value is None else value.replace(tzinfo=UTC)


def enum_column(kind: type[StrEnum], name: str) -> Enum:
    """A column type for a StrEnum: its values as text, checked by the table."""
    return Enum(
        kind,
        name=name,
        native_enum=False,
        create_constraint=True,
        length=20,
        values_callable=lambda members: [member.value for member in members],
    )


def engine_options(url: str) -> dict[str, Any]:
    """Name the options an engine for `url` is made with; then pass the engine to `prepare`."""
    if make_url(url).get_backend_name() == "sqlite":
        if pysqlite3.sqlite_version_info < OLDEST_SQLITE:
            raise RuntimeError(
                f"SQLite {pysqlite3.sqlite_version} can corrupt a database that several processes "
                "share; 3.51.3 or newer is needed. Install pysqlite3 0.6.1."
            )
        return {"module": pysqlite3, "connect_args": {"timeout": BUSY_TIMEOUT_MS / 1000}}
    return {"pool_pre_ping": True}


def prepare(engine: Engine) -> Engine:
    """Set every connection of a SQLite engine up; other engines need nothing."""
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _set_up_connection)
        event.listen(engine, "begin", _begin)
    return engine


def connect(url: str) -> Engine:
    """Make an engine with our settings."""
    return prepare(create_engine(url, **engine_options(url)))


def _set_up_connection(connection: Any, _record: Any) -> None:
    # The driver must not begin transactions of its own: it begins too late for savepoints.
    connection.isolation_level = None
    cursor = connection.cursor()
    cursor.execute(f"PRAGMA busy_timeout={BUSY_TIMEOUT_MS}")
    cursor.execute("PRAGMA journal_mode=WAL")
    cursor.execute("PRAGMA synchronous=FULL")  # NORMAL loses acknowledged commits in a power cut
    cursor.execute("PRAGMA foreign_keys=ON")
    cursor.close()


def _begin(connection: Connection) -> None:
    # A read that turns into a write fails with "database is locked" whatever the busy timeout,
    # so whoever may write says so at the start (see `will_write`).
    mode = "IMMEDIATE" if connection.get_execution_options().get("will_write") else "DEFERRED"
    connection.exec_driver_sql(f"BEGIN {mode}")


def will_write(session: Session) -> None:
    """Begin the session's transaction as one that writes; call before its first statement."""
    session.connection(execution_options={"will_write": True})


def lock(session: Session, thing: Base) -> None:
    """Hold the thing's row until the transaction ends, and read its columns anew.

    SQLite has no row locks and needs none: whoever writes holds it whole (see `will_write`).
    """
    columns = [column.key for column in inspect(type(thing)).column_attrs]
    session.refresh(thing, columns, with_for_update=True)


def take_turns(session: Session, act: str) -> None:
    """Wait until whoever does the same act at this moment has ended their transaction.

    For what has no row to lock: something that may be there once and is not there yet. SQLite's
    writers come one by one anyway.
    """
    if session.get_bind().dialect.name == "postgresql":
        session.execute(select(func.pg_advisory_xact_lock(func.hashtext(act))))


@contextmanager
def transaction(bind: Engine | Connection) -> Iterator[Session]:
    """Run one writing transaction of its own: commit at the end, roll back on an error.

    On a connection that is already in a transaction (a test's), it is a savepoint of that one.
    """
    session = Session(bind, expire_on_commit=False, join_transaction_mode="create_savepoint")
    with session, session.begin():
        will_write(session)
        yield session
