"""What the outbox held before keeps its moment through the migration, there and back."""

from datetime import datetime
from pathlib import Path

from alembic.script import ScriptDirectory
from flask import Flask
from flask_migrate import downgrade, upgrade
from sqlalchemy import text

from app.web.database import db

REVISION = "0010"
FOLDER = Path(__file__).parent.parent / "migrations"
DUE = "2026-11-23 09:00:00.000000"


def rows(columns: str) -> list[tuple]:
    with db.engine.connect() as connection:
        return [tuple(row) for row in connection.execute(text(f"SELECT {columns} FROM effects"))]


def test_an_effect_is_owed_since_it_was_due_and_survives_the_way_back(empty: Flask):
    before = ScriptDirectory(str(FOLDER)).get_revision(REVISION).down_revision
    upgrade(revision=before)
    with db.engine.connect() as connection:
        connection = connection.execution_options(will_write=True)
        with connection.begin():
            connection.execute(
                text(
                    "INSERT INTO effects (task, payload, due_at, attempts) "
                    f"VALUES ('mail.send', '{{}}', '{DUE}', 3)"
                )
            )
    upgrade(revision=REVISION)
    ((task, promised, note),) = rows("task, promised_at, note")
    assert (task, datetime.fromisoformat(str(promised)), note) == (
        "mail.send",
        datetime.fromisoformat(DUE),
        None,
    )
    downgrade(revision=before)
    assert rows("task, attempts") == [("mail.send", 3)]
    upgrade(revision=REVISION)
    assert rows("attempts, priority") == [(3, 0)]
