"""A database with the whole vocabulary, loaded once, and small ones made by hand."""

from collections.abc import Iterator

import pytest
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from app.db import Base, connect, transaction
from app.taxonomy import occupations, skills
from app.taxonomy.models import Skill, SkillName
from app.taxonomy.occupations import Taxonomy
from tests.databases import postgresql_url, sqlite_url


@pytest.fixture(scope="session")
def taxonomy() -> Taxonomy:
    return occupations.read()


@pytest.fixture(scope="session")
def stocked(
    request: pytest.FixtureRequest, database_url: str, taxonomy: Taxonomy, tmp_path_factory
) -> Iterator[Engine]:
    """A database of its own, because the vocabulary is too large to load for every test."""
    is_postgresql = database_url.startswith("postgresql")
    make = postgresql_url if is_postgresql else sqlite_url
    engine = connect(make(tmp_path_factory.getbasetemp()))
    Base.metadata.create_all(engine, tables=[Skill.__table__, SkillName.__table__])
    with transaction(engine) as session:
        skills.load(session, taxonomy)
    yield engine
    engine.dispose()


@pytest.fixture
def vocabulary(stocked: Engine) -> Iterator[Session]:
    """A session in which the whole vocabulary is loaded."""
    with Session(stocked) as session:
        yield session
