"""The pages of proposals over HTTP: writing one, deciding on it, taking it back."""

import pytest
from sqlalchemy import select

from app.clock import now
from app.jobs.models import Invitation, JobStatus, Proposal, ProposalStatus
from app.permissions import Role
from tests.factories import (
    make_job,
    make_membership,
    make_park,
    make_profile,
    make_proposal,
    make_user,
)
from tests.jobs.typed import RLO, proposal_form, told

PRAISE = "Your shops look good."


@pytest.fixture
def client(session):
    return make_user(session, Role.CLIENT, name="Café Lisboa")


@pytest.fixture
def job(session, client):
    return make_job(session, client)


@pytest.fixture
def amina(session):
    return make_user(session, name="Amina")


@pytest.fixture
def profile(session, amina):
    return make_profile(session, amina)


@pytest.fixture
def freelancer(visitor, amina, profile):
    """The freelancer's browser."""
    return visitor.sign_in(amina)


@pytest.fixture
def browser(visitors, client, job):
    """The client's browser."""
    return visitors().sign_in(client)


def only_proposal(session) -> Proposal | None:
    session.expire_all()
    return session.scalars(select(Proposal)).one_or_none()


def test_a_proposal_is_sent_and_both_see_it(freelancer, browser, session, job):
    assert freelancer.get(f"/jobs/{job.id}").soup.find("a", href=f"/jobs/{job.id}/propose")
    typed = proposal_form(("Design", "100", "5"), ("Build", "350.50", "10"), questions="Logo?")
    page = freelancer.post(f"/jobs/{job.id}/propose", typed)
    proposal = only_proposal(session)
    assert (page.status, page.path) == (303, f"/proposals/{proposal.id}")
    assert proposal.price_minor == 45_050
    for shows in (freelancer.follow(page), browser.get(f"/proposals/{proposal.id}")):
        for shown in ("Design", "28 Nov 2026", "$350.50", "8 Dec 2026", "$450.50", "Logo?"):
            assert shown in shows.text
    assert "Amina" in browser.get(f"/jobs/{job.id}/proposals").text


def test_more_rows_keep_what_was_typed_and_send_nothing(freelancer, session, job):
    path = f"/jobs/{job.id}/propose"
    assert len(freelancer.get(path).soup.find_all("fieldset", class_="milestone")) == 4
    typed = proposal_form(("Design", "100", "5"), ("Build", "x", "10"), letter="", add_rows="1")
    page = freelancer.post(path, typed)
    assert page.status == 200
    assert len(page.soup.find_all("fieldset", class_="milestone")) == 8
    assert page.value("steps-0-title") == "Design"
    assert page.value("steps-1-amount") == "x"
    assert "Together so far: $100" in page.text
    assert not page.soup.find(class_="wrong-note")
    assert not page.soup.find("button", attrs={"name": "add_rows"})
    assert only_proposal(session) is None
    rows = [(f"Part {number}", "10", "2") for number in range(8)]
    assert freelancer.post(path, proposal_form(*rows)).status == 303
    assert only_proposal(session).price_minor == 8_000


@pytest.mark.parametrize(
    "changes",
    [
        {"letter": ""},
        {"letter": "x" * 5001},
        {"letter": f"Hello {RLO}"},
        {"letter": "Hello\0"},
        {"questions": "x" * 2001},
        {"steps-0-title": ""},
        {"steps-0-amount": "<b>450</b>"},
        {"steps-0-amount": "9" * 60},
        {"steps-0-days": "soon"},
        {"steps-1-title": "Half a milestone"},
        {"steps-9-title": "A tenth"},
    ],
)
def test_a_refused_proposal_is_not_sent_and_stays_in_the_form(freelancer, session, job, changes):
    typed = {**proposal_form(), **changes}
    page = freelancer.post(f"/jobs/{job.id}/propose", typed)
    assert page.status == 422
    assert page.soup.find(role="alert").text.strip()
    assert only_proposal(session) is None
    for name in ("letter", "steps-0-title", "steps-0-amount", "steps-0-days"):
        assert page.value(name).strip() == typed[name].strip()


