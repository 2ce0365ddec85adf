"""A site arrives whole on PostgreSQL, or the move says which table did not."""

import pytest
from sqlalchemy import Engine, delete, func, inspect, select, text, update
from sqlalchemy.orm import Session

from app.accounts.models import User
from app.db import Base, connect, transaction
from app.jobs.models import Proposal, ProposalStep
from app.moving import schema
from app.moving.errors import CannotMove
from app.moving.target import MARK, begin, held
from app.searches.models import SavedSearch
from tests.factories import make_user
from tests.moving.conftest import move, people_in

TABLES = Base.metadata.sorted_tables


def contents(engine: Engine) -> dict[str, list]:
    """Every row of every table as the models show it, in an order of Python's own."""
    with engine.connect() as connection:
        return {
            table.name: sorted(map(tuple, connection.execute(select(table))), key=repr)
            for table in TABLES
        }


def add_a_person(engine: Engine, **given) -> None:
    with transaction(engine) as session:
        make_user(session, **given)


def test_every_value_of_every_table_arrives(source, target):
    report = move(source, target)
    there = contents(target)
    assert there == contents(source)
    assert there["users"]
    assert there["embeddings"]
    assert [one.table.name for one in report.compared] == [table.name for table in TABLES]
    assert not report.was_there
    assert MARK.name not in inspect(target).get_table_names()


def test_money_is_added_up_by_its_currency_also_where_another_table_names_it(source, target):
    totals = {(one.column, one.currency): one.target for one in move(source, target).totals}
    assert totals["proposals.price_minor", "EUR"] == 45_000
    assert totals["proposal_steps.amount_minor", "USD"] == 45_000
    assert totals["jobs.most_minor", "EUR"] == 50_000


def test_the_next_rows_are_numbered_as_at_the_source(source, target):
    if source.dialect.name == "postgresql":
        with transaction(source) as session:  # an id that was given and is gone
            person = make_user(session)
            session.execute(delete(User).where(User.id == person.id))
    move(source, target)
    for engine in (source, target):
        add_a_person(engine, email="next@example.org")
    find = select(User.id).where(User.email == "next@example.org")
    with Session(source) as one, Session(target) as other:
        assert one.scalar(find) == other.scalar(find)


def test_a_finished_move_run_again_compares_and_writes_nothing(source, target):
    versions = text("SELECT xmin, ctid FROM users ORDER BY id")
    move(source, target)
    with target.connect() as connection:
        before = connection.execute(versions).all()
    assert move(source, target).was_there
    with target.connect() as connection:
        assert connection.execute(versions).all() == before


def test_a_finished_move_that_differs_is_found_and_left_alone(source, target):
    move(source, target)
    with transaction(target) as session:
        session.execute(update(SavedSearch).values(asked={"words": "cafe"}))
    with pytest.raises(CannotMove, match="saved_searches has other rows"):
        move(source, target)
    with Session(target) as session:
        assert session.scalar(select(SavedSearch.asked)) == {"words": "cafe"}


def planting(act, *, when: str):
    """A listener that acts once, when the move says that it has come so far."""
    waiting = [act]

    def say(line: str) -> None:
        if line.startswith(when) and waiting:
            waiting.pop()()

    return say


def one_cent_more(target: Engine) -> None:
    with transaction(target) as session:
        first = select(func.min(ProposalStep.id)).scalar_subquery()
        step = update(ProposalStep).where(ProposalStep.id == first)
        session.execute(step.values(amount_minor=ProposalStep.amount_minor + 1))


def one_step_less(target: Engine) -> None:
    with transaction(target) as session:
        session.execute(delete(ProposalStep))


@pytest.mark.parametrize("damage", [one_cent_more, one_step_less])
def test_what_is_not_as_it_was_copied_is_named_and_copied_anew(source, target, damage):
    say = planting(lambda: damage(target), when="All is copied")
    with pytest.raises(CannotMove, match="Table proposal_steps differs"):
        move(source, target, say)
    move(source, target)
    assert contents(target) == contents(source)


