"""The page that makes a draft of a job out of a description."""

import io

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select
from sqlalchemy.orm import selectinload

from app.jobs.models import Job, JobSkill
from app.permissions import Role
from tests.documents import made
from tests.doubles.meaning import Meaning, offered
from tests.factories import make_skill, make_user

TEXT = """WordPress developer for a bakery

We need an online shop with WordPress and JS, with a menu and the opening hours.
We pay $15-25/hr. It should take 6 weeks.
You speak English and German fluently."""


@pytest.fixture
def browser(visitor, session):
    make_skill(session, "JavaScript", "JS")
    make_skill(session, "WordPress", popularity=5)
    return visitor.sign_in(make_user(session, Role.CLIENT))


def send(browser, data: bytes, name: str):
    fields = {"file": (io.BytesIO(data), name)}
    return browser.post("/jobs/read", fields, content_type="multipart/form-data")


def check(page):
    assert page.status == 200
    assert "Nothing is saved yet." in page.text
    assert page.value("title") == "WordPress developer for a bakery"
    assert page.value("description").startswith("WordPress developer for a bakery")
    assert offered(page) == {"WordPress": True, "JavaScript": True}
    assert page.value("skills") == ""
    assert (page.value("least"), page.value("most"), page.value("weeks")) == ("15", "25", "6")
    assert page.soup.select_one("[name=pay_kind][checked]")["value"] == "hourly"
    ticked = [box["value"] for box in page.soup.select("[name=languages][checked]")]
    assert ticked == ["en", "de"]


def test_a_pasted_description_opens_the_form_filled(browser, session):
    check(browser.post("/jobs/read", {"text": TEXT}))
    assert session.scalar(select(func.count()).select_from(Job)) == 0


def test_so_does_a_file(browser):
    lines = TEXT.split("\n")
    check(send(browser, made.pdf(*lines), "job.pdf"))
    check(send(browser, made.word(*lines), "job.docx"))


def test_the_filled_form_is_saved_by_the_client(browser, session):
    page = browser.post("/jobs/read", {"text": TEXT})
    form = page.soup.select_one("main form[action='/jobs/new']")
    fields = ("title", "description", "skills", "least", "most", "weeks", "answer_by_on")
    typed = {name: page.value(name) for name in fields}
    typed["skills-offered"] = [label for label, ticked in offered(page).items() if ticked]
    typed |= {"pay_kind": "hourly", "currency": "USD", "languages": ["en"]}
    assert browser.post(form["action"], typed).status == 303
    skills = selectinload(Job.skills).joinedload(JobSkill.skill)
    job = session.scalars(select(Job).options(skills)).one()
    assert (job.title, job.least_minor) == ("WordPress developer for a bakery", 1500)
    assert [row.skill.label for row in job.skills] == ["WordPress", "JavaScript"]


def test_skills_the_words_may_mean_are_asked_about(browser, session, app):
    make_skill(session, "E-commerce")
    app.extensions["hunar"].matcher = Meaning(("e commerce", "an online shop"))
    page = browser.post("/jobs/read", {"text": TEXT})
    assert offered(page) == {"WordPress": True, "JavaScript": True, "E-commerce": False}
    assert "E-commerce from “ an online shop ”" in page.text


def test_what_is_not_said_keeps_the_forms_own_beginning(browser):
    page = browser.post("/jobs/read", {"text": "Something small."})
    assert (page.value("weeks"), page.value("budget")) == ("4", "")
    assert page.value("answer_by_on") == "2026-12-14"
    assert [box["value"] for box in page.soup.select("[name=languages][checked]")] == ["en"]


def test_a_long_description_says_that_its_end_is_left_out(browser):
    page = browser.post("/jobs/read", {"text": "A line of it.\n" * 900})
    assert page.status == 200
    assert "its end is left out" in page.text


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (made.scan(), "no text in this file"),
        (b"PK\x03\x04 broken", "broken"),
        (b"\0\1\2", "PDF, a DOCX or a plain text"),
    ],
)
def test_a_file_is_refused_in_words(browser, data, words):
    page = send(browser, data, "job.pdf")
    assert page.status == 422
    assert words in page.text


@pytest.mark.parametrize("text", ["", "  ", "a\0b", "a\u202eb", "x" * 20_000])
def test_a_text_is_refused_and_stays(browser, text):
    page = browser.post("/jobs/read", {"text": text})
    assert page.status == 422
    assert page.soup.select_one("main .wrong-note")


def test_the_job_form_leads_here(browser):
    link = browser.get("/jobs/new").soup.select_one("main a[href='/jobs/read']")
    assert link.text == "Start from a description"


@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.text(max_size=200) | st.text("$€1 ,.-kh/#:weks\n", max_size=60))
def test_any_text_is_answered(browser, text):
    typed = text.encode("utf-8", "ignore").decode()
    assert browser.post("/jobs/read", {"text": typed}).status in (200, 422)
