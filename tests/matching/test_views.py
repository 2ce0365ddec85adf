"""The pages of the match, as the people who read them meet them."""

from pathlib import Path

import brotli
import pytest
from sqlalchemy import func, select

from app.clock import now
from app.jobs.models import JobStatus, PayKind
from app.matching.models import Shown
from app.profiles.models import Availability
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


def page_of(job, **given) -> str:
    query = "&".join(f"{name}={value}" for name, value in given.items())
    return f"/jobs/{job.id}/shortlist?{query}"


def test_a_client_sees_who_fits_and_why(session, client, at_desk, encode, seen_again):
    django, docker = make_skill(session, "Django"), make_skill(session, "Docker")
    user = make_user(session, name="Zahra Batool")
    profile = make_profile(session, user, headline="Coder", summary="Six years of Django, daily.")
    park = make_park(session, name="Skardu IT Park")
    make_membership(session, user, park)
    job = make_job(session, client, skills=(django, docker), title="Coder")
    encode()
    page = seen_again(at_desk, page_of(job))
    assert page.status == 200
    for words in (
        "Zahra Batool",
        "Coder",
        "Django Six years of Django , daily.",
        "Not found: Docker",
        "Skardu IT Park",
        "$15 an hour: the budget pays 33 hours",
        "1 person looked at · 1 fulfils the conditions",
        "The ranking never reads names.",
    ):
        assert words in page.text
    assert [mark.text for mark in page.soup.select("q mark")] == ["Django"]
    assert page.soup.find("a", href=f"/freelancers/{profile.id}")


def test_points_are_shown_with_their_parts(session, client, at_desk, encode):
    make_profile(session, headline="Coder")
    make_profile(session, headline="Baker")
    job = make_job(session, client, title="Coder")
    encode()
    page = at_desk.get(page_of(job))
    scores = [text.get_text(" ").split()[1] for text in page.soup.select(".score")]
    assert scores == sorted(scores, key=int, reverse=True)
    points = [float(number.text) for number in page.soup.select(".parts")[0].select(".num")]
    assert round(sum(points)) == pytest.approx(int(scores[0]), abs=1)


def test_hidden_people_are_on_no_page(session, client, at_desk, encode):
    names = ("Seen", "Draft", "Away", "Suspended")
    users = {name: make_user(session, name=name) for name in names}
    people = {name: make_profile(session, user) for name, user in users.items()}
    job = make_job(session, client)
    encode()
    assert all(name in at_desk.get(page_of(job)).text for name in people)
    people["Draft"].published_at = None
    people["Away"].availability = Availability.AWAY
    users["Suspended"].suspended_at = now()
    session.commit()
    text = at_desk.get(page_of(job)).text
    assert [name for name in people if name in text] == ["Seen"]


def test_a_condition_is_set_aside_by_a_link(session, client, at_desk, encode):
    make_profile(session, make_user(session, name="Dear Person"), rate_minor=9000)
    job = make_job(session, client, pay_kind=PayKind.HOURLY, least_minor=500, most_minor=1000)
    encode()
    page = at_desk.get(page_of(job))
    assert "Ask for more an hour than the job pays : 1" in page.text
    assert "Dear Person" not in page.text
    link = page.soup.find("a", string="Show them too")["href"]
    relaxed = at_desk.get(link)
    assert "Dear Person" in relaxed.text
    assert "$90 an hour, above the budget" in relaxed.text
    assert "Some conditions are set aside." in relaxed.text


def test_the_counts_on_the_page_add_up(session, client, at_desk, encode):
    for given in ({}, {"languages": ("ur",)}, {"currency": "EUR"}, {"availability": "away"}):
        make_profile(session, **given)
    job = make_job(session, client)
    encode()
    page = at_desk.get(page_of(job))
    counts = [int(cell.text) for cell in page.soup.select("details td.num")]
    assert "4 people looked at" in page.text
    assert counts == [1, 1, 1, 0, 1]


