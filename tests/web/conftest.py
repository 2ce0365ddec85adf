"""The application as it is served, with a few pages of the tests' own that fail in known ways."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask
from flask_migrate import upgrade
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm.exc import StaleDataError

from app.clock import now
from app.config import Config
from app.errors import Conflict, InvariantBroken, TooMany
from app.factory import create_app
from app.web.database import db
from app.web.guards import public
from app.web.limits import Attempt, limit

KEY = "a key for the tests, long enough for anyone"


def refuse() -> str:
    raise Conflict("At most %(n)d skills.", n=30)


def refuse_often() -> str:
    words = "Too many tries. Wait %(minutes)d minutes and try again."
    raise TooMany(words, minutes=15, retry_after_seconds=900)


def break_down() -> str:
    raise InvariantBroken("a secret of ours")


def collide() -> str:
    raise IntegrityError("INSERT", {}, Exception("a secret of ours"))


def come_late() -> str:
    raise StaleDataError


def write_and_refuse() -> tuple[str, int]:
    db.session.add(Attempt(key="refused", at=now()))
    return "refused", 422


def change_nothing() -> str:
    return "nothing changed"


def write() -> str:
    db.session.add(Attempt(key="kept", at=now()))
    return "kept"


def count_and_refuse() -> str:
    limit("counted", most=2, within=timedelta(minutes=1))
    db.session.add(Attempt(key="after the count", at=now()))
    raise Conflict("This job no longer accepts proposals.")


PAGES = (refuse, refuse_often, break_down, collide, come_late)
WRITES = (change_nothing, write, write_and_refuse, count_and_refuse)


@pytest.fixture(scope="session")
def served(new_database: Callable[[], str], tmp_path_factory) -> Iterator[Flask]:
    """An application that answers failures with pages, as it does for people."""
    instance: Path = tmp_path_factory.mktemp("served")
    app = create_app(
        Config(database_url=new_database(), secret_key=KEY, instance=instance, demo=True)
    )
    app.config["WTF_CSRF_ENABLED"] = False
    for page in PAGES:
        app.add_url_rule(f"/test/{page.__name__}", page.__name__, public(page))
    for page in WRITES:
        app.add_url_rule(f"/test/{page.__name__}", page.__name__, public(page), methods=["POST"])
    with app.app_context():
        upgrade()
    yield app
    with app.app_context():
        db.engine.dispose()


@pytest.fixture(scope="session")
def real(new_database: Callable[[], str], tmp_path_factory) -> Iterator[Flask]:
    """An installation that others reach, under its own name."""
    app = create_app(
        Config(
            database_url=new_database(),
            secret_key=KEY,
            instance=tmp_path_factory.mktemp("real"),
            demo=False,
            public_url="https://hunar.example.org",
            secure_cookies=True,
        )
    )
    app.config["WTF_CSRF_ENABLED"] = False
    app.add_url_rule("/test/break_down", "break_down", public(break_down))
    with app.app_context():
        upgrade()
    yield app
    with app.app_context():
        db.engine.dispose()
