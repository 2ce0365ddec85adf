"""What every test stands on: one migrated database a run, one rolled-back transaction a test."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import hypothesis
import pytest
from argon2 import PasswordHasher
from flask import Flask
from flask_migrate import upgrade
from sqlalchemy import Connection, Engine
from sqlalchemy.orm import Session

from app import clock, worker
from app.accounts import passwords
from app.cli import tasks
from app.config import Config
from app.db import Base, connect
from app.factory import create_app
from app.matching.matcher import Matcher
from app.notifications.mailer import KeepingMailer
from app.web.database import db
from tests.databases import postgresql_url, sqlite_url
from tests.doubles.encoder import HashingEncoder
from tests.model import exported  # noqa: F401  (a fixture)
from tests.urdu import compile_catalogue
from tests.visitor import Page, Visitor

# The same examples in every run, however slow the machine.
hypothesis.settings.register_profile("house", deadline=None, derandomize=True)
hypothesis.settings.load_profile("house")

KEY = "a key for the tests, long enough for anyone"
MORNING = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)


# What a hash must cost to be safe is not what tests are about; hundreds of them took minutes.
passwords._hasher = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
passwords._NOBODY = passwords._hasher.hash("nobody's password")


def pytest_configure() -> None:
    compile_catalogue()


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--database",
        choices=("sqlite", "postgresql"),
        default="sqlite",
        help="the database the tests run on; on postgresql, tests that use none are left out",
    )
    parser.addoption(
        "--histories",
        type=int,
        default=12,
        help="how many random histories each vector index is held to; 500 take a few minutes",
    )


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if config.getoption("--database") == "postgresql":
        kept = [item for item in items if "new_database" in item.fixturenames]
        config.hook.pytest_deselected(items=[item for item in items if item not in kept])
        items[:] = kept


class Clock:
    """A clock that stands still until a test moves it."""

    def __init__(self) -> None:
        self.moment = MORNING

    def __call__(self) -> datetime:
        return self.moment

    def forward(self, **delta: float) -> None:
        self.moment += timedelta(**delta)


@pytest.fixture(autouse=True)
def held_clock() -> Iterator[Clock]:
    held = Clock()
    clock.use(held)
    yield held
    clock.use(None)


@pytest.fixture(scope="session")
def new_database(request: pytest.FixtureRequest, tmp_path_factory) -> Callable[[], str]:
    """Make further empty databases of the run's kind; each call names another one."""
    make = postgresql_url if request.config.getoption("--database") == "postgresql" else sqlite_url
    return lambda: make(tmp_path_factory.getbasetemp())


@pytest.fixture
def engine(new_database: Callable[[], str]) -> Iterator[Engine]:
    """A database of the test's own with the tables made, where transactions really end."""
    engine = connect(new_database())
    Base.metadata.create_all(engine)
    yield engine
    engine.dispose()


@pytest.fixture
def empty(new_database: Callable[[], str], tmp_path: Path) -> Iterator[Flask]:
    """The application on a database of its own, of the run's kind, with nothing in it."""
    app = create_app(Config(database_url=new_database(), secret_key=KEY, instance=tmp_path))
    with app.app_context():
        yield app
        db.engine.dispose()


@pytest.fixture(scope="session")
def database_url(new_database: Callable[[], str]) -> str:
    """The one database most tests share."""
    return new_database()


@pytest.fixture(scope="session")
def application(database_url: str, tmp_path_factory) -> Iterator[Flask]:
    instance = tmp_path_factory.mktemp("instance")
    app = create_app(Config(database_url=database_url, secret_key=KEY, instance=instance))
    app.testing = True
    with app.app_context():
        # A refused request rolls back its own savepoint, not what the test has arranged.
        db.session.configure(join_transaction_mode="create_savepoint")
        upgrade()
    yield app
    with app.app_context():
        db.engine.dispose()


@pytest.fixture
def connection(application: Flask, tmp_path: Path) -> Iterator[Connection]:
    """One connection whose transaction is rolled back; everything in the test goes through it."""
    with application.app_context():
        engine = db.engine
        with engine.connect() as connection:
            connection = connection.execution_options(will_write=True)
            outer = connection.begin()
            db.engines[None] = connection
            services = application.extensions["hunar"]
            mailer, matcher = services.mailer, services.matcher
            services.mailer = KeepingMailer(connection)
            services.matcher = Matcher(HashingEncoder, tmp_path / "index")
            try:
                yield connection
            finally:
                services.mailer, services.matcher = mailer, matcher
                db.engines[None] = engine
                outer.rollback()


@pytest.fixture
def session(connection: Connection) -> Iterator[Session]:
    """A session to arrange and to look with; `session.commit()` shows its rows to the app."""
    with Session(
        connection, join_transaction_mode="create_savepoint", expire_on_commit=True
    ) as session:
        yield session


@pytest.fixture
def app(application: Flask, connection: Connection) -> Flask:
    return application


@pytest.fixture
def visitor(app: Flask, session: Session) -> Visitor:
    """Somebody with a browser; `visitor.sign_in(user)` makes them that user."""
    return Visitor(app, session)


@pytest.fixture
def seen_again(app: Flask, connection: Connection) -> Callable[[Visitor, str], Page]:
    """Look at a page, let the worker do what that asked of it, and look again."""

    def look(visitor: Visitor, path: str) -> Page:
        visitor.get(path)
        worker.drain(connection, tasks())
        return visitor.get(path)

    return look


@pytest.fixture
def visitors(app: Flask, session: Session):
    """Make further visitors, each with a browser of their own."""
    return lambda: Visitor(app, session)
