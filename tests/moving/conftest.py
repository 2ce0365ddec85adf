"""A small site with every kind of value in it, and empty PostgreSQL databases to move it to."""

from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from flask import Flask
from flask_migrate import upgrade
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from app.accounts.models import User
from app.db import Base, connect, transaction
from app.matching.models import Embedding, Exposure, FairnessReport, Subject
from app.moving.move import Move, Report
from app.web.database import db
from tests.databases import postgresql_url
from tests.factories import (
    make_job,
    make_profile,
    make_proposal,
    make_search,
    make_skill,
    make_user,
)

HARD_WORDS = "بیکری\tکے\nلیے \\. \\N 'one' \"two\" ، 🌟"


@pytest.fixture
def site(empty: Flask) -> Flask:
    """A site of its own, of the run's kind, with rows in it; its context is entered."""
    upgrade()
    with transaction(db.engine) as session:
        fill(session)
    return empty


@pytest.fixture
def source(site: Flask) -> Engine:
    """The database the site is on."""
    return db.engine


@pytest.fixture
def target() -> Iterator[Engine]:
    """An empty PostgreSQL."""
    engine = connect(postgresql_url(Path()))
    yield engine
    engine.dispose()


def fill(session: Session) -> None:
    """Write rows whose values two databases keep in different ways."""
    people = [make_user(session, name=f"{HARD_WORDS} {number}") for number in range(30)]
    people[3].is_demo = True
    people[4].created_at = datetime(2026, 1, 1, 0, 0, 0, 1, tzinfo=UTC)
    skill = make_skill(session, "Flask", "flask framework")
    profile = make_profile(session, people[0], skills=(skill,), summary=HARD_WORDS)
    make_profile(session, people[1], rate_minor=None, currency=None, published=False)
    make_proposal(session, make_job(session, skills=(skill,), currency="EUR"), profile)
    make_proposal(session, make_job(session, answer_by_on=date(2028, 2, 29)), profile)
    make_search(session, people[2], asked={"words": HARD_WORDS, "b": [1, 2.5, None], "a": True})
    session.add(Exposure(profile_id=profile.id, seen=0.1 + 0.2))
    session.add(FairnessReport(counted_on=date(2026, 11, 23), figures={"z": 1e-17, "a": {}}))
    session.add(
        Embedding(
            subject=Subject.PROFILE,
            subject_id=profile.id,
            model="a model",
            fingerprint="0" * 64,
            body=bytes(range(128)) * 12,  # 384 numbers
            titles=bytes(range(256)),
            terms="bakery",
            facts="{}",
            source_updated_at=profile.updated_at,
            updated_at=profile.updated_at,
        )
    )


def move(source: Engine, target: Engine, say: Callable[[str], None] = lambda line: None) -> Report:
    """Move everything, as the command does."""
    return Move(source, target, Base.metadata, say=say).run()


def people_in(engine: Engine) -> int:
    with Session(engine) as session:
        return session.query(User).count()
