"""A form sent twice makes one thing, and the second press leads to what the first one made."""

import pytest
from sqlalchemy import func, select

from app.jobs.models import Job
from app.permissions import Role
from app.searches.models import SavedSearch
from tests.factories import make_skill, make_user
from tests.jobs.typed import job_form


@pytest.fixture
def client(visitor, session):
    for label in ("WordPress", "PHP"):
        make_skill(session, label)
    return visitor.sign_in(make_user(session, Role.CLIENT))


def count(session, kind) -> int:
    session.expire_all()
    return session.scalar(select(func.count()).select_from(kind))


def test_a_double_click_posts_one_job(client, session):
    key = client.get("/jobs/new").value("once")
    typed = job_form(publish="1", once=key)
    first, second = (client.post("/jobs/new", typed) for _ in range(2))
    assert first.status == second.status == 303
    assert first.path == second.path
    assert count(session, Job) == 1
    assert "You sent this twice. It was done once." in client.follow(second).text


def test_a_double_click_saves_one_search(client, session):
    path = "/saved-searches/new?kind=jobs&words=bakery"
    key = client.get(path).value("once")
    pages = [client.post(path, {"name": "Bakery", "once": key}) for _ in range(2)]
    assert {page.path for page in pages} == {"/saved-searches"}
    assert count(session, SavedSearch) == 1
