"""The busiest pages ask the database a bounded number of things, however many they show."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
from sqlalchemy import event

from app import worker
from app.accounts.models import User
from app.cli import tasks
from app.matching import refresh
from app.permissions import Role
from tests.factories import (
    make_job,
    make_membership,
    make_park,
    make_profile,
    make_skill,
    make_user,
)

# Measured and rounded up by a few; a page that asks for each row it shows is far above.
BOUNDS = {
    "/jobs/{job}/shortlist": 21,
    "/feed": 20,
    "/search/freelancers?words=django": 20,
    "/jobs": 6,
    "/jobs/{job}": 11,
    "/freelancers/{profile}": 10,
}


@contextmanager
def counted(connection) -> Iterator[list[str]]:
    """The statements carried out meanwhile, but for those that only begin and end."""
    seen: list[str] = []

    def note(_connection, _cursor, statement, *_rest) -> None:
        if not statement.startswith(("SAVEPOINT", "RELEASE", "ROLLBACK", "BEGIN", "COMMIT")):
            seen.append(statement)

    event.listen(connection, "before_cursor_execute", note)
    try:
        yield seen
    finally:
        event.remove(connection, "before_cursor_execute", note)


@pytest.fixture
def site(session, connection, app) -> Callable[[int], dict[str, int]]:
    """Make a site of so many people and jobs; return what the addresses need."""

    def make(size: int) -> dict[str, int]:
        skills = tuple(make_skill(session, name) for name in ("Django", "Docker"))
        park = make_park(session)
        for number in range(size):
            user = make_user(session)
            text = {"headline": f"Coder {number}", "summary": f"Django, Docker; {number} years."}
            profile = make_profile(session, user, skills=skills, **text)
            make_membership(session, user, park)
        client = make_user(session, Role.CLIENT)
        jobs = [
            make_job(session, client, title=f"Coder {number}", skills=skills)
            for number in range(size)
        ]
        session.commit()
        refresh.refresh_all(connection, app.extensions["hunar"].matcher.encoder)
        return {
            "job": jobs[0].id,
            "profile": profile.id,
            "client": client.id,
            "freelancer": user.id,
        }

    return make


@pytest.mark.parametrize("address", BOUNDS)
def test_a_page_asks_a_bounded_number_of_things(session, connection, visitors, site, address):
    made = site(10)
    who = "client" if "shortlist" in address else "freelancer"
    visitor = visitors().sign_in(session.get_one(User, made[who]))
    path = address.format(**made)
    visitor.get(path)
    worker.drain(connection, tasks())
    with counted(connection) as seen:
        page = visitor.get(path)
    assert page.status == 200
    assert len(seen) <= BOUNDS[address], "\n".join(one.replace("\n", " ")[:160] for one in seen)


def test_a_page_that_asks_for_each_row_is_found_out(session, connection):
    users = [make_user(session) for _ in range(40)]
    session.commit()
    ids = [user.id for user in users]
    with counted(connection) as seen:
        for one in ids:
            session.expire_all()
            session.get_one(type(users[0]), one)
    assert len(seen) > max(BOUNDS.values())
