"""The pages of jobs over HTTP: the public list, a job's page, and a client's work on it."""

from datetime import date

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select

from app.jobs import invitations, posts
from app.jobs.models import Job, JobStatus, PayKind, ProposalStatus
from app.permissions import Role
from tests.factories import make_job, make_profile, make_proposal, make_skill, make_user
from tests.jobs.typed import DESCRIPTION, RLO, job_form


@pytest.fixture
def client(session):
    for label in ("WordPress", "PHP"):
        make_skill(session, label)
    return make_user(session, Role.CLIENT, name="Café Lisboa")


@pytest.fixture
def browser(visitor, client):
    """The client's browser."""
    return visitor.sign_in(client)


def only_job(session) -> Job | None:
    session.expire_all()
    return session.scalars(select(Job)).one_or_none()


def test_the_board_says_so_when_it_is_empty(visitor):
    page = visitor.get("/jobs")
    assert page.status == 200
    assert "No job is open just now." in page.text


def test_the_board_shows_a_jobs_terms_to_anybody(visitor, session):
    make_job(session, title="Shop <b>for</b> Lisbon", skills=(make_skill(session, "PHP"),))
    make_job(session, title="A secret draft", status=JobStatus.DRAFT)
    session.commit()
    page = visitor.get("/jobs")
    for shown in ("1 job", "Shop <b>for</b> Lisbon", "$500", "4 weeks", "24 Dec 2026", "PHP"):
        assert shown in page.text
    assert "A secret draft" not in page.text


def test_the_board_is_narrowed_by_words_and_by_a_skill_under_any_name(visitor, session):
    script = make_skill(session, "JavaScript", "JS")
    make_job(session, title="Map of Gilgit", skills=(script,))
    make_job(session, title="Logo of a fox")
    session.commit()
    for path in ("/jobs?q=gilgit", "/jobs?skill=js", "/jobs?q=javascript"):
        page = visitor.get(path)
        assert "Map of Gilgit" in page.text
        assert "Logo of a fox" not in page.text
    page = visitor.get("/jobs?q=submarine")
    assert "No open job matches." in page.text
    assert page.value("q") == "submarine"


def test_an_unknown_skill_is_met_with_suggestions(visitor, session):
    make_skill(session, "WordPress")
    session.commit()
    page = visitor.get("/jobs?skill=Wordpess")
    assert "We know no skill called “Wordpess”." in page.text
    assert page.soup.find("a", string="WordPress", href="/jobs?skill=WordPress")
    assert page.status == 200


@pytest.mark.parametrize("query", [f"q={RLO}", "q=" + "x" * 201, "skill=" + "x" * 201])
def test_a_search_that_is_wrong_is_refused_with_a_sentence(visitor, query):
    page = visitor.get(f"/jobs?{query}")
    assert page.status == 422
    assert page.soup.find(class_="wrong-note").text.strip()


@pytest.mark.parametrize("before", ["x", "-1", "0", "9" * 30, "²"])
def test_a_place_in_the_list_that_is_none_is_its_beginning(visitor, before):
    assert visitor.get(f"/jobs?before={before}").status == 200


def test_the_board_goes_on_page_by_page(visitor, session):
    for number in range(posts.PAGE + 1):
        make_job(session, title=f"Job number {number}!")
    session.commit()
    first = visitor.get("/jobs")
    assert "Job number 20!" in first.text
    assert "Job number 0!" not in first.text
    second = visitor.get(first.soup.find("a", rel="next")["href"])
    assert "Job number 0!" in second.text
    assert second.soup.find("a", rel="prev")["href"] == "/jobs"
    assert not second.soup.find("a", rel="next")


def test_a_visitor_sees_a_job_and_is_led_to_propose(visitor, session, client):
    job = make_job(session, client, languages=("de", "en"))
    for _ in range(6):
        make_proposal(session, job)
    session.commit()
    page = visitor.get(f"/jobs/{job.id}")
    for shown in ("Website for a bakery", "Café Lisboa", "24 Dec 2026", "German", "5 or more"):
        assert shown in page.text
    assert page.soup.find("a", href=f"/jobs/{job.id}/propose")
    assert not page.soup.find("a", href=f"/jobs/{job.id}/edit")


@pytest.mark.parametrize("status", [JobStatus.DRAFT, JobStatus.CLOSED, JobStatus.HIRED])
def test_a_job_that_is_not_open_is_no_page_for_strangers(visitor, session, status):
    job = make_job(session, status=status)
    session.commit()
    assert visitor.get(f"/jobs/{job.id}").status == 404
    visitor.sign_in(make_user(session))
    for path in ("", "/propose"):
        assert visitor.get(f"/jobs/{job.id}{path}").status == 404


@pytest.mark.parametrize("path", ["/jobs/0", "/jobs/99999", "/jobs/99999999999", "/jobs/x"])
def test_there_is_no_such_job(visitor, path):
    assert visitor.get(path).status == 404