def test_nobody_at_all_is_said_plainly(session, client, at_desk):
    job = make_job(session, client)
    session.commit()
    assert "No freelancer has a public profile yet." in at_desk.get(page_of(job)).text


def test_profiles_that_are_not_encoded_yet_are_said_to_come(session, client, at_desk):
    make_profile(session)
    job = make_job(session, client)
    session.commit()
    assert "Look again in a few seconds." in at_desk.get(page_of(job)).text


def test_who_cannot_be_relaxed_is_answered_by_changing_the_job(session, client, at_desk, encode):
    make_profile(session, availability=Availability.AWAY)
    job = make_job(session, client)
    encode()
    page = at_desk.get(page_of(job, relax="availability"))
    assert "Take no work now : 1" in page.text
    assert page.soup.find("a", string="Show them too") is None
    assert page.soup.find("a", href=f"/jobs/{job.id}/edit")


@pytest.mark.parametrize("query", ["page=0", "page=-3", "page=x", "page=99999", "relax=nothing"])
def test_an_address_that_makes_no_sense_is_a_page(session, client, at_desk, encode, query):
    make_profile(session)
    job = make_job(session, client)
    encode()
    assert at_desk.get(f"/jobs/{job.id}/shortlist?{query}").status == 200


def test_more_people_stand_on_further_pages(session, client, at_desk, encode):
    for number in range(12):
        make_profile(session, make_user(session, name=f"Someone {number:02}"))
    job = make_job(session, client)
    encode()
    first = at_desk.get(page_of(job))
    more = first.soup.find("a", rel="next")["href"]
    second = at_desk.get(more)
    places = [int(place.text) for page in (first, second) for place in page.soup.select(".place")]
    assert places == list(range(1, 13))
    assert second.soup.find("a", rel="next") is None
    assert at_desk.get(second.soup.find("a", rel="prev")["href"]).text == first.text


def test_another_clients_job_is_no_page(session, at_desk):
    job = make_job(session)
    session.commit()
    assert at_desk.get(page_of(job)).status == 404
    assert at_desk.get("/jobs/4711/shortlist").status == 404


def test_a_draft_is_answered_before_it_is_posted_but_nobody_is_invited(
    session, client, at_desk, encode
):
    make_profile(session)
    job = make_job(session, client, status=JobStatus.DRAFT)
    encode()
    page = at_desk.get(page_of(job))
    assert page.soup.select(".match")
    assert page.soup.find("button", string="Invite") is None


def test_an_invitation_is_one_press_and_said_afterwards(session, client, at_desk, encode):
    profile = make_profile(session)
    job = make_job(session, client)
    encode()
    page = at_desk.get(page_of(job))
    form = page.soup.select_one(".match form")
    done = at_desk.post(
        form["action"], {"profile_id": form.find(attrs={"name": "profile_id"})["value"]}
    )
    page = at_desk.follow(done)
    assert page.soup.select_one(".match form") is None
    assert "Invited" in page.soup.select_one(".match").text
    make_proposal(session, job, profile)
    session.commit()
    assert "Has proposed" in at_desk.get(page_of(job)).text


def test_what_was_shown_is_written_down_once(session, client, at_desk, encode):
    make_profile(session)
    job = make_job(session, client)
    encode()
    for _ in range(3):
        at_desk.get(page_of(job))
    (shown,) = session.scalars(select(Shown))
    assert (shown.subject, shown.subject_id, shown.viewer_id) == ("job", job.id, client.id)
    assert [entry["place"] for entry in shown.entries] == [1]
    assert shown.model == "hashing"
    make_profile(session)
    encode()
    at_desk.get(page_of(job))
    assert session.scalar(select(func.count(Shown.id))) == 2


