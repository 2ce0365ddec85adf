"""The page of a team, as a client walks it from the shortlist to an invitation."""

from pathlib import Path

import brotli
import pytest
from sqlalchemy import func, select

from app.jobs import invitations
from app.jobs.models import JobStatus
from app.matching.models import Shown
from tests.factories import (
    make_job,
    make_membership,
    make_park,
    make_profile,
    make_proposal,
    make_skill,
    make_user,
)

HEAVIEST = 14 * 1024


@pytest.fixture
def skills(session):
    return tuple(make_skill(session, name) for name in ("Django", "Docker", "Figma"))


@pytest.fixture
def crew(session, skills):
    """Two who cover the job between them, each of a park, and somebody of a third park."""
    django, docker, figma = skills
    gilgit = make_park(session, name="Gilgit Park")
    karachi = make_park(session, name="Karachi Park", city="Karachi")
    skardu = make_park(session, name="Skardu Park", city="Skardu")
    people = {
        "Zahra Batool": (gilgit, (django, docker), "Six years of Django, daily.", 1500),
        "Bilal Khan": (karachi, (figma,), "I draw.", 1000),
        "Sana Mir": (skardu, (django,), "Shops.", None),
    }
    profiles = {}
    for name, (park, listed, summary, rate) in people.items():
        user = make_user(session, name=name)
        given = {"skills": listed, "summary": summary, "rate_minor": rate}
        profiles[name] = make_profile(session, user, **given)
        make_membership(session, user, park)
    return profiles


@pytest.fixture
def job_of_crew(session, client, skills, crew, encode):
    """A job that asks for what those people cover."""
    job = make_job(session, client, skills=skills, title="Shop")
    encode()
    return job


def invitations_on(page) -> list:
    return page.soup.select(".match form[action$=invitations]")


def page_of(job, query: str = "") -> str:
    return f"/jobs/{job.id}/team{query}"


def test_a_client_walks_from_the_shortlist_to_a_team_and_reads_why(
    session, at_desk, seen_again, crew, job_of_crew
):
    job = job_of_crew
    shortlist = at_desk.get(f"/jobs/{job.id}/shortlist")
    address = shortlist.soup.find("a", string="A team for this job")["href"]
    page = seen_again(at_desk, address)
    assert page.status == 200
    for words in (
        "2 people cover 3 of the 3 skills.",
        "Together an hour $25",
        "Hours a week 60",
        "Hours of this team the budget pays 20",
        "Seat 1 Zahra Batool",
        "Takes: Django Docker",
        "Nobody else we considered could take as much.",
        "$15 an hour · Gilgit Park",
        "Six years of Django , daily.",
        "Standby: Sana Mir",
        "Covers 1 of the 2 skills of this seat. In Skardu,",
        "Not found: Docker",
        "No rate named · Skardu Park",
        "Seat 2 Bilal Khan",
        "Takes: Figma",
        "No standby",
        "A job makes one contract.",
    ):
        assert words in page.text, words
    assert [mark.text for mark in page.soup.select("q mark")] == ["Django"]
    for profile in crew.values():
        assert page.soup.find("a", href=f"/freelancers/{profile.id}")


def test_a_client_chooses_how_many(session, client, at_desk, encode, skills, crew):
    job = make_job(session, client, skills=skills)
    encode()
    page = at_desk.get(page_of(job))
    links = page.soup.select(".tabs a")
    assert [link.text for link in links] == ["2 people", "3 people"]
    assert page.soup.select_one("[aria-current=page]").text == "2 people"
    three = at_desk.get(links[1]["href"])
    assert "Seat 3 Sana Mir" in three.text
    assert "More hands for: Django" in three.text
    one = at_desk.get(page_of(job, "?people=1"))
    assert "1 person covers 2 of the 3 skills." in one.text
    assert "Not covered by this team: Figma" in one.text


def test_one_who_covers_everything_is_said_and_more_are_offered(
    session, client, at_desk, encode, skills, crew
):
    job = make_job(session, client, skills=skills[:2])
    encode()
    page = at_desk.get(page_of(job))
    assert "1 person covers 2 of the 2 skills." in page.text
    assert "Take more people when it is more work than one can do." in page.text
    assert [link.text for link in page.soup.select(".tabs a")] == ["1 person", "2 people"]
    two = at_desk.get(page_of(job, "?people=2"))
    assert "One person alone covers as many: the others add hands." in two.text


def test_what_nobody_covers_is_said_plainly(session, client, at_desk, encode, skills, crew):
    rust = make_skill(session, "Rust")
    job = make_job(session, client, skills=(*skills, rust))
    alone = make_job(session, client, skills=(rust,))
    encode()
    assert "Covered by nobody we found: Rust" in at_desk.get(page_of(job)).text
    page = at_desk.get(page_of(alone))
    assert "Nobody who fulfils the conditions covers any of the skills" in page.text
    assert page.soup.find("a", href=f"/jobs/{alone.id}/edit")


def test_a_job_without_skills_asks_for_them(session, client, at_desk, encode, crew):
    job = make_job(session, client)
    encode()
    assert "Say which it needs." in at_desk.get(page_of(job)).text
    shortlist = at_desk.get(f"/jobs/{job.id}/shortlist")
    assert shortlist.soup.find("a", string="A team for this job") is None


def test_nobody_at_all_and_nobody_read_yet_are_said(session, client, at_desk, skills):
    job = make_job(session, client, skills=skills)
    session.commit()
    assert "No freelancer has a public profile yet." in at_desk.get(page_of(job)).text
    make_profile(session)
    session.commit()
    assert "Look again in a few seconds." in at_desk.get(page_of(job)).text


