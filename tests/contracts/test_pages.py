"""The pages of contracts over HTTP: hiring by one press, the contract, and all of one's own."""

import pytest
from sqlalchemy import func, select

from app.clock import now
from app.contracts import service
from app.contracts.models import Contract
from app.jobs.models import Job, JobStatus, ProposalStatus
from app.permissions import Role
from tests.factories import (
    make_job,
    make_membership,
    make_park,
    make_profile,
    make_proposal,
    make_user,
)


@pytest.fixture
def client(session):
    return make_user(session, Role.CLIENT, name="Café Lisboa")


@pytest.fixture
def amina(session):
    return make_user(session, name="Amina")


@pytest.fixture
def proposal(session, client, amina):
    return make_proposal(session, make_job(session, client), make_profile(session, amina))


@pytest.fixture
def browser(visitor, client, proposal):
    """The client's browser."""
    return visitor.sign_in(client)


def test_accepting_makes_a_contract_both_can_read(browser, visitors, session, amina, proposal):
    make_membership(session, amina, make_park(session, name="Gilgit Park"))
    session.commit()
    answer = browser.post(f"/proposals/{proposal.id}/acceptance")
    contract = session.scalars(select(Contract)).one()
    assert (answer.status, answer.path) == (303, f"/contracts/{contract.id}")
    freelancer = visitors().sign_in(amina)
    for page in (browser.follow(answer), freelancer.get(f"/contracts/{contract.id}")):
        for shown in ("Café Lisboa", "Amina", "Gilgit Park", "Everything", "7 Dec 2026", "$450"):
            assert shown in page.text
        assert "Funding comes with the payments part" in page.text
    assert "Do not start work before the first milestone is funded." in page.text
    for reader in (browser, freelancer):
        listed = reader.get("/contracts")
        assert listed.soup.find("a", href=f"/contracts/{contract.id}")
        assert "1 milestone" in listed.text


def test_the_news_lead_to_the_contract(browser, visitors, session, amina, proposal):
    browser.post(f"/proposals/{proposal.id}/acceptance")
    contract = session.scalars(select(Contract)).one()
    news = visitors().sign_in(amina).get("/notifications")
    assert news.soup.find("a", href=f"/contracts/{contract.id}").text == (
        "You are hired for “Website for a bakery”."
    )


def test_a_second_press_is_refused(browser, session, proposal):
    path = f"/proposals/{proposal.id}/acceptance"
    assert browser.post(path).status == 303
    page = browser.post(path)
    assert page.status == 409
    assert "nobody can be hired for it" in page.text
    assert session.scalar(select(func.count(Contract.id))) == 1


def test_another_proposal_for_the_job_is_refused_and_stays_declined(
    visitor, session, client, proposal
):
    other = make_proposal(session, proposal.job)
    browser = visitor.sign_in(client)
    browser.post(f"/proposals/{proposal.id}/acceptance")
    assert browser.post(f"/proposals/{other.id}/acceptance").status == 409
    session.expire_all()
    assert other.status is ProposalStatus.DECLINED
    assert "Another freelancer was chosen." in browser.get(f"/proposals/{other.id}").text


def test_an_accepted_proposal_is_not_withdrawn(browser, visitors, session, amina, proposal):
    browser.post(f"/proposals/{proposal.id}/acceptance")
    freelancer = visitors().sign_in(amina)
    assert freelancer.post(f"/proposals/{proposal.id}/withdrawal").status == 409
    page = freelancer.get(f"/proposals/{proposal.id}")
    assert "This proposal became a contract." in page.text
    assert not page.soup.find("form", action=f"/proposals/{proposal.id}/withdrawal")


@pytest.mark.parametrize("proposal_id", ["0", "99999", "99999999999"])
def test_nobody_is_hired_by_an_id_that_is_none(browser, proposal_id):
    assert browser.post(f"/proposals/{proposal_id}/acceptance").status == 404


def test_a_strangers_proposal_is_not_theirs_to_accept(visitor, session, amina, proposal):
    session.commit()
    path = f"/proposals/{proposal.id}/acceptance"
    assert visitor.post(path).path.startswith("/sign-in")
    assert visitor.sign_in(make_user(session, Role.CLIENT)).post(path).status == 404
    assert visitor.sign_in(amina).post(path).status == 403
    session.expire_all()
    assert proposal.status is ProposalStatus.SENT


def test_a_form_without_its_token_hires_nobody(browser, session, proposal):
    answer = browser.client.post(f"/proposals/{proposal.id}/acceptance")
    assert answer.status_code == 403
    assert session.scalar(select(func.count(Contract.id))) == 0


def test_a_refused_hire_leaves_the_job_open(browser, session, amina, proposal):
    amina.suspended_at = now()
    session.commit()
    assert browser.post(f"/proposals/{proposal.id}/acceptance").status == 409
    assert session.scalars(select(Job.status)).one() is JobStatus.OPEN


def test_a_contract_is_no_page_for_strangers(visitor, session, client, proposal):
    contract = service.begin(session, proposal, by=client)
    session.commit()
    path = f"/contracts/{contract.id}"
    assert visitor.get(path).path.startswith("/sign-in")
    for role in Role:
        assert visitor.sign_in(make_user(session, role)).get(path).status == 404


@pytest.mark.parametrize("role", list(Role))
def test_somebody_without_contracts_is_told_how_one_begins(visitor, session, role):
    visitor.sign_in(make_user(session, role))
    page = visitor.get("/contracts")
    assert page.status == 200
    assert "No contract yet." in page.text


def test_the_list_of_contracts_goes_on(visitor, session, client):
    for number in range(service.PAGE + 1):
        job = make_job(session, client, title=f"Job number {number}!")
        service.begin(session, make_proposal(session, job), by=client)
    visitor.sign_in(client)
    first = visitor.get("/contracts")
    assert "Job number 0!" not in first.text
    assert "Job number 0!" in visitor.get(first.soup.find("a", rel="next")["href"]).text
    assert visitor.get("/contracts?before=" + "9" * 40).status == 200
