"""What the migration of the sent forms does to a site that has been running, there and back."""

import pytest
from flask import Flask
from flask_migrate import downgrade, upgrade
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from app.web.database import db

BEFORE, AFTER = "0010", "0011"
FILLED = (
    "INSERT INTO users (id, email, name, password_hash, role, language, created_at, is_demo)"
    " VALUES (1, 'a@example.org', 'A', '!', 'freelancer', 'en', '2026-11-01', false)",
    "INSERT INTO profiles (id, user_id, headline, summary, currency, availability, hours_per_week,"
    " created_at, updated_at, is_demo)"
    " VALUES (1, 1, 'Map maker', 'Maps.', 'USD', 'open', 30, '2026-11-01', '2026-11-01', false)",
    "INSERT INTO operators (id, key, name) VALUES (1, 'o', 'O')",
    "INSERT INTO parks (id, slug, name, kind, operator_id, city, district, area, about, is_demo)"
    " VALUES (1, 'p', 'P', 'women_park', 1, 'Gilgit', 'Gilgit', 'PK-GB', 'Desks.', false)",
)
SENT = (
    "INSERT INTO submissions (user_id, key, digest, path, made_at)"
    " VALUES (1, 'pressed-once.1', 'd', '/jobs/7', '2026-11-01')"
)


def run(*statements: str) -> None:
    with db.engine.connect() as connection:
        connection = connection.execution_options(will_write=True)
        with connection.begin():
            for statement in statements:
                connection.execute(text(statement))


def asked(statement: str) -> list[tuple]:
    with db.engine.connect() as connection:
        return [tuple(row) for row in connection.execute(text(statement))]


def said() -> list[tuple]:
    return asked("SELECT headline, summary FROM profiles") + asked("SELECT name, about FROM parks")


def test_profiles_and_parks_get_a_first_version_and_keep_their_words(empty: Flask):
    upgrade(revision=BEFORE)
    run(*FILLED)
    words = said()
    upgrade(revision=AFTER)
    assert asked("SELECT version FROM profiles") == asked("SELECT version FROM parks") == [(1,)]
    run(SENT, "UPDATE profiles SET version = 7")
    with pytest.raises(IntegrityError):
        run(SENT)
    downgrade(revision=BEFORE)
    assert said() == words
    upgrade(revision=AFTER)
    assert said() == words
    assert asked("SELECT version FROM profiles") == [(1,)]
    assert asked("SELECT key FROM submissions") == []
