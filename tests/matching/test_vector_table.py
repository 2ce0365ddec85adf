"""The vectors in PostgreSQL come with the migration or later; where they cannot, it says why."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from flask import Flask
from flask_migrate import downgrade, upgrade
from sqlalchemy import Connection, Engine, text

from app.config import Config
from app.db import connect
from app.factory import create_app
from app.matching import vector_table
from app.matching.models import Subject
from app.matching.pgvector import PgVectorIndex
from app.web.database import db
from tests.databases import postgresql_url
from tests.matching.test_pgvector import MODEL, fill, unit_rows


def make_app(url: str, folder: Path) -> Flask:
    key = "a key for the tests, long enough for anyone"
    return create_app(Config(database_url=url, secret_key=key, instance=folder))


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Flask]:
    """A site on an empty PostgreSQL; its context is entered."""
    app = make_app(postgresql_url(tmp_path), tmp_path)
    with app.app_context():
        yield app
        db.engine.dispose()


def without_pgvector(engine: Engine) -> None:
    """Have the database look as on a machine where pgvector was never installed."""
    with engine.begin() as connection:
        connection.execute(
            text(
                "CREATE VIEW public.pg_available_extensions AS "
                "SELECT * FROM pg_catalog.pg_available_extensions WHERE name <> 'vector'"
            )
        )
        name = engine.url.database
        connection.execute(text(f'ALTER DATABASE "{name}" SET search_path = public, pg_catalog'))
    engine.dispose()


def is_there(engine: Engine) -> bool:
    with engine.connect() as connection:
        return vector_table.is_there(connection)


def count(connection: Connection) -> int:
    return connection.scalar(text("SELECT count(*) FROM vectors.bodies")) or 0


def test_the_migration_brings_the_table_filled_and_takes_it_away(site):
    upgrade(revision="0005")
    with db.engine.begin() as connection:
        fill(connection, unit_rows(np.random.default_rng(1), 5, 5))
    upgrade(revision="0006")
    with db.engine.begin() as connection:
        assert count(connection) == 5
    downgrade(revision="0005")
    assert not is_there(db.engine)
    with db.engine.begin() as connection:
        connection.execute(text("DELETE FROM embeddings"))


def test_without_pgvector_the_migration_says_so_and_goes_on(site, caplog):
    without_pgvector(db.engine)
    upgrade()
    assert "This PostgreSQL has no pgvector; install it on its machine." in caplog.text
    assert "flask matching build-vectors" in caplog.text
    assert not is_there(db.engine)
    with db.engine.begin() as connection:
        fill(connection, unit_rows(np.random.default_rng(1), 1, 1))


def test_installed_later_the_command_brings_it(site):
    without_pgvector(db.engine)
    upgrade()
    done = site.test_cli_runner().invoke(args=["matching", "build-vectors"])
    assert done.exit_code == 1
    assert "This PostgreSQL has no pgvector" in done.output
    with db.engine.begin() as connection:
        fill(connection, unit_rows(np.random.default_rng(1), 5, 5))
        connection.execute(text("DROP VIEW public.pg_available_extensions"))
    for _ in range(2):
        done = site.test_cli_runner().invoke(args=["matching", "build-vectors"])
        assert done.exit_code == 0, done.output
        assert "vectors of the profiles and their graph" in done.output
    with db.engine.begin() as connection:
        assert count(connection) == 5
        assert all(vector_table.has_graph(connection, subject) for subject in Subject)
        index = PgVectorIndex.open(connection, Subject.PROFILE, MODEL)
        assert index.ids.tolist() == [1, 2, 3, 4, 5]


def test_a_pgvector_that_is_too_old_is_named(site):
    with db.engine.begin() as connection:
        connection.execute(text("CREATE EXTENSION vector"))
        connection.execute(
            text("UPDATE pg_extension SET extversion = '0.7.4' WHERE extname = 'vector'")
        )
    with pytest.raises(vector_table.NoVectors, match=r"pgvector 0\.7\.4 is too old"):
        install(db.engine)


def test_a_role_that_may_not_switch_pgvector_on_is_told_who_may(site):
    with db.engine.begin() as connection:
        connection.execute(text("CREATE ROLE somebody LOGIN"))
    other = connect(db.engine.url.set(username="somebody").render_as_string(hide_password=False))
    with pytest.raises(vector_table.NoVectors, match="administrator of PostgreSQL"):
        install(other)
    other.dispose()
    with db.engine.begin() as connection:
        connection.execute(text("DROP ROLE somebody"))


def test_on_sqlite_the_command_says_that_it_needs_postgresql(tmp_path):
    app = make_app(f"sqlite:///{tmp_path / 'site.db'}", tmp_path)
    done = app.test_cli_runner().invoke(args=["matching", "build-vectors"])
    assert done.exit_code == 1
    assert "Only PostgreSQL can search vectors" in done.output


def test_a_graph_that_was_broken_off_is_built_anew(site):
    upgrade()
    with db.engine.begin() as connection:
        fill(connection, unit_rows(np.random.default_rng(1), 5, 5))
    vector_table.build_graph(db.engine, Subject.PROFILE)
    with db.engine.begin() as connection:
        connection.execute(
            text(
                "UPDATE pg_index SET indisvalid = false "
                "WHERE indexrelid = 'vectors.profiles_near'::regclass"
            )
        )
        assert not vector_table.has_graph(connection, Subject.PROFILE)
    vector_table.build_graph(db.engine, Subject.PROFILE)
    with db.engine.begin() as connection:
        assert vector_table.has_graph(connection, Subject.PROFILE)


def install(engine: Engine) -> None:
    with engine.begin() as connection:
        vector_table.install(connection)
