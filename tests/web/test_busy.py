"""When the database cannot write, pages are still read and a save is a 503 with a sentence."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from flask import Flask
from flask_migrate import upgrade
from sqlalchemy import event, text

from app import db as database
from app import sqlite
from app.config import Config
from app.db import transaction
from app.factory import create_app
from app.outbox import Effect
from app.permissions import Role
from app.web import database as web
from app.web.database import db
from app.web.guards import public
from tests.doubles.encoder import HashingEncoder
from tests.factories import make_user
from tests.visitor import Page

KEY = "a key for the tests, long enough for anyone"
READ = ["/", "/healthz", "/jobs", "/parks", "/sign-in", "/search/freelancers?words=django"]


def save() -> str:
    db.session.add(Effect(task="test", payload={}, due_at=database.datetime.now(database.UTC)))
    return "saved"


def change() -> str:
    db.session.execute(text("UPDATE users SET name = 'Another'"))
    return "changed"


def dawdle() -> str:
    db.session.execute(text("SELECT pg_sleep(5)"))
    return "awake"


@pytest.fixture
def site(new_database: Callable[[], str], tmp_path: Path, monkeypatch) -> Iterator[Flask]:
    """The application over a database of its own, with little patience."""
    monkeypatch.setattr(sqlite, "PATIENCE_SECONDS", 0.1)
    monkeypatch.setattr(sqlite, "BUSY_TIMEOUT_MS", 100)
    monkeypatch.setattr(database, "LOCK_TIMEOUT_SECONDS", 0.2)
    monkeypatch.setattr(web, "STATEMENT_TIMEOUT_SECONDS", 0.5)
    app = create_app(Config(database_url=new_database(), secret_key=KEY, instance=tmp_path))
    app.config["WTF_CSRF_ENABLED"] = False
    app.extensions["hunar"].matcher = type(app.extensions["hunar"].matcher)(
        HashingEncoder, tmp_path / "index"
    )
    for page in (save, change, dawdle):
        app.add_url_rule(f"/test/{page.__name__}", view_func=public(page), methods=["POST"])
    app.add_url_rule("/test/look", "look", public(dawdle))
    with app.app_context():
        upgrade()
        with transaction(db.engine) as session:
            make_user(session, Role.CLIENT)
    yield app
    with app.app_context():
        db.engine.dispose()


@contextmanager
def held(site: Flask) -> Iterator[None]:
    """Somebody holds what a save needs: SQLite's one write lock, or PostgreSQL's row."""
    with site.app_context(), db.engine.connect() as connection:
        connection = connection.execution_options(will_write=True)
        connection.execute(text("UPDATE users SET name = name"))
        yield


@contextmanager
def unwritable(site: Flask) -> Iterator[None]:
    """The disk takes nothing: every write is an error, every read goes well."""
    setting = {
        "sqlite": "PRAGMA query_only=%d",
        "postgresql": "SET default_transaction_read_only=%d",
    }

    def close(connection, *_):
        cursor = connection.cursor()
        cursor.execute(setting[dialect] % 1)
        cursor.close()
        if dialect == "postgresql":
            connection.commit()

    with site.app_context():
        dialect = db.engine.dialect.name
        db.engine.dispose()
        event.listen(db.engine, "connect", close)
        yield
        event.remove(db.engine, "connect", close)
        db.engine.dispose()


@contextmanager
def no_commit(site: Flask) -> Iterator[None]:
    """The disk is full when the transaction shall be kept, and not before."""

    def fail(_connection):
        raise database.OperationalError("COMMIT", {}, Exception("database or disk is full"))

    with site.app_context():
        event.listen(db.engine, "commit", fail)
        yield
        event.remove(db.engine, "commit", fail)


def is_busy(page: Page) -> bool:
    return (
        page.status == 503
        and int(page.response.headers["Retry-After"]) > 0
        and ("Please send it again" in page.text or "Nothing was saved" in page.text)
    )


@pytest.mark.parametrize("trouble", [held, unwritable, no_commit])
def test_a_save_is_a_503_with_a_sentence(site: Flask, trouble):
    client = site.test_client()
    with trouble(site):
        assert is_busy(Page(client.post("/test/change")))
    assert client.post("/test/change").status_code == 200


@pytest.mark.parametrize("trouble", [held, unwritable])
@pytest.mark.parametrize("path", READ)
def test_what_only_reads_goes_on(site: Flask, trouble, path):
    with trouble(site):
        answer = site.test_client().get(path)
    assert answer.status_code == 200, Page(answer).text


def test_a_sign_in_without_a_database_that_writes_is_a_503(site: Flask):
    given = {"email": "somebody@example.org", "password": "not the password"}
    with unwritable(site):
        page = Page(site.test_client().post("/sign-in", data=given))
    assert page.status in (422, 503)


def test_what_a_request_put_into_its_cookie_goes_with_what_could_not_be_kept(site: Flask):
    client = site.test_client()
    with no_commit(site):
        page = Page(client.post("/language", data={"language": "ur", "next": "/"}))
        assert page.status == 503
    with client.session_transaction() as cookie:
        assert "language" not in cookie


def test_a_page_that_asks_too_much_of_postgresql_is_ended(site: Flask):
    with site.app_context():
        if db.engine.dialect.name != "postgresql":
            pytest.skip("SQLite's statements end by themselves: it has one process, ours")
    for answer in (site.test_client().post("/test/dawdle"), site.test_client().get("/test/look")):
        assert is_busy(Page(answer))
    with site.app_context(), db.engine.connect() as connection:  # a command may take its time
        connection.execute(text("SELECT pg_sleep(0.7)"))