def test_the_page_is_light(app, session, client, at_desk, encode):
    skills = tuple(make_skill(session, name) for name in ("Django", "Docker", "Figma", "Rust"))
    for number in range(20):
        make_profile(
            session,
            make_user(session, name=f"Person With Some Name {number * 7919}"),
            headline=f"Developer of things and other matters {number * 104729}",
            summary=f"For {number} years I have worked with Django and with Docker on {number * 31}"
            " sites of shops and of hotels, and before that I did something else entirely.",
            skills=skills[:3],
        )
    job = make_job(session, client, skills=skills)
    encode()
    page = at_desk.get(page_of(job))
    style = Path(app.static_folder, "hunar.css").read_bytes()
    weight = len(brotli.compress(page.response.data)) + len(brotli.compress(style))
    assert weight <= HEAVIEST


def test_a_freelancer_sees_jobs_that_fit_and_why(session, visitor, encode, seen_again):
    django, docker = make_skill(session, "Django"), make_skill(session, "Docker")
    user = make_user(session)
    make_profile(session, user, summary="Six years of Django.")
    job = make_job(session, title="Coder wanted", skills=(django, docker))
    encode()
    page = seen_again(visitor.sign_in(user), "/feed")
    assert page.status == 200
    assert page.soup.find("a", href=f"/jobs/{job.id}", string="Coder wanted")
    assert "Not found: Docker" in page.text
    assert [mark.text for mark in page.soup.select("q mark")] == ["Django"]
    assert session.scalar(select(Shown.subject)) == "profile"


def test_a_freelancer_without_a_profile_is_told_to_write_one(session, visitor):
    page = visitor.sign_in(make_user(session)).get("/feed")
    assert page.soup.find("a", string="Write my profile")


def test_a_feed_without_jobs_says_so(session, visitor):
    user = make_user(session)
    make_profile(session, user)
    session.commit()
    assert "No job is open just now." in visitor.sign_in(user).get("/feed").text


def test_a_feed_that_fits_nothing_offers_a_way_out(session, visitor, encode):
    user = make_user(session)
    make_profile(session, user)
    make_job(session, title="Deutsch", languages=("de",))
    encode()
    page = visitor.sign_in(user).get("/feed")
    assert "A language is missing on your profile : 1" in page.text
    assert "Deutsch" in visitor.get(page.soup.find("a", string="Show them too")["href"]).text


def test_a_freelancer_reads_how_one_job_fits(session, visitor, encode):
    django, docker = make_skill(session, "Django"), make_skill(session, "Docker")
    user = make_user(session)
    make_profile(session, user, skills=(django,), summary="Shops.")
    job = make_job(session, skills=(django, docker))
    encode()
    page = visitor.sign_in(user).get(f"/jobs/{job.id}/fit")
    for words in ("Place 1 of 1 jobs", "Listed: Django", "Not found: Docker", "Propose"):
        assert words in page.text


def test_a_job_that_does_not_fit_says_why_not(session, visitor, encode):
    user = make_user(session)
    make_profile(session, user)
    job = make_job(session, languages=("de",))
    encode()
    page = visitor.sign_in(user).get(f"/jobs/{job.id}/fit")
    assert "A language is missing on your profile" in page.text
    assert "Place" not in page.text


def test_how_a_job_fits_without_a_profile(session, visitor):
    job = make_job(session)
    page = visitor.sign_in(make_user(session)).get(f"/jobs/{job.id}/fit")
    assert page.soup.find("a", string="Write my profile")


@pytest.mark.parametrize("path", ["/jobs/1/shortlist", "/feed", "/jobs/1/fit"])
def test_a_visitor_is_asked_to_sign_in(visitor, path):
    page = visitor.get(path)
    assert page.status == 303
    assert page.path.startswith("/sign-in")


def test_each_side_has_its_own_pages(session, visitors, client):
    freelancer = visitors().sign_in(make_user(session))
    assert freelancer.get("/jobs/1/shortlist").status == 403
    manager = visitors().sign_in(client)
    assert manager.get("/feed").status == 403
    assert manager.get("/jobs/1/fit").status == 403
