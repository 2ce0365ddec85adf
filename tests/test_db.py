"""The settings that keep writes safe are really set; a transaction keeps all of it or nothing."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pysqlite3
import pytest
from sqlalchemy import Engine, event, select, text
from sqlalchemy.exc import IntegrityError, StatementError
from sqlalchemy.orm import Session

from app import db
from app.accounts.models import User
from app.outbox import Effect
from app.sqlite import OLDEST
from app.web.limits import Attempt
from tests.factories import make_user

AT_NINE = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "hunar.db"


@pytest.fixture
def sqlite(file: Path) -> Iterator[Engine]:
    engine = db.connect(f"sqlite:///{file}")
    db.Base.metadata.create_all(engine)
    yield engine
    engine.dispose()


@pytest.mark.parametrize(
    ("setting", "value"),
    [("journal_mode", "wal"), ("synchronous", 2), ("foreign_keys", 1), ("busy_timeout", 5_000)],
)
def test_every_connection_has_the_settings(sqlite: Engine, setting, value):
    with sqlite.connect() as one, sqlite.connect() as other:
        for connection in (one, other):
            assert connection.exec_driver_sql(f"PRAGMA {setting}").scalar() == value


def test_the_sqlite_in_use_is_new_enough(sqlite: Engine):
    with sqlite.connect() as connection:
        version = connection.exec_driver_sql("SELECT sqlite_version()").scalar()
    assert tuple(map(int, version.split("."))) >= OLDEST


def test_an_older_sqlite_is_refused(monkeypatch):
    monkeypatch.setattr(pysqlite3, "sqlite_version_info", (3, 40, 1))
    with pytest.raises(RuntimeError, match="can corrupt a database"):
        db.connect("sqlite:///")


def test_whoever_writes_holds_the_lock_from_the_start(sqlite: Engine, file: Path):
    with Session(sqlite) as session:
        db.will_write(session)
        assert not can_begin_a_write(file)
    assert can_begin_a_write(file)


def test_whoever_reads_holds_nobody_up(sqlite: Engine, file: Path):
    with Session(sqlite) as session:
        session.scalars(select(User)).all()
        assert can_begin_a_write(file)


def can_begin_a_write(file: Path) -> bool:
    other = pysqlite3.connect(str(file), timeout=0, isolation_level=None)
    try:
        other.execute("BEGIN IMMEDIATE")
    except pysqlite3.OperationalError:
        return False
    finally:
        other.close()
    return True


def test_a_writing_transaction_begins_immediate_and_a_reading_one_deferred(sqlite: Engine):
    said: list[str] = []
    event.listen(sqlite, "before_cursor_execute", lambda *given: said.append(given[2]), named=False)
    with db.transaction(sqlite) as session:
        session.scalar(select(1))
    with Session(sqlite) as session:
        session.scalar(select(1))
    assert [statement for statement in said if "BEGIN" in statement] == [
        "BEGIN IMMEDIATE",
        "BEGIN DEFERRED",
    ]


def test_a_foreign_key_to_nothing_is_refused(engine: Engine):
    with pytest.raises(IntegrityError), db.transaction(engine) as session:
        session.execute(text("INSERT INTO park_managers (park_id, user_id) VALUES (1, 1)"))


def test_a_transaction_keeps_all(engine: Engine):
    with db.transaction(engine) as session:
        make_user(session, email="a@example.org")
        make_user(session, email="b@example.org")
    assert emails(engine) == ["a@example.org", "b@example.org"]


def test_a_transaction_that_fails_keeps_nothing(engine: Engine):
    def join_twice() -> None:
        with db.transaction(engine) as session:
            make_user(session, email="a@example.org")
            make_user(session, email="a@example.org")

    with pytest.raises(IntegrityError):
        join_twice()
    assert emails(engine) == []


def test_a_savepoint_that_fails_takes_nothing_else_with_it(engine: Engine):
    with engine.connect().execution_options(will_write=True) as connection, connection.begin():
        with db.transaction(connection) as session:
            make_user(session, email="a@example.org")
        with pytest.raises(IntegrityError), db.transaction(connection) as session:
            make_user(session, email="a@example.org")
    assert emails(engine) == ["a@example.org"]


def emails(engine: Engine) -> list[str]:
    with Session(engine) as session:
        return list(session.scalars(select(User.email).order_by(User.email)))


def test_a_time_comes_back_aware_and_the_same(session: Session):
    in_karachi = AT_NINE.astimezone(timezone(timedelta(hours=5)))
    session.add(Attempt(key="x", at=in_karachi))
    session.flush()
    session.expire_all()
    found = session.scalars(select(Attempt).where(Attempt.at == AT_NINE)).one()
    assert found.at == AT_NINE
    assert found.at.tzinfo is UTC


def test_a_time_without_a_zone_is_refused(session: Session):
    session.add(Attempt(key="x", at=datetime(2026, 11, 23, 9, 0)))
    with pytest.raises(StatementError, match="without a zone"):
        session.flush()


def test_a_word_outside_the_list_is_refused_by_the_table(session: Session):
    user = make_user(session)
    change = text("UPDATE users SET role = 'king' WHERE id = :id").bindparams(id=user.id)
    with pytest.raises(IntegrityError), session.begin_nested():
        session.execute(change)


def test_every_relationship_is_loaded_on_purpose():
    lazy = [
        str(relationship)
        for mapper in db.Base.registry.mappers
        for relationship in mapper.relationships
        if relationship.lazy != "raise"
    ]
    assert lazy == []


def test_every_constraint_has_a_name_to_migrate_by():
    unnamed = [
        f"{table.name}: {constraint}"
        for table in db.Base.metadata.tables.values()
        for constraint in table.constraints
        if not constraint.name
    ]
    assert unnamed == []
    assert Effect.__tablename__ in db.Base.metadata.tables