def test_a_job_is_kept_as_a_draft(browser, session, client):
    page = browser.follow(browser.post("/jobs/new", job_form(description="", skills="")))
    job = only_job(session)
    assert (job.status, job.client_id) == (JobStatus.DRAFT, client.id)
    assert "Only you can see this page." in page.text
    assert "List at least one skill." in page.text
    assert not page.soup.find("form", action=f"/jobs/{job.id}/publication")


def test_publishing_leads_to_those_who_fit(browser, session):
    page = browser.post("/jobs/new", job_form(publish="1"))
    job = only_job(session)
    assert (page.status, page.path) == (303, f"/jobs/{job.id}/shortlist")
    assert job.status is JobStatus.OPEN


def test_a_draft_is_published_from_its_page(browser, session):
    page = browser.follow(browser.post("/jobs/new", job_form()))
    job = only_job(session)
    assert page.soup.find("form", action=f"/jobs/{job.id}/publication")
    page = browser.post(f"/jobs/{job.id}/publication")
    assert (page.status, page.path) == (303, f"/jobs/{job.id}/shortlist")
    assert browser.post(f"/jobs/{job.id}/publication").status == 409


def test_an_incomplete_draft_is_not_published(browser, session, client):
    job = make_job(session, client, status=JobStatus.DRAFT)
    session.commit()
    page = browser.post(f"/jobs/{job.id}/publication")
    assert page.status == 409
    assert "List at least one skill." in page.text
    assert only_job(session).status is JobStatus.DRAFT


@pytest.mark.parametrize(
    "changes",
    [
        {"title": ""},
        {"title": "x" * 121},
        {"title": f"Shop{RLO}"},
        {"description": DESCRIPTION + "\0"},
        {"skills": "Wizardry of the north"},
        {"budget": "<b>500</b>"},
        {"weeks": "many"},
        {"answer_by_on": "2026-11-22"},
        {"pay_kind": "gold"},
        {"description": "Short.", "publish": "1"},
    ],
)
def test_a_refused_job_is_not_saved_and_stays_in_the_form(browser, session, changes):
    typed = job_form(**changes)
    page = browser.post("/jobs/new", typed)
    assert page.status == 422
    assert page.soup.find(class_="wrong-note").text.strip()
    assert only_job(session) is None
    for name in ("title", "description", "skills", "budget", "weeks", "answer_by_on"):
        assert page.value(name).strip() == typed[name].strip()


def test_an_empty_form_is_refused_with_sentences(browser, session):
    page = browser.post("/jobs/new", {})
    assert page.status == 422
    assert only_job(session) is None


def test_a_body_too_large_is_refused(browser, session):
    page = browser.post("/jobs/new", job_form(description="x" * 1_000_000))
    assert page.status == 413
    assert only_job(session) is None


def test_a_job_is_edited_and_what_was_chosen_is_still_there(browser, session, client):
    browser.post("/jobs/new", job_form(pay_kind="hourly", least="12.50", most="20", publish="1"))
    job = only_job(session)
    page = browser.get(f"/jobs/{job.id}/edit")
    assert page.value("least") == "12.50"
    assert page.value("skills") == "WordPress, PHP"
    assert page.soup.find("input", value="hourly").has_attr("checked")
    changed = job_form(title="A better title", skills="PHP", languages=["en", "de"], budget="70")
    assert browser.post(f"/jobs/{job.id}/edit", changed).path == f"/jobs/{job.id}"
    job = only_job(session)
    assert (job.title, job.pay_kind, job.most_minor) == ("A better title", PayKind.FIXED, 7_000)
    shown = browser.get(f"/jobs/{job.id}").text
    assert "PHP" in shown
    assert "WordPress" not in shown


def test_a_public_job_cannot_lose_what_it_needs(browser, session):
    browser.post("/jobs/new", job_form(publish="1"))
    job = only_job(session)
    page = browser.post(f"/jobs/{job.id}/edit", job_form(skills=""))
    assert page.status == 422
    assert "List at least one skill." in page.text


def test_the_currency_of_a_job_with_proposals_is_refused_beside_its_field(browser, session):
    browser.post("/jobs/new", job_form(publish="1"))
    job = only_job(session)
    make_proposal(session, job)
    session.commit()
    page = browser.post(f"/jobs/{job.id}/edit", job_form(currency="EUR", title="New"))
    assert page.status == 409
    assert "The currency stays as it is" in page.text
    assert page.value("title") == "New"
    assert only_job(session).title != "New"


