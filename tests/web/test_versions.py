"""Two windows on one thing: the second save is refused, shows both, and keeps what was typed."""

import threading

import pytest
from flask import Flask
from flask_migrate import upgrade

from app import db
from app.accounts import sessions
from app.permissions import Role
from app.web.database import db as web_db
from tests.factories import make_job, make_park, make_profile, make_skill, make_user
from tests.jobs.typed import job_form
from tests.visitor import Page


@pytest.fixture
def job(session):
    return make_job(session, skills=(make_skill(session, "WordPress"), make_skill(session, "PHP")))


def opened(page) -> dict[str, str]:
    return {"version": page.value("version")}


def test_the_second_of_two_windows_is_shown_both_and_chooses(visitor, session, job, held_clock):
    visitor.sign_in(job.client)
    path = f"/jobs/{job.id}/edit"
    version = opened(visitor.get(path))
    held_clock.forward(minutes=1)
    assert visitor.post(path, job_form(budget="1500", **version)).status == 303
    page = visitor.post(path, job_form(title="A shop for Lisbon", budget="900", **version))
    assert page.status == 409
    session.expire_all()
    assert job.most_minor == 150_000
    changes = page.soup.select_one("main .changes").get_text(" ")
    for said in ("Title", "Online shop for a bakery", "A shop for Lisbon", "1500", "900"):
        assert said in changes
    assert "WordPress" not in changes
    assert page.value("title") == "A shop for Lisbon"
    assert page.soup.select_one(f'main a[href="{path}"]')
    mine = job_form(title=page.value("title"), budget=page.value("budget"), **opened(page))
    assert visitor.post(path, mine).status == 303
    session.expire_all()
    assert (job.title, job.most_minor) == ("A shop for Lisbon", 90_000)


def test_both_stand_there_in_the_other_language_too(visitor, session, job, held_clock):
    visitor.sign_in(job.client)
    path = f"/jobs/{job.id}/edit"
    version = opened(visitor.get(path))
    assert visitor.post(path, job_form(budget="1500", **version)).status == 303
    page = visitor.post(path, job_form(title="A shop for Lisbon", **version))
    for language in ("ur", "en"):
        page = visitor.post(
            path, job_form(title=page.value("title"), shown_in=language, **opened(page))
        )
        assert (page.status, page.soup.html["lang"]) == (200, language)
        changes = page.soup.select_one("main .changes").get_text(" ")
        assert "Online shop for a bakery" in changes
        assert "1500" in changes
    assert visitor.post(path, job_form(title="A shop for Lisbon", **opened(page))).status == 303


def test_a_page_that_showed_both_is_no_pass_for_what_is_saved_later(visitor, session, job):
    visitor.sign_in(job.client)
    path = f"/jobs/{job.id}/edit"
    version = opened(visitor.get(path))
    assert visitor.post(path, job_form(budget="1500", **version)).status == 303
    page = visitor.post(path, job_form(budget="900", **version))
    seen_both = opened(page)
    again = opened(visitor.get(path))
    assert visitor.post(path, job_form(budget="1700", **again)).status == 303
    assert visitor.post(path, job_form(budget="900", **seen_both)).status == 409


def test_a_window_that_would_change_nothing_is_not_asked(visitor, session, job, held_clock):
    visitor.sign_in(job.client)
    path = f"/jobs/{job.id}/edit"
    version = opened(visitor.get(path))
    held_clock.forward(minutes=1)
    for _ in range(2):
        assert visitor.post(path, job_form(**version)).status == 303


def profile_form(**changes) -> dict[str, object]:
    typed = {"headline": "Web developer", "summary": "I build websites for shops.", "skills": ""}
    typed |= {"past_titles": "", "rate": "15", "currency": "USD", "hours_per_week": "30"}
    return typed | {"availability": "open", "languages": ["en"], "links": "", **changes}


@pytest.mark.parametrize("exists", [True, False])
def test_a_profile_is_not_undone_by_an_older_window(visitor, session, held_clock, exists):
    user = make_user(session)
    if exists:
        make_profile(session, user, published=False)
    visitor.sign_in(user)
    version = opened(visitor.get("/profile/edit"))
    held_clock.forward(minutes=1)
    assert visitor.post("/profile/edit", profile_form(rate="30", **version)).status == 303
    page = visitor.post("/profile/edit", profile_form(headline="Map maker", **version))
    assert page.status == 409
    changes = page.soup.select_one("main .changes").get_text(" ")
    assert "Map maker" in changes
    assert "30" in changes
    assert "$30" in visitor.get("/profile").text


def test_the_page_of_a_park_is_not_undone_by_an_older_window(visitor, session):
    manager = make_user(session, Role.MANAGER)
    park = make_park(session, managers=(manager,), about="Desks.")
    visitor.sign_in(manager)
    path = f"/my-parks/{park.id}/edit"
    version = opened(visitor.get(path))
    assert visitor.post(path, {"about": "Desks and tea.", "seats": "9", **version}).status == 303
    page = visitor.post(path, {"about": "Desks and light.", "seats": "9", **version})
    assert page.status == 409
    changes = page.soup.select_one("main .changes").get_text(" ")
    assert "Desks and tea." in changes
    assert "Desks and light." in changes
    assert "Seats" not in changes


def arranged(kind: str) -> tuple[str, str]:
    """One thing and its owner: where it is edited, and the token of a visit."""
    with db.transaction(web_db.engine) as session:
        skills = (make_skill(session, "WordPress"), make_skill(session, "PHP"))
        user = make_user(session, Role.CLIENT if kind == "job" else Role.FREELANCER)
        if kind == "job":
            path = f"/jobs/{make_job(session, user, skills=skills).id}/edit"
        else:
            make_profile(session, user, skills=skills, published=False)
            path = "/profile/edit"
        return path, sessions.begin(session, user, browser="test", address="127.0.0.1")


@pytest.mark.parametrize("kind", ["job", "profile"])
def test_of_two_saves_at_the_same_moment_one_wins_and_the_other_is_shown_both(empty: Flask, kind):
    upgrade()
    empty.config["WTF_CSRF_ENABLED"] = False
    path, token = arranged(kind)
    browsers = [empty.test_client() for _ in range(2)]
    versions = []
    for browser in browsers:
        with browser.session_transaction() as cookie:
            cookie.update(_user_id=token, _fresh=True)
        versions.append(opened(Page(browser.get(path))))
    gate = threading.Barrier(len(browsers))
    answers: dict[int, Page] = {}

    def save(number: int) -> None:
        said = (
            job_form(title=f"Window {number}", **versions[number])
            if kind == "job"
            else profile_form(headline=f"Window {number}", **versions[number])
        )
        gate.wait()
        answers[number] = Page(browsers[number].post(path, data=said))

    threads = [threading.Thread(target=save, args=(number,)) for number in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=30)
    assert sorted(page.status for page in answers.values()) == [303, 409]
    won, lost = sorted(answers, key=lambda number: answers[number].status)
    field = "title" if kind == "job" else "headline"
    assert answers[lost].value(field) == f"Window {lost}"
    assert f"Window {won}" in answers[lost].text
    assert Page(browsers[won].get(path)).value(field) == f"Window {won}"