def test_markup_and_urdu_in_a_letter_are_shown_as_typed(freelancer, session, job):
    letter = "سلام! <script>alert(1)</script> %(name)s 🥐"
    page = freelancer.follow(
        freelancer.post(f"/jobs/{job.id}/propose", proposal_form(letter=letter))
    )
    assert letter in page.text
    assert not [s for s in page.soup.find_all("script") if "alert" in s.text]


@pytest.mark.parametrize("has_draft", [False, True])
def test_a_freelancer_without_a_public_profile_is_led_to_it(visitor, session, job, has_draft):
    user = make_user(session)
    if has_draft:
        make_profile(session, user, published=False)
    visitor.sign_in(user)
    page = visitor.post(f"/jobs/{job.id}/propose", proposal_form())
    assert page.status == 409
    assert page.soup.find("main").find("a", href="/profile")
    assert page.value("letter") == proposal_form()["letter"]
    assert "Publish your profile first" in visitor.get(f"/jobs/{job.id}").text
    assert only_proposal(session) is None


def test_a_late_proposal_is_refused_and_its_words_are_kept(freelancer, amina, job, held_clock):
    held_clock.forward(days=32)
    freelancer.sign_in(amina)  # the session of November is over
    page = freelancer.post(f"/jobs/{job.id}/propose", proposal_form())
    assert page.status == 409
    assert "This job no longer accepts proposals." in page.text
    assert page.value("letter") == proposal_form()["letter"]


def test_a_second_live_proposal_is_refused(freelancer, session, job):
    freelancer.post(f"/jobs/{job.id}/propose", proposal_form())
    page = freelancer.post(f"/jobs/{job.id}/propose", proposal_form())
    assert page.status == 409
    assert "You have already proposed for this job." in page.text
    assert only_proposal(session) is not None
    shown = freelancer.get(f"/jobs/{job.id}")
    assert not shown.soup.find("a", href=f"/jobs/{job.id}/propose")


def test_a_client_does_not_propose(browser, job):
    assert browser.get(f"/jobs/{job.id}/propose").status == 403
    assert browser.post(f"/jobs/{job.id}/propose", proposal_form()).status == 403


def test_a_strangers_proposal_is_no_page(visitors, session, job, profile):
    proposal = make_proposal(session, job, profile)
    session.commit()
    rival = visitors().sign_in(make_proposal(session, job).profile.user)
    other_client = visitors().sign_in(make_user(session, Role.CLIENT))
    path = f"/proposals/{proposal.id}"
    for stranger in (rival, other_client):
        assert stranger.get(path).status == 404
    assert rival.post(f"{path}/withdrawal").status == 404
    for act in ("shortlisting", "refusal", "acceptance"):
        assert other_client.post(f"{path}/{act}", {"reason": "price"}).status == 404
    assert visitors().get(path).path.startswith("/sign-in")
    assert only_status(session, proposal) is ProposalStatus.SENT


def test_a_freelancer_decides_nothing_and_a_client_withdraws_nothing(
    freelancer, browser, session, job, profile
):
    proposal = make_proposal(session, job, profile)
    session.commit()
    path = f"/proposals/{proposal.id}"
    for act in ("shortlisting", "refusal", "acceptance"):
        assert freelancer.post(f"{path}/{act}", {"reason": "price"}).status == 403
    assert browser.post(f"{path}/withdrawal").status == 403
    assert only_status(session, proposal) is ProposalStatus.SENT


def test_a_manager_sees_no_proposals(visitor, session, job):
    proposal = make_proposal(session, job)
    visitor.sign_in(make_user(session, Role.MANAGER))
    assert visitor.get(f"/proposals/{proposal.id}").status == 403


def test_a_proposal_is_shortlisted_and_found_on_its_pile(browser, session, job, profile):
    proposal = make_proposal(session, job, profile)
    make_membership(session, profile.user, make_park(session, name="Gilgit Park"))
    session.commit()
    page = browser.follow(browser.post(f"/proposals/{proposal.id}/shortlisting"))
    assert "Shortlisted" in page.text
    assert "Gilgit Park" in page.text
    assert browser.post(f"/proposals/{proposal.id}/shortlisting").status == 409
    listed = browser.get(f"/jobs/{job.id}/proposals?show=shortlisted")
    assert listed.soup.find("a", href=f"/proposals/{proposal.id}")
    assert "Gilgit Park" in listed.text
    assert "No proposal is here." in browser.get(f"/jobs/{job.id}/proposals?show=waiting").text
    assert browser.get(f"/jobs/{job.id}/proposals?show=nonsense").status == 200


