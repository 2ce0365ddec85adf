"""The request's session and its one transaction: committed here, after the answer is made."""

from collections.abc import Iterator
from contextlib import contextmanager

from flask import Flask, Response, current_app, g, has_request_context, request, session
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import event
from sqlalchemy.engine import Connection

from app.config import Config
from app.db import Base, engine_options, prepare, will_write

# Flask-SQLAlchemy gives the engine and the session, no more: models extend app.db.Base.
db = SQLAlchemy(metadata=Base.metadata, session_options={"expire_on_commit": False})

STATEMENT_TIMEOUT_SECONDS = 15
"""How long PostgreSQL works on one statement of a page; commands and the worker may take longer."""
SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})


def init_database(app: Flask, config: Config) -> None:
    """Bind the session to the configured database and one transaction to each request."""
    app.config["SQLALCHEMY_DATABASE_URI"] = config.database_url
    app.config["SQLALCHEMY_ENGINE_OPTIONS"] = engine_options(config.database_url)
    db.init_app(app)
    with app.app_context():
        prepare(db.engine)
        if db.engine.dialect.name == "postgresql":
            event.listen(db.engine, "begin", _bound)
    app.before_request(_receive)
    app.before_request(begin_request)
    app.after_request(_end)


def _receive() -> None:
    # A form may take minutes to come over a slow line. SQLite's one write lock and PostgreSQL's
    # connections are everybody's, so nothing of the database is touched before the last byte.
    if _may_write():
        request.get_data(parse_form_data=True)


def begin_request() -> None:
    """Begin the request's transaction, as one that writes when the method may write."""
    if _may_write():
        will_write(db.session())


@contextmanager
def let_go() -> Iterator[None]:
    """Hold nothing of the database while something slow runs; afterwards the request begins anew.

    What the request wrote before is dropped, so call it first. What it loaded is read again.
    """
    db.session.rollback()
    try:
        yield
    finally:
        begin_request()


def _may_write() -> bool:
    return request.method not in SAFE_METHODS and request.endpoint is not None


def _bound(connection: Connection) -> None:
    if has_request_context():
        limit = f"SET LOCAL statement_timeout = {STATEMENT_TIMEOUT_SECONDS * 1000}"
        connection.exec_driver_sql(limit)


def _end(response: Response) -> Response:
    # A refusal keeps nothing. What must be remembered of one has a transaction of its own.
    if response.status_code >= 400:
        db.session.rollback()
        return response
    g.is_last_try = True  # what is done from here on is not committed
    try:
        db.session.commit()
    except Exception as error:  # the disk is full, or somebody else was first: nothing was kept
        db.session.rollback()
        return _take_back(error)
    return response


def _take_back(error: Exception) -> Response:
    """Answer what the failure says, and as if the request had never changed its cookie."""
    before = current_app.session_interface.open_session(current_app, request)
    session.clear()
    session.update(before or {})
    g.pop("_login_user", None)
    return current_app.make_response(current_app.handle_user_exception(error))