def test_a_job_is_closed_and_opened_again(browser, session, client):
    skill = make_skill(session, "Figma")
    job = make_job(session, client, skills=(skill,))
    waiting = make_proposal(session, job)
    session.commit()
    page = browser.get(f"/jobs/{job.id}")
    assert "1 freelancer still waits" in page.text
    page = browser.follow(browser.post(f"/jobs/{job.id}/closing"))
    assert "Closed" in page.text
    session.expire_all()
    assert waiting.status is ProposalStatus.DECLINED
    assert browser.post(f"/jobs/{job.id}/closing").status == 409
    page = browser.follow(browser.post(f"/jobs/{job.id}/reopening"))
    assert "The job is open again." in page.text
    assert only_job(session).status is JobStatus.OPEN


def test_a_closed_job_of_another_time_must_be_edited_before_it_opens(browser, session, client):
    skill = make_skill(session, "Figma")
    past = date(2026, 11, 1)
    job = make_job(session, client, skills=(skill,), status=JobStatus.CLOSED, answer_by_on=past)
    session.commit()
    page = browser.get(f"/jobs/{job.id}")
    assert "The last day to propose has passed." in page.text
    assert browser.post(f"/jobs/{job.id}/reopening").status == 409


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("get", "edit"),
        ("post", "edit"),
        ("post", "publication"),
        ("post", "closing"),
        ("post", "reopening"),
        ("post", "invitations"),
        ("get", "proposals"),
    ],
)
def test_another_clients_job_is_not_theirs_to_change(browser, session, method, path):
    public, draft = make_job(session), make_job(session, status=JobStatus.DRAFT)
    session.commit()
    call = getattr(browser, method)
    assert call(f"/jobs/{public.id}/{path}").status == 403
    assert call(f"/jobs/{draft.id}/{path}").status == 404


def test_a_freelancer_posts_no_jobs(visitor, session):
    visitor.sign_in(make_user(session))
    assert visitor.get("/jobs/new").status == 403
    assert visitor.post("/jobs/new", job_form()).status == 403
    assert visitor.get("/my-jobs").status == 403


def test_a_visitor_is_sent_to_sign_in(visitor, session):
    job = make_job(session)
    session.commit()
    for path in ("/jobs/new", "/my-jobs", f"/jobs/{job.id}/edit", f"/jobs/{job.id}/propose"):
        assert visitor.get(path).path.startswith("/sign-in")


def test_my_jobs_says_where_each_stands(browser, session, client):
    assert "You have posted no job yet." in browser.get("/my-jobs").text
    job = make_job(session, client, title="An open one")
    make_job(session, client, title="A draft", status=JobStatus.DRAFT)
    make_job(session, title="Somebody else's")
    make_proposal(session, job)
    make_proposal(session, job, status=ProposalStatus.DECLINED)
    session.commit()
    page = browser.get("/my-jobs")
    for shown in ("An open one", "A draft", "2 proposals", "1 waits for your answer"):
        assert shown in page.text
    assert "Somebody else's" not in page.text


def test_a_freelancer_is_invited_from_the_list_of_those_who_fit(browser, session, client):
    job, profile = make_job(session, client), make_profile(session)
    session.commit()
    page = browser.post(f"/jobs/{job.id}/invitations", {"profile_id": profile.id})
    assert (page.status, page.path) == (303, f"/jobs/{job.id}/shortlist")
    assert invitations.ids_invited(session, job) == {profile.id}
    again = browser.post(f"/jobs/{job.id}/invitations", {"profile_id": profile.id})
    assert again.status == 409
    assert "You have already invited this freelancer." in again.text


def test_an_invitation_can_be_written_on_a_page_of_its_own(browser, session, client):
    job, profile = (
        make_job(session, client),
        make_profile(session, make_user(session, name="Amina")),
    )
    session.commit()
    page = browser.get(f"/jobs/{job.id}/invitations?profile_id={profile.id}")
    assert page.headings[0] == "Invite Amina"
    assert page.value("profile_id") == str(profile.id)
    sent = {"profile_id": profile.id, "message": "x" * 1001}
    page = browser.post(f"/jobs/{job.id}/invitations", sent)
    assert page.status == 422
    assert page.value("message") == "x" * 1001
    assert invitations.ids_invited(session, job) == set()


@pytest.mark.parametrize("profile_id", ["", "0", "x", "99999", "9" * 30])
def test_nobody_is_invited_by_an_id_that_is_none(browser, session, client, profile_id):
    job = make_job(session, client)
    draft = make_profile(session, published=False)
    session.commit()
    for picked in (profile_id, draft.id):
        page = browser.post(f"/jobs/{job.id}/invitations", {"profile_id": picked})
        assert page.status == 404


@settings(
    max_examples=25,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(typed=st.dictionaries(st.sampled_from(sorted(job_form())), st.text(max_size=40)))
def test_whatever_is_typed_a_job_is_saved_or_refused(browser, session, typed):
    before = session.scalar(select(func.count(Job.id)))
    page = browser.post("/jobs/new", job_form(**typed))
    saved = session.scalar(select(func.count(Job.id))) - before
    assert (page.status, saved) in ((303, 1), (422, 0))