def test_a_write_at_the_source_is_noticed_and_only_the_rest_is_copied_anew(source, target):
    say = planting(lambda: add_a_person(source), when="proposals:")
    with pytest.raises(CannotMove, match="users was written to while it was copied"):
        move(source, target, say)
    lines: list[str] = []
    move(source, target, lines.append)
    assert contents(target) == contents(source)
    assert any(line.startswith("skills:") and line.endswith("copied before") for line in lines)
    assert any(line.startswith("users:") and line.endswith("rows") for line in lines)


def test_what_was_deleted_at_the_source_between_two_runs_is_gone(source, target):
    say = planting(lambda: one_step_less(source), when="proposal_steps:")
    with pytest.raises(CannotMove, match="proposal_steps was written to"):
        move(source, target, say)
    with transaction(source) as session:
        session.execute(delete(Proposal))
    move(source, target)
    assert contents(target)["proposals"] == []


def test_a_site_of_its_own_is_refused_and_left_as_it_is(source, target, site):
    move(source, target)
    add_a_person(target, email="first@example.org")
    for given in ({}, {"email": "first@example.org", "name": "Somebody else"}):
        with pytest.raises(CannotMove, match=r"other data and was left as it is.*users"):
            move(source, target)
        add_a_person(source, **given)
    assert people_in(target) == people_in(source) - 1


def test_a_database_of_something_else_is_refused(source, target):
    with target.begin() as connection:
        connection.execute(text("CREATE TABLE wares (id integer)"))
    with pytest.raises(CannotMove, match="something else: table wares"):
        move(source, target)
    assert inspect(target).get_table_names() == ["wares"]


def test_a_migrated_database_without_rows_counts_as_empty(source, target):
    schema.upgrade(target)
    move(source, target)
    assert contents(target) == contents(source)


def test_a_move_that_was_interrupted_goes_on(source, target):
    def power_cut() -> None:
        raise RuntimeError("power cut")

    with pytest.raises(RuntimeError, match="power cut"):
        move(source, target, planting(power_cut, when="users:"))
    lines: list[str] = []
    assert not move(source, target, lines.append).was_there
    assert [line for line in lines if line.startswith("users:")] == [
        f"users: {people_in(source)} rows, copied before"
    ]
    assert contents(target) == contents(source)


def test_a_source_that_lacks_migrations_is_refused(source, target):
    with transaction(source) as session:
        session.execute(text("UPDATE alembic_version SET version_num = '0001'"))
    with pytest.raises(CannotMove, match="flask db upgrade"):
        move(source, target)
    assert inspect(target).get_table_names() == []


def test_a_half_moved_database_is_no_source(source, target):
    with source.connect().execution_options(will_write=True) as connection, connection.begin():
        begin(connection)
    with pytest.raises(CannotMove, match="not finished"):
        move(source, target)


def test_a_second_move_to_a_target_is_refused_while_the_first_goes_on(source, target):
    def second() -> None:
        with pytest.raises(CannotMove, match="Another move"), held(target, wait="50ms"):
            pass

    move(source, target, planting(second, when="users:"))
    with held(target, wait="50ms"):
        pass


def test_only_postgresql_is_a_target(source, tmp_path):
    other = connect(f"sqlite:///{tmp_path / 'other.db'}")
    with pytest.raises(CannotMove, match="postgresql://"):
        move(source, other)
    other.dispose()


@pytest.mark.parametrize("name", ["a name\0with nothing in it", "far too long " * 100])
def test_what_postgresql_cannot_hold_is_named(source, target, name):
    if source.dialect.name == "postgresql":
        pytest.skip("such a row exists on SQLite only")
    add_a_person(source, name=name)
    with pytest.raises(CannotMove, match="Table users cannot be copied as it is"):
        move(source, target)


def test_a_row_whose_parent_is_missing_is_named(source, target):
    if source.dialect.name == "postgresql":
        pytest.skip("such a row exists on SQLite only")
    with source.connect() as connection:
        connection.exec_driver_sql("ROLLBACK")
        connection.exec_driver_sql("PRAGMA foreign_keys=OFF")
        connection.exec_driver_sql("DELETE FROM jobs WHERE id = 1")
    with pytest.raises(CannotMove, match=r"Table job_\w+ cannot be copied"):
        move(source, target)
