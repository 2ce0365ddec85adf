"""Rows keep their values and their fingerprint in both databases; any change changes it."""

from collections.abc import Iterator
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import (
    JSON,
    Boolean,
    Column,
    Date,
    Double,
    Engine,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    Text,
    delete,
    insert,
    select,
    text,
)

from app.db import UtcDateTime, connect, enum_column
from app.moving.errors import CannotMove
from app.moving.tables import Canonical, Fingerprint, copy, fingerprint
from tests.databases import postgresql_url


class Colour(StrEnum):
    RED = "red"
    GREEN = "green"


METADATA = MetaData()
THINGS = Table(
    "things",
    METADATA,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("moment", UtcDateTime),
    Column("day", Date),
    Column("colour", enum_column(Colour, "colour")),
    Column("said", JSON(none_as_null=True)),
    Column("content", LargeBinary),
    Column("words", Text),
    Column("number", Double),
    Column("is_so", Boolean),
)
WORDS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=20)
NUMBERS = st.floats(allow_nan=False, allow_infinity=False)
VALUES = {
    "moment": st.datetimes(datetime(1, 1, 2), datetime(9999, 12, 30), timezones=st.just(UTC)),
    "day": st.dates(),
    "colour": st.sampled_from(Colour),
    "said": st.recursive(
        st.booleans() | st.integers(-(10**12), 10**12) | NUMBERS | WORDS,
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(WORDS, inner, max_size=3),
        max_leaves=6,
    ),
    "content": st.binary(max_size=20),
    "words": WORDS,
    "number": NUMBERS,
    "is_so": st.booleans(),
}
ROW = st.fixed_dictionaries({name: st.none() | values for name, values in VALUES.items()})


@pytest.fixture(scope="module")
def engines(tmp_path_factory) -> Iterator[list[Engine]]:
    """A SQLite and two PostgreSQL databases with the table of every type."""
    file = tmp_path_factory.mktemp("things") / "things.db"
    urls = (f"sqlite:///{file}", postgresql_url(Path()), postgresql_url(Path()))
    made = [connect(url) for url in urls]
    for engine in made:
        METADATA.create_all(engine)
    yield made
    for engine in made:
        engine.dispose()


def fill(engine: Engine, rows: list[dict]) -> None:
    with engine.begin() as connection:
        connection.execute(delete(THINGS))
        for number, row in enumerate(rows):
            connection.execute(insert(THINGS).values(id=number, **row))


def contents(engine: Engine) -> list:
    with engine.connect() as connection:
        return connection.execute(select(THINGS).order_by(THINGS.c.id)).all()


@settings(max_examples=40)
@given(rows=st.lists(ROW, max_size=6), is_sqlite=st.booleans())
def test_a_copy_equals_its_source_on_either_database(engines, rows, is_sqlite):
    sqlite, one, other = engines
    source = sqlite if is_sqlite else one
    fill(source, rows)
    fill(other, [])
    with source.connect() as read, other.begin() as write:
        copied = copy(read, write, THINGS, print)
        assert fingerprint(read, THINGS) == copied
    with other.connect() as connection:
        assert fingerprint(connection, THINGS) == copied
    assert contents(other) == contents(source)
    assert copied.rows == len(rows)


@settings(max_examples=40)
@given(rows=st.lists(ROW, max_size=6))
def test_the_same_rows_have_one_fingerprint_in_both_databases(engines, rows):
    sqlite, one, _ = engines
    for engine in (sqlite, one):
        fill(engine, rows)
    with sqlite.connect() as left, one.connect() as right:
        assert fingerprint(left, THINGS) == fingerprint(right, THINGS)


@settings(max_examples=60)
@given(row=ROW, changes=ROW, name=st.sampled_from(list(VALUES)))
def test_one_changed_value_changes_the_fingerprint(engines, row, changes, name):
    sqlite, one, _ = engines
    fill(sqlite, [row])
    fill(one, [{**row, name: changes[name]}])
    same = [values[:] for values in contents(sqlite)] == [values[:] for values in contents(one)]
    with sqlite.connect() as left, one.connect() as right:
        assert (fingerprint(left, THINGS) == fingerprint(right, THINGS)) is same


@given(rows=st.lists(st.lists(st.binary(max_size=3), max_size=3), max_size=5), data=st.data())
def test_a_fingerprint_knows_no_order_but_every_repetition(rows, data):
    def of(given: list[list[bytes]]) -> Fingerprint:
        seen = Fingerprint()
        for row in given:
            seen.add(row)
        return seen

    assert of(data.draw(st.permutations(rows))) == of(rows)
    if rows:
        assert str(of(rows + rows[:1] * 2)) != str(of(rows))
        assert of([[b"ab", b"c"]]) != of([[b"a", b"bc"]])


def test_a_value_of_an_unknown_type_is_refused():
    with pytest.raises(CannotMove, match="complex"):
        list(Canonical(Table("one", MetaData(), Column("value", Integer)))([1j]))


def test_a_table_keeps_its_triggers_and_none_runs_during_the_copy(engines):
    sqlite, _, other = engines
    fill(sqlite, [{"words": "one"}, {"words": "two"}])
    fill(other, [])
    with other.begin() as connection:
        connection.execute(
            text(
                "CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS "
                "$$ BEGIN RAISE EXCEPTION 'this trigger ran'; END $$"
            )
        )
        connection.execute(
            text(
                "CREATE TRIGGER refuse BEFORE INSERT ON things "
                "FOR EACH ROW EXECUTE FUNCTION refuse()"
            )
        )
    with sqlite.connect() as read, other.begin() as write:
        assert copy(read, write, THINGS, print).rows == 2
    with pytest.raises(Exception, match="this trigger ran"):
        fill(other, [{"words": "three"}])
    with other.begin() as connection:
        connection.execute(text("DROP FUNCTION refuse CASCADE"))