def test_a_declined_freelancer_reads_why(browser, freelancer, session, job, profile):
    proposal = make_proposal(session, job, profile)
    session.commit()
    typed = {"reason": "price", "note": "<i>Next</i> time!"}
    assert browser.post(f"/proposals/{proposal.id}/refusal", typed).status == 303
    for path in (f"/proposals/{proposal.id}", "/my-proposals"):
        page = freelancer.get(path)
        assert "The price is above the budget. <i>Next</i> time!" in page.text
    assert "14 days" in freelancer.get(f"/proposals/{proposal.id}").text
    assert browser.post(f"/proposals/{proposal.id}/refusal", typed).status == 409


@pytest.mark.parametrize(
    "typed",
    [{}, {"reason": ""}, {"reason": "other"}, {"reason": "price", "note": "x" * 1001}],
)
def test_a_refusal_without_a_reason_is_refused(browser, session, job, typed):
    proposal = make_proposal(session, job)
    session.commit()
    page = browser.post(f"/proposals/{proposal.id}/refusal", typed)
    assert page.status == 422
    assert page.soup.find("details").has_attr("open")
    assert page.value("note") == typed.get("note", "")
    assert only_status(session, proposal) is ProposalStatus.SENT


def test_a_proposal_is_withdrawn_and_may_be_sent_anew(freelancer, session, client, job, profile):
    proposal = make_proposal(session, job, profile)
    session.commit()
    page = freelancer.follow(freelancer.post(f"/proposals/{proposal.id}/withdrawal"))
    assert "Your proposal is withdrawn." in page.text
    assert told(session, client) == ["proposal.withdrawn"]
    assert freelancer.post(f"/proposals/{proposal.id}/withdrawal").status == 409
    assert "Propose again" in freelancer.get(f"/jobs/{job.id}").text


def test_my_proposals_holds_invitations_until_they_are_answered(visitor, session, job, profile):
    freelancer = visitor.sign_in(profile.user)
    assert "You have proposed for nothing yet." in freelancer.get("/my-proposals").text
    session.add(Invitation(job=job, profile=profile, message=PRAISE, sent_at=now()))
    session.commit()
    page = freelancer.get("/my-proposals")
    assert "You are invited" in page.headings
    assert PRAISE in page.text
    assert PRAISE in freelancer.get(f"/jobs/{job.id}").text
    freelancer.post(f"/jobs/{job.id}/propose", proposal_form())
    page = freelancer.get("/my-proposals")
    assert "You are invited" not in page.headings
    assert page.soup.find("a", href=f"/proposals/{only_proposal(session).id}")


def test_my_proposals_without_a_profile_leads_to_one(visitor, session):
    visitor.sign_in(make_user(session))
    assert visitor.get("/my-proposals").soup.find("main").find("a", href="/profile/edit")


def test_looking_at_a_proposal_hires_nobody(browser, session, job):
    proposal = make_proposal(session, job)
    session.commit()
    page = browser.get(f"/proposals/{proposal.id}")
    assert page.soup.find("form", action=f"/proposals/{proposal.id}/acceptance", method="post")
    assert "Pressing the button makes a contract on exactly these terms: $450" in page.text
    assert browser.get(f"/proposals/{proposal.id}/acceptance").status == 405
    assert only_status(session, proposal) is ProposalStatus.SENT


def test_a_job_without_proposals_says_so(browser, session, job):
    session.commit()
    assert "No proposal yet." in browser.get(f"/jobs/{job.id}/proposals").text


def test_a_hired_job_shows_its_client_what_came_of_it(browser, session, client):
    job = make_job(session, client, status=JobStatus.HIRED)
    make_proposal(session, job, status=ProposalStatus.ACCEPTED)
    session.commit()
    page = browser.get(f"/jobs/{job.id}")
    assert "You have hired for this job." in page.text
    assert not page.soup.find("form", action=f"/jobs/{job.id}/closing")


def only_status(session, proposal) -> ProposalStatus:
    session.expire_all()
    return proposal.status
