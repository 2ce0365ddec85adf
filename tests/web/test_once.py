"""A form sent twice makes one thing, and the second press leads to what the first one made."""

import threading

import pytest
from flask import Flask
from flask_migrate import upgrade
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app import db
from app.accounts import sessions
from app.jobs.models import Job
from app.parks.models import MembershipStatus
from app.permissions import Role
from app.searches.models import SavedSearch
from app.web.database import db as web_db
from app.web.once import FIELD, Submission, forget
from tests.access import address, pages
from tests.factories import (
    make_job,
    make_membership,
    make_park,
    make_profile,
    make_skill,
    make_user,
)
from tests.jobs.typed import job_form, proposal_form
from tests.visitor import Page
from tests.world import make_world

OURS = {"Sec-Fetch-Site": "same-origin"}


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


def test_the_same_form_with_other_words_is_asked_about_and_keeps_them(client, session):
    key = client.get("/jobs/new").value("once")
    made = client.post("/jobs/new", job_form(once=key))
    page = client.post("/jobs/new", job_form(once=key, title="A second shop"), headers=OURS)
    assert page.status == 409
    assert count(session, Job) == 1
    assert page.value("title") == "A second shop"
    assert page.soup.find("a", string="Look at what was saved")["href"] == made.path
    again = job_form(once=page.value("once"), title=page.value("title"))
    assert client.post(page.soup.find(id="main-form")["action"], again).status == 303
    assert count(session, Job) == 2


def test_a_refused_form_may_be_sent_again_with_its_key(client, session):
    key = client.get("/jobs/new").value("once")
    assert client.post("/jobs/new", job_form(once=key, title="")).status == 422
    assert client.post("/jobs/new", job_form(once=key)).status == 303
    assert count(session, Submission) == 1


def test_a_page_that_is_only_shown_anew_uses_no_key(visitor, session):
    proposer = make_profile(session).user
    job = make_job(session)
    visitor.sign_in(proposer)
    path = f"/jobs/{job.id}/propose"
    key = visitor.get(path).value("once")
    assert visitor.post(path, proposal_form(once=key, add_rows="1")).status == 200
    assert count(session, Submission) == 0
    assert visitor.post(path, proposal_form(once=key)).status == 303


def test_a_key_is_its_persons_own(visitors, session):
    people = [visitors().sign_in(make_user(session, Role.CLIENT)) for _ in range(2)]
    for label in ("WordPress", "PHP"):
        make_skill(session, label)
    session.commit()
    key = people[0].get("/jobs/new").value("once")
    for one in people:
        assert one.post("/jobs/new", job_form(once=key)).status == 303
    assert count(session, Job) == 2


@pytest.mark.parametrize("key", ["", "a\0bcdefgh", "x" * 41, "ک" * 9, "a b c d e f"])
def test_what_is_no_key_of_ours_does_no_harm(client, session, key):
    assert client.post("/jobs/new", job_form(once=key)).status == 303
    assert count(session, Submission) == 0


def test_keys_go_after_a_while(client, session, connection, held_clock):
    client.post("/jobs/new", job_form(once=client.get("/jobs/new").value("once")))
    assert forget(connection) == 0
    held_clock.forward(days=31)
    assert forget(connection) == 1
    assert count(session, Submission) == 0


@pytest.mark.parametrize("presses", [2, 4])
def test_of_presses_at_the_same_moment_one_makes_the_thing(empty: Flask, presses):
    upgrade()
    empty.config["WTF_CSRF_ENABLED"] = False
    with db.transaction(web_db.engine) as session:
        for label in ("WordPress", "PHP"):
            make_skill(session, label)
        token = sessions.begin(
            session, make_user(session, Role.CLIENT), browser="test", address="127.0.0.1"
        )
    gate = threading.Barrier(presses)
    answers: list[tuple[int, str]] = []

    def press() -> None:
        browser = empty.test_client()
        with browser.session_transaction() as cookie:
            cookie.update(_user_id=token, _fresh=True)
        gate.wait()
        answer = browser.post("/jobs/new", data=job_form(publish="1", once="pressed-twice.1"))
        answers.append((answer.status_code, answer.headers.get("Location", "")))

    threads = [threading.Thread(target=press) for _ in range(presses)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=30)
    assert len(answers) == presses
    assert len(set(answers)) == 1
    assert answers[0][0] == 303
    with Session(web_db.engine) as session:
        assert session.scalar(select(func.count(Job.id))) == 1


def without_keys(page: Page) -> list[str]:
    """The addresses of a page's forms that write and carry no key."""
    forms = page.soup.find_all("form", method="post")
    return [form.get("action", page.path) for form in forms if not form.find(attrs={"name": FIELD})]


def test_every_form_that_writes_carries_a_key(app, session, visitors):
    world = make_world(session)
    session.commit()
    walked, faults = 0, []
    for endpoint, actor in pages():
        visitor = visitors()
        if world.people[actor]:
            visitor.sign_in(world.people[actor])
        page = visitor.get(address(app, world, endpoint))
        walked += len(page.soup.find_all("form", method="post"))
        faults += [f"{endpoint}: {where}" for where in without_keys(page)]
    assert walked > 60
    assert faults == []


def test_a_planted_form_without_a_key_is_seen(client):
    page = client.get("/jobs/new")
    assert without_keys(page) == []
    page.response.data = page.response.data.replace(b'name="once"', b'name="twice"')
    assert "/jobs/new" in without_keys(page)


def test_no_two_forms_of_a_page_share_a_key(visitor, session):
    manager = make_user(session, Role.MANAGER)
    park = make_park(session, managers=(manager,))
    for _ in range(3):
        make_membership(session, make_user(session), park, status=MembershipStatus.ASKED)
    page = visitor.sign_in(manager).get(f"/my-parks/{park.id}")
    keys = [field["value"] for field in page.soup.find_all(attrs={"name": FIELD})]
    assert len(keys) == len(set(keys)) > 6
