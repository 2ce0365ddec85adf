"""The letters that the worker would carry, and people with a password."""

import re
from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy import Connection
from sqlalchemy.orm import Session

from app import worker
from app.accounts.models import User
from app.accounts.passwords import hash_password
from app.cli import tasks
from app.notifications import mailer
from app.notifications.models import KeptLetter
from tests.conftest import KEY
from tests.factories import make_user
from tests.test_queries import counted

PASSWORD = "three old apricot trees"
HASH = hash_password(PASSWORD)


@pytest.fixture
def letters(app: Flask, connection: Connection, session: Session) -> Callable[[], list[KeptLetter]]:
    """Carry out what the outbox promises and read the kept letters, newest first."""

    def read() -> list[KeptLetter]:
        worker.drain(connection, tasks())
        session.expire_all()
        return mailer.kept_letters(session, KEY)

    return read


@pytest.fixture
def amina(session: Session) -> User:
    """Somebody whose password is PASSWORD."""
    user = make_user(session, email="amina@example.org", name="Amina", password_hash=HASH)
    session.commit()
    return user


def link_in(letter: KeptLetter) -> str:
    """The path of the one link a letter holds."""
    found = re.findall(r"https?://[^/\s]+(/\S+)", letter.body)
    assert len(found) == 1, letter.body
    return found[0]


@pytest.fixture
def statements(connection: Connection):
    """Note every statement that is carried out meanwhile."""
    return lambda: counted(connection)
