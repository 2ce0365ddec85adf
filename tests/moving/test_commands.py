"""`flask move-to` as a process: it can be killed and run again, and says what it found."""

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest
from sqlalchemy import Engine, insert, inspect, select, text
from sqlalchemy.orm import Session

from app.accounts.models import User
from app.db import transaction
from app.moving import schema
from app.moving.target import MARK, begin
from tests.moving.conftest import people_in
from tests.test_run import ROOT


def url(engine: Engine) -> str:
    return engine.url.render_as_string(hide_password=False)


@pytest.fixture
def start(source, tmp_path):
    """Start `flask move-to` as a process of its own on the site's database."""
    started: list[subprocess.Popen] = []

    def start(*words: str) -> subprocess.Popen:
        settings = {"DATABASE_URL": url(source), "HUNAR_INSTANCE": str(tmp_path / "of-its-own")}
        process = subprocess.Popen(
            [sys.executable, "-m", "flask", "--app", "wsgi", "move-to", *words],
            cwd=ROOT,
            env={**os.environ, **settings},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        started.append(process)
        return process

    yield start
    for process in started:
        process.kill()
        process.communicate()


def wait_for(condition) -> None:
    ends = time.monotonic() + 30
    while not condition():
        assert time.monotonic() < ends, "It never came to that."
        time.sleep(0.02)


def is_stuck_in_a_copy(target: Engine) -> bool:
    query = text(
        "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() "
        "AND query LIKE 'COPY \"users\"%' AND wait_event_type = 'Lock'"
    )
    with target.connect() as connection:
        return connection.scalar(query) == 1


def test_killed_in_the_middle_of_a_table_it_is_run_again_and_all_is_there_once(
    source, target, start
):
    with target.begin() as connection:
        begin(connection)
    schema.upgrade(target)
    with Session(source) as session:
        row = session.execute(select(User.__table__).offset(15)).mappings().first()
    with target.connect() as connection, connection.begin() as held:
        # Whoever copies this person must wait for us: half of the table is written by then.
        connection.execute(insert(User.__table__).values(row))
        process = start(url(target))
        wait_for(lambda: is_stuck_in_a_copy(target))
        process.kill()
        assert process.wait() == -9
        held.rollback()
    assert people_in(target) == 0
    assert MARK.name in inspect(target).get_table_names()
    again = start(url(target))
    said, complaint = again.communicate(timeout=60)
    assert again.returncode == 0, complaint
    assert "skills: 1 rows, copied before" in said
    assert people_in(target) == people_in(source)
    assert MARK.name not in inspect(target).get_table_names()


def run(site, *words: str):
    return site.test_cli_runner().invoke(args=["move-to", *words])


def test_it_prints_each_table_and_each_sum(site, target):
    done = run(site, url(target).replace("postgresql+psycopg:", "postgresql:"))
    assert done.exit_code == 0
    lines = [" ".join(line.split()) for line in done.output.splitlines()]
    assert any(line.startswith("users 3") and line.endswith("equal") for line in lines)
    assert "proposals.price_minor EUR 45,000 equal" in lines
    assert lines[-1].startswith("All of it is there.")
    again = run(site, url(target))
    assert "nothing was written" in again.output.splitlines()[-1]


def test_what_postgresql_searches_is_filled_from_what_was_copied(site, target):
    query = text(
        "SELECT e.body, vectors.numbers(e.body)::vector = b.body "
        "FROM embeddings e JOIN vectors.bodies b USING (subject, subject_id, model)"
    )
    assert run(site, url(target)).exit_code == 0
    with target.connect() as connection:
        assert connection.execute(query).all() == [(bytes(range(128)) * 12, True)]


def test_a_difference_ends_it_with_a_sentence_that_names_the_table(site, target):
    run(site, url(target))
    with transaction(target) as session:
        session.execute(text("UPDATE profiles SET headline = headline || '.'"))
    done = run(site, url(target))
    assert done.exit_code == 1
    assert "Table profiles has other rows" in done.output


@pytest.mark.parametrize(
    ("address", "sentence"),
    [
        ("sqlite:////somewhere/else.db", "name it as postgresql://"),
        ("mysql://host/name", "name it as postgresql://"),
        ("postgresql://nobody@127.0.0.1:9/nothing", "cannot be reached"),
    ],
)
def test_an_address_that_is_no_postgresql_is_refused(site, address, sentence):
    done = run(site, address)
    assert done.exit_code == 1
    assert sentence in done.output
    assert not Path("/somewhere").exists()