def test_where_nobody_fulfils_the_conditions_the_shortlist_says_which(
    session, client, at_desk, encode, skills
):
    make_profile(session, skills=skills, languages=("ur",))
    job = make_job(session, client, skills=skills)
    encode()
    page = at_desk.get(page_of(job))
    assert "Nobody fulfils every condition." in page.text
    assert page.soup.select_one(".empty a")["href"].startswith(f"/jobs/{job.id}/shortlist")


def test_a_condition_is_set_aside_here_too(session, client, at_desk, encode, skills):
    make_profile(session, make_user(session, name="Emma"), skills=skills, currency="EUR")
    job = make_job(session, client, skills=skills)
    encode()
    page = at_desk.get(page_of(job))
    assert "Emma" not in page.text
    relaxed = at_desk.get(page.soup.find("a", string="Show them too")["href"])
    assert "Seat 1 Emma" in relaxed.text
    assert "Together an hour €15" in relaxed.text
    assert "Hours of this team the budget pays" not in relaxed.text
    assert "relax=currency" in relaxed.soup.select_one(".tabs a")["href"]


def test_people_are_invited_from_the_page_and_one_stays_on_it(
    session, client, at_desk, encode, skills, crew
):
    job = make_job(session, client, skills=skills)
    encode()
    page = at_desk.get(page_of(job, "?people=2"))
    form = invitations_on(page)[0]
    sent = {field["name"]: field["value"] for field in form.select("input[type=hidden]")}
    sent.pop("csrf_token", None)
    done = at_desk.post(form["action"], sent)
    assert done.response.headers["Location"].endswith(page_of(job, "?people=2"))
    page = at_desk.follow(done)
    assert "Zahra Batool is invited." in page.text
    assert invitations.ids_invited(session, job) == {crew["Zahra Batool"].id}
    assert len(invitations_on(page)) == 2
    make_proposal(session, job, crew["Bilal Khan"])
    session.commit()
    assert "Has proposed" in at_desk.get(page_of(job)).text


def test_a_seat_becomes_a_job_of_its_own(session, client, at_desk, encode, skills, crew):
    job = make_job(session, client, skills=skills, title="Shop")
    encode()
    page = at_desk.get(page_of(job))
    form = page.soup.find("form", action=f"/jobs/{job.id}/parts")
    sent = [field["value"] for field in form.select("[name=skill]")]
    assert sent == [str(skill.id) for skill in skills[:2]]
    page = at_desk.follow(at_desk.post(form["action"], {"skill": sent}))
    assert "This draft has the skills of the seat." in page.text
    assert page.soup.find("input", attrs={"name": "title"})["value"] == "Shop: Django, Docker"
    alone = at_desk.get(page_of(job, "?people=1"))
    assert alone.soup.find("form", action=f"/jobs/{job.id}/parts") is None


def test_a_seat_of_no_skill_is_refused(session, client, at_desk, skills):
    job = make_job(session, client, skills=skills)
    session.commit()
    page = at_desk.post(f"/jobs/{job.id}/parts", {"skill": "x"})
    assert page.status == 409
    assert "Choose at least one skill of this job." in page.text


def test_nobody_is_invited_to_a_draft(session, client, at_desk, encode, skills, crew):
    job = make_job(session, client, skills=skills, status=JobStatus.DRAFT)
    encode()
    page = at_desk.get(page_of(job))
    assert "Seat 1" in page.text
    assert invitations_on(page) == []


@pytest.mark.parametrize("query", ["?people=0", "?people=x", "?people=-1", f"?people={'9' * 400}"])
@pytest.mark.usefixtures("crew")
def test_an_address_that_makes_no_sense_is_a_page(session, client, at_desk, encode, skills, query):
    job = make_job(session, client, skills=skills)
    encode()
    page = at_desk.get(page_of(job, query))
    assert page.status == 200
    assert "Seat 1" in page.text


def test_who_was_shown_is_written_down_once(session, client, at_desk, encode, skills, crew):
    job = make_job(session, client, skills=skills)
    encode()
    for _ in range(2):
        at_desk.get(page_of(job))
    (shown,) = session.scalars(select(Shown))
    order = ("Zahra Batool", "Sana Mir", "Bilal Khan")
    assert [entry["id"] for entry in shown.entries] == [crew[name].id for name in order]
    at_desk.get(page_of(job, "?people=1"))
    assert session.scalar(select(func.count(Shown.id))) == 2


def test_the_page_of_the_largest_team_is_light(app, session, client, at_desk, encode, skills):
    for number in range(12):
        user = make_user(session, name=f"Person With Some Name {number * 7919}")
        words = f"For {number} years I have worked with Django, Docker and Figma on {number * 31}"
        given = {"headline": f"Django and Docker developer number {number * 104729}"}
        make_profile(session, user, skills=skills, summary=f"{words} sites of shops.", **given)
        park = make_park(session, name=f"Software Technology Park {number * 17}", city=f"C{number}")
        make_membership(session, user, park)
    job = make_job(session, client, skills=skills)
    encode()
    page = at_desk.get(page_of(job, "?people=4"))
    assert len(page.soup.select(".standby a[href^='/freelancers']")) == 4
    style = Path(app.static_folder, "hunar.css").read_bytes()
    assert len(brotli.compress(page.response.data)) + len(brotli.compress(style)) <= HEAVIEST


def test_another_clients_job_has_no_team(session, at_desk, skills):
    job = make_job(session, skills=skills)
    session.commit()
    assert at_desk.get(page_of(job)).status == 404
