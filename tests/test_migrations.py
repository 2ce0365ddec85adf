"""Migrations lead to the models, back to nothing, and again to the models."""

from pathlib import Path

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from flask import Flask
from flask_migrate import downgrade, upgrade
from sqlalchemy import Engine, inspect, text

from app.web.database import db

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


def test_there_is_one_head_and_the_file_names_it():
    script = ScriptDirectory(str(FOLDER))
    assert script.get_heads() == [(FOLDER / "HEAD").read_text().strip()]


def test_no_migration_imports_a_model():
    for file in (FOLDER / "versions").glob("*.py"):
        assert "from app" not in file.read_text(), file
        assert "import app" not in file.read_text(), file
