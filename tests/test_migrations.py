"""Migrations lead to the models, back to nothing, and again to the models."""

from pathlib import Path

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from flask import Flask
from flask_migrate import downgrade, upgrade
from sqlalchemy import Engine, inspect, text

from app.parks.models import company_key, park_key
from app.web.database import db

PARK = text(
    "INSERT INTO parks (id, slug, name, kind, operator_id, city, district, area, about, is_demo)"
    " VALUES (:id, :id, :name, 'women_park', 1, 'Gilgit', 'Gilgit', 'PK-GB', '', false)"
)
COMPANY = text(
    "INSERT INTO tenant_companies (id, park_id, name, about, since_on, is_demo)"
    " VALUES (:id, 1, :name, '', '2026-01-01', false)"
)
LETTER = text(
    "INSERT INTO kept_letters (effect_id, recipient, subject, body, kept_at)"
    " VALUES (1, 'a@example.org', :subject, '', '2026-01-01')"
)
FOLDER = Path(__file__).parent.parent / "migrations"


def differences(engine: Engine) -> list[object]:
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        return compare_metadata(context, db.metadata)


def tables(engine: Engine) -> set[str]:
    return set(inspect(engine).get_table_names()) - {"alembic_version"}


def checks(engine: Engine) -> dict[str, set[str]]:
    seen = inspect(engine)
    return {
        table: {str(check["name"]) for check in seen.get_check_constraints(table)}
        for table in sorted(tables(engine))
    }


def test_an_upgraded_empty_database_equals_the_models(empty: Flask):
    upgrade()
    assert differences(db.engine) == []


def test_an_upgraded_database_checks_what_the_models_check(empty: Flask):
    # Alembic's comparison does not look at CHECK constraints.
    upgrade()
    migrated = checks(db.engine)
    db.drop_all()
    db.create_all()
    assert migrated == checks(db.engine)
    assert any(migrated.values())


def test_the_comparison_finds_a_column_that_no_migration_made(empty: Flask):
    upgrade()
    with db.engine.connect() as connection:
        connection = connection.execution_options(will_write=True)
        with connection.begin():
            connection.execute(text("ALTER TABLE jobs DROP COLUMN description"))
    assert [difference[0] for difference in differences(db.engine)] == ["add_column"]


def test_down_to_nothing_and_up_again(empty: Flask):
    upgrade()
    full = tables(db.engine)
    downgrade(revision="base")
    assert tables(db.engine) == set()
    upgrade()
    assert tables(db.engine) == full
    assert differences(db.engine) == []


def test_what_is_there_twice_stays_and_only_the_first_keeps_the_key(empty: Flask):
    upgrade(revision="0012")
    downgrade(revision="-1")
    with db.engine.begin() as connection:
        connection.execute(text("INSERT INTO operators (id, key, name) VALUES (1, 'o', 'O')"))
        for number, name in enumerate(("Parc ÉTÉ", "parc été", "Parc  Été\u200b"), start=1):
            connection.execute(PARK, {"id": number, "name": name})
        for number, name in enumerate(("Sana & Co", "SANA & CO", "Zain"), start=1):
            connection.execute(COMPANY, {"id": number, "name": name})
        connection.execute(LETTER, {"subject": "s" * 200})
    upgrade(revision="0012")
    with db.engine.begin() as connection:
        parks = connection.execute(text("SELECT name, key FROM parks ORDER BY id")).all()
        companies = connection.execute(text("SELECT key FROM tenant_companies ORDER BY id")).all()
        connection.execute(text("UPDATE kept_letters SET subject = subject || 'more'"))
    assert [park.name for park in parks] == ["Parc ÉTÉ", "parc été", "Parc  Été\u200b"]
    first = "parc été\ngilgit"
    assert [park.key for park in parks] == [first, f"{first}\n2", f"{first}\n3"]
    assert [company.key for company in companies] == ["sana & co", "sana & co\n2", "zain"]
    downgrade(revision="-1")
    with db.engine.connect() as connection:
        assert connection.scalar(text("SELECT length(subject) FROM kept_letters")) == 200
        assert connection.scalar(text("SELECT count(*) FROM parks")) == 3
    upgrade(revision="0012")


def test_the_key_of_a_migrated_row_is_the_one_that_the_models_give(empty: Flask):
    # A migration imports no model, so it has the rule of its day for itself.
    script = ScriptDirectory(str(FOLDER)).get_revision("0012").module
    for name in (
        "Éclair Straße",
        "E\u0301CLAIR  strasse",
        "İ\u200b K",
        "ہنر\u200c پارک",
        "ΐ" * 120,
    ):
        assert script._joined(script._folded(name)) == company_key(name)
        assert script._joined(*map(script._folded, (name, "SKARDU"))) == park_key(name, "SKARDU")


def test_there_is_one_head_and_the_file_names_it():
    script = ScriptDirectory(str(FOLDER))
    assert script.get_heads() == [(FOLDER / "HEAD").read_text().strip()]


def test_no_migration_imports_a_model():
    for file in (FOLDER / "versions").glob("*.py"):
        assert "from app" not in file.read_text(), file
        assert "import app" not in file.read_text(), file
