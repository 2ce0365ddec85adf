"""`flask seed` and `flask demo sign-ins`, as somebody at a terminal meets them."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from flask import Flask
from flask_migrate import upgrade
from sqlalchemy.orm import Session

from app.config import Config
from app.factory import create_app
from app.web.database import db
from tests.factories import make_user
from tests.visitor import Visitor


@pytest.fixture
def fresh(new_database: Callable[[], str], tmp_path: Path) -> Iterator[Callable[..., Flask]]:
    """Make an application on an empty database of its own."""
    made = []

    def make(*, demo: bool = True) -> Flask:
        app = create_app(
            Config(
                database_url=new_database(),
                secret_key="a key for the tests, long enough for anyone",
                instance=tmp_path,
                demo=demo,
            )
        )
        made.append(app)
        return app

    yield make
    for app in made:
        with app.app_context():
            db.engine.dispose()


def run(app: Flask, *args: str):
    with app.app_context():  # as the `flask` command has it
        return app.test_cli_runner().invoke(args=args)


def migrate(app: Flask) -> None:
    with app.app_context():
        upgrade()


def test_an_empty_database_is_filled_and_its_people_can_sign_in(fresh):
    app = fresh()
    migrate(app)
    done = run(app, "seed", "--freelancers", "4", "--jobs", "5", "--seed", "3")
    assert done.exit_code == 0, done.output
    assert "4 freelancers and 5 jobs. Every demo password: hunar-demo-2026" in done.output
    shown = run(app, "demo", "sign-ins").output.splitlines()
    assert [line.split() for line in shown] == [
        [role, f"{role}@demo.example", "hunar-demo-2026"]
        for role in ("freelancer", "client", "manager", "operator")
    ]
    with app.app_context(), Session(db.engine) as session:
        email = {"email": "manager@demo.example", "password": "hunar-demo-2026"}
        assert Visitor(app, session).post("/sign-in", email).status == 303


def test_a_database_with_people_is_said_to_be_left_alone(app: Flask, session: Session):
    make_user(session)
    session.commit()
    done = run(app, "seed")
    assert done.exit_code == 0
    assert done.output == "There are people in this database already; it is left as it is.\n"


def test_only_sign_ins_that_are_there_are_shown(app: Flask, session: Session):
    assert run(app, "demo", "sign-ins").output == ""
    make_user(session, email="client@demo.example")  # somebody real, who took the address
    session.commit()
    assert run(app, "demo", "sign-ins").output == ""


def test_a_real_installation_is_not_filled(fresh):
    done = run(fresh(demo=False), "seed")
    assert done.exit_code == 1
    assert "This is no demonstration (HUNAR_DEMO=0)" in done.output


def test_a_database_without_tables_is_said_to_be_behind(fresh):
    done = run(fresh(), "seed")
    assert done.exit_code == 1
    assert "flask db upgrade" in done.output


@pytest.mark.parametrize("number", ["0", "1000001", "many"])
def test_numbers_nobody_can_mean_are_refused(app: Flask, number: str):
    assert run(app, "seed", "--freelancers", number).exit_code == 2
