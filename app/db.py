"""The database: the base of all models, its types, and the settings that keep writes safe."""

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any, cast

from sqlalchemy import (
    ColumnElement,
    Engine,
    Enum,
    MetaData,
    create_engine,
    delete,
    event,
    func,
    inspect,
    select,
    text,
)
from sqlalchemy.engine import Connection, make_url
from sqlalchemy.exc import InternalError, OperationalError, TimeoutError
from sqlalchemy.orm import DeclarativeBase, Session
from sqlalchemy.types import DateTime, TypeDecorator

from app import sqlite
from app.errors import Busy

log = logging.getLogger(__name__)

LOCK_TIMEOUT_SECONDS = 5
"""How long PostgreSQL lets anybody wait for a row or a table that another holds."""
NOTE_SECONDS = 0.2
MOST_REMOVED = 500
"""At a time, of what is over; a sweep comes again."""
UNABLE = (OperationalError, InternalError, TimeoutError)
"""What the database raises when it cannot do now what it can do at another time."""
MOST_CONNECTIONS = 30
"""Of one process to PostgreSQL, where a page may use two: its own and a note's."""


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
    pool = {"pool_size": 10, "max_overflow": MOST_CONNECTIONS - 10, "pool_timeout": 5}
    if make_url(url).get_backend_name() == "sqlite":
        sqlite.check()
        driver = {"module": sqlite.pysqlite3, "connect_args": {"factory": sqlite.Connection}}
        return {**driver, **(pool if make_url(url).database else {})}
    options = f"-c lock_timeout={LOCK_TIMEOUT_SECONDS * 1000}"
    return {**pool, "pool_pre_ping": True, "connect_args": {"options": options}}


def prepare(engine: Engine) -> Engine:
    """Have a SQLite engine begin its transactions our way; other engines need nothing."""
    if engine.dialect.name == "sqlite":
        event.listen(engine, "begin", _begin)
    return engine


def connect(url: str) -> Engine:
    """Make an engine with our settings."""
    return prepare(create_engine(url, **engine_options(url)))


def _begin(connection: Connection) -> None:
    options = connection.get_execution_options()
    if not options.get("will_write"):
        connection.exec_driver_sql("BEGIN DEFERRED")
        return
    # A read that turns into a write fails with "database is locked" whatever the busy timeout,
    # so whoever may write says so at the start (see `will_write`).
    driver = cast(sqlite.Connection, connection.connection.dbapi_connection)
    driver.wait_for_turn(options.get("patience"))
    connection.exec_driver_sql("BEGIN IMMEDIATE")


def will_write(session: Session, **options: Any) -> None:
    """Begin the session's transaction as one that writes; call before its first statement.

    Raises `Busy` when SQLite's turn to write does not come within `patience`, in seconds.
    """
    session.connection(execution_options={"will_write": True, **options})


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
def transaction(bind: Engine | Connection, **options: Any) -> Iterator[Session]:
    """Run one writing transaction of its own: commit at the end, roll back on an error.

    On a connection that is already in a transaction (a test's), it is a savepoint of that one.
    """
    session = Session(bind, expire_on_commit=False, join_transaction_mode="create_savepoint")
    with session, session.begin():
        will_write(session, **options)
        yield session


def note(bind: Engine | Connection, write: Callable[[Session], Any]) -> bool:
    """Write what a page can do without, in a transaction of its own; False when it could not be.

    It waits for nobody long, and a full disk or a lock is a line in the log, not a broken page.
    """
    try:
        with transaction(bind, patience=NOTE_SECONDS) as session:
            if bind.dialect.name == "postgresql":
                limit = f"SET LOCAL lock_timeout = {round(NOTE_SECONDS * 1000)}"
                session.execute(text(limit))
            write(session)
    except (Busy, *UNABLE) as error:
        log.warning("A note was not written: %s", error)
        return False
    return True


def remove_some(bind: Engine | Connection, kind: Any, *over: ColumnElement[bool]) -> int:
    """Remove some rows of what is over; return how many."""
    with Session(bind, join_transaction_mode="create_savepoint") as session:
        ids = session.scalars(select(kind.id).where(*over).limit(MOST_REMOVED)).all()
    if ids:  # looked for without the write lock, which is everyone's, so looked at once more
        with transaction(bind) as session:
            session.execute(delete(kind).where(kind.id.in_(ids), *over))
    return len(ids)
