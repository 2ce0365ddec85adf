"""A contract through the verbs: begun by an acceptance, seen by the two parties."""

from datetime import date

import pytest
from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError

from app.contracts import service
from app.contracts.models import Contract, ContractStatus, MilestoneStatus
from app.errors import Conflict, NotFound
from app.jobs import proposals
from app.jobs.models import JobStatus, ProposalStatus
from app.parks.models import MembershipStatus
from app.permissions import Role
from tests.factories import (
    make_job,
    make_membership,
    make_park,
    make_profile,
    make_proposal,
    make_user,
)
from tests.jobs.typed import proposal_draft, told


@pytest.fixture
def job(session):
    return make_job(session, currency="EUR")


@pytest.fixture
def proposal(session, job):
    profile = make_profile(session)
    draft = proposal_draft(10_000, 20_000, 5_050, currency="EUR")
    return proposals.send(session, job, profile, draft)


def test_a_contract_holds_the_terms_of_the_proposal(session, job, proposal):
    contract = service.begin(session, proposal, by=job.client)
    assert (contract.title, contract.currency, contract.total_minor) == (job.title, "EUR", 35_050)
    assert contract.status is ContractStatus.ACTIVE
    assert (contract.client, contract.freelancer) == (job.client, proposal.profile.user)
    assert [(m.position, m.title, m.amount_minor, m.due_on) for m in contract.milestones] == [
        (0, "Part 1", 10_000, date(2026, 11, 30)),
        (1, "Part 2", 20_000, date(2026, 12, 7)),
        (2, "Part 3", 5_050, date(2026, 12, 14)),
    ]
    assert {m.status for m in contract.milestones} == {MilestoneStatus.AGREED}
    assert sum(m.amount_minor for m in contract.milestones) == contract.total_minor


def test_a_hire_moves_job_and_proposal_and_tells_everybody(session, job, proposal):
    other = make_proposal(session, job)
    service.begin(session, proposal, by=job.client)
    assert (job.status, proposal.status) == (JobStatus.HIRED, ProposalStatus.ACCEPTED)
    assert told(session, proposal.profile.user) == ["proposal.accepted"]
    assert told(session, other.profile.user) == ["job.hired_other"]


def test_the_park_of_the_day_of_the_hire_is_kept(session, job, proposal):
    park = make_park(session)
    make_membership(session, proposal.profile.user, park)
    assert service.begin(session, proposal, by=job.client).park_id == park.id


@pytest.mark.parametrize("status", [MembershipStatus.ASKED, MembershipStatus.ENDED])
def test_a_park_that_has_not_confirmed_is_not_written_down(session, job, proposal, status):
    make_membership(session, proposal.profile.user, make_park(session), status=status)
    assert service.begin(session, proposal, by=job.client).park_id is None


def test_a_second_contract_for_a_job_is_refused(session, job, proposal):
    other = make_proposal(session, job)
    service.begin(session, proposal, by=job.client)
    for one in (proposal, other):
        with pytest.raises(Conflict):
            service.begin(session, one, by=job.client)
    assert session.scalar(select(func.count(Contract.id))) == 1


def test_the_database_refuses_a_second_contract_for_a_job(session, job, proposal):
    contract = service.begin(session, proposal, by=job.client)
    other = make_proposal(session, job, status=ProposalStatus.DECLINED)
    second = Contract(
        proposal=other,
        job=job,
        client=job.client,
        freelancer=other.profile.user,
        title="Again",
        currency="EUR",
        total_minor=1,
        began_at=contract.began_at,
    )
    with pytest.raises(IntegrityError), session.begin_nested():
        session.add(second)


def test_only_the_parties_see_a_contract(session, job, proposal):
    contract = service.begin(session, proposal, by=job.client)
    session.flush()
    for party in (job.client, proposal.profile.user):
        assert service.get(session, contract.id, party) is contract
        assert service.of_user(session, party) == [contract]
    for role in Role:
        stranger = make_user(session, role)
        assert service.of_user(session, stranger) == []
        with pytest.raises(NotFound):
            service.get(session, contract.id, stranger)


def test_contracts_go_on_by_key(session):
    client = make_user(session, Role.CLIENT)
    made = []
    for _ in range(3):
        job = make_job(session, client)
        made.append(service.begin(session, make_proposal(session, job), by=client))
    newest = service.of_user(session, client, limit=2)
    assert newest == [made[2], made[1]]
    assert service.of_user(session, client, before_id=newest[-1].id) == [made[0]]
