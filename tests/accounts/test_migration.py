"""What the migration of the links takes out of a site that has been running."""

import json
from collections.abc import Iterator

import pytest
from flask import Flask
from flask_migrate import downgrade, upgrade
from sqlalchemy import text

from app.db import transaction
from app.web.database import db

BEFORE, AFTER = "0008", "0009"
SECRET = "a-token-in-clear"
USERS = (
    (1, "old@bücher.example", "2026-11-01 00:00:00"),
    (2, "new@example.org", None),
)


@pytest.fixture
def old_site(empty: Flask) -> Iterator[Flask]:
    upgrade(revision=BEFORE)
    with transaction(db.engine) as session:
        for id_, email, verified_at in USERS:
            session.execute(
                text(
                    "INSERT INTO users (id, email, name, password_hash, role, language, created_at,"
                    " email_verified_at, is_demo) VALUES (:id, :email, 'N', '$argon2 of theirs',"
                    " 'client', 'en', '2026-11-01 00:00:00', :verified_at, false)"
                ),
                {"id": id_, "email": email, "verified_at": verified_at},
            )
        for id_, letter, path, finished_at in (
            (1, "verify", f"/verify/{SECRET}", "2026-11-01 00:00:00"),
            (2, "reset", f"/new-password/{SECRET}", None),
            (3, "notice", "/jobs/7", None),
        ):
            session.execute(
                text(
                    "INSERT INTO effects (id, task, payload, priority, due_at, attempts,"
                    " finished_at) VALUES (:id, 'mail.send', :payload, 0, '2026-11-01 00:00:00',"
                    " 0, :finished_at)"
                ),
                {"id": id_, "payload": _payload(letter, path), "finished_at": finished_at},
            )
        session.execute(
            text(
                "INSERT INTO kept_letters (id, effect_id, recipient, subject, body, kept_at)"
                f" VALUES (1, 1, 'x', 'y', 'http://h/verify/{SECRET}\n\nThe', '2026-11-01')"
            )
        )
    return empty


def _payload(letter: str, path: str) -> str:
    given = {"to": "new@example.org", "name": "N", "language": "en", "letter": letter}
    return json.dumps(given | {"params": {"path": path}})


def everything(*tables: str) -> str:
    with db.engine.connect() as connection:
        return repr([connection.execute(text(f"SELECT * FROM {t}")).all() for t in tables])


def test_nothing_that_opens_a_door_lies_there_afterwards(old_site: Flask):
    tables = ("effects", "kept_letters", "users")
    assert SECRET in everything(*tables)
    upgrade(revision=AFTER)
    left = everything(*tables)
    assert SECRET not in left
    assert "/verify/" in left
    assert "/jobs/7" in left


def test_a_letter_that_waited_is_written_anew(old_site: Flask):
    upgrade(revision=AFTER)
    with db.engine.connect() as connection:
        tasks = connection.execute(text("SELECT task FROM effects ORDER BY id")).scalars().all()
    assert tasks == ["mail.send", "accounts.wish", "mail.send"]
    downgrade(revision=BEFORE)
    assert "accounts.wish" not in everything("effects")
    assert "/jobs/7" in everything("effects")


def test_a_password_of_an_address_that_was_not_proved_opens_nothing(old_site: Flask):
    upgrade(revision=AFTER)
    with db.engine.connect() as connection:
        found = connection.execute(text("SELECT email, password_hash FROM users ORDER BY id")).all()
    assert found == [
        ("old@xn--bcher-kva.example", "$argon2 of theirs"),
        ("new@example.org", "!"),
    ]
