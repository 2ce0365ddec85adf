"""The files the demo data is made from, and a small site of it, written once."""

from collections.abc import Callable, Iterator

import pytest
from flask import Flask
from flask_migrate import upgrade
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from app.config import Config
from app.demo import seeding, sources
from app.demo.sources import Sources
from app.factory import create_app
from app.web.database import db
from tests.conftest import MORNING

FREELANCERS, JOBS, FIRST = 60, 40, 30


def plan_of(freelancers: int, jobs: int, **given) -> seeding.Plan:
    return seeding.Plan(
        **{
            "freelancers": freelancers,
            "jobs": jobs,
            "seed": 7,
            "moment": MORNING,
            "password_hash": "not a hash",
            "first": FIRST,
            **given,
        }
    )


@pytest.fixture(scope="session")
def given() -> Sources:
    return sources.read()


@pytest.fixture(scope="session")
def site(new_database: Callable[[], str], tmp_path_factory) -> Iterator[Flask]:
    """An application on a seeded database of its own; tests only look."""
    app = create_app(
        Config(
            database_url=new_database(),
            secret_key="a key for the tests, long enough for anyone",
            instance=tmp_path_factory.mktemp("demo"),
        )
    )
    app.testing = True
    with app.app_context():
        upgrade()
        for _ in seeding.seed(db.engine, plan_of(FREELANCERS, JOBS)):
            pass
    yield app
    with app.app_context():
        db.engine.dispose()


@pytest.fixture
def engine(site: Flask) -> Engine:
    with site.app_context():
        return db.engine


@pytest.fixture
def seeded(engine: Engine) -> Iterator[Session]:
    with Session(engine) as session:
        yield session
