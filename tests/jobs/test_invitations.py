"""Invitations: whom a client may ask to propose, and what waits for a freelancer."""

from datetime import date

import pytest

from app.errors import Conflict
from app.jobs import invitations
from app.jobs.models import JobStatus, ProposalStatus
from app.permissions import Role
from tests.factories import make_job, make_profile, make_proposal, make_user
from tests.jobs.typed import told


@pytest.fixture
def job(session):
    return make_job(session)


def test_an_invitation_reaches_the_freelancer(session, job):
    profile = make_profile(session)
    sent = invitations.send(session, job, profile, "Your shops look good.", by=job.client)
    assert told(session, profile.user) == ["invitation.received"]
    assert invitations.of_profile(session, profile) == [sent]
    assert invitations.find(session, job, profile) is sent
    assert invitations.ids_invited(session, job) == {profile.id}


def test_a_freelancer_is_invited_once(session, job):
    profile = make_profile(session)
    invitations.send(session, job, profile, "", by=job.client)
    with pytest.raises(Conflict, match="already invited"):
        invitations.send(session, job, profile, "Please!", by=job.client)
    assert told(session, profile.user) == ["invitation.received"]


@pytest.mark.parametrize(
    "given",
    [
        {"status": JobStatus.DRAFT},
        {"status": JobStatus.CLOSED},
        {"status": JobStatus.HIRED},
        {"answer_by_on": date(2026, 11, 22)},
    ],
)
def test_only_a_job_that_takes_proposals_has_invitations(session, given):
    job = make_job(session, **given)
    with pytest.raises(Conflict, match="no longer accepts"):
        invitations.send(session, job, make_profile(session), "", by=job.client)


def test_a_draft_profile_is_not_invited(session, job):
    profile = make_profile(session, published=False)
    with pytest.raises(Conflict, match="not public"):
        invitations.send(session, job, profile, "", by=job.client)


def test_who_never_opened_their_account_is_not_invited(session, job):
    profile = make_profile(session, make_user(session, email_verified_at=None))
    with pytest.raises(Conflict, match="not opened their account"):
        invitations.send(session, job, profile, "", by=job.client)
    assert told(session, profile.user) == []


def test_a_suspended_freelancer_is_not_invited(session, job):
    profile = make_profile(session, make_user(session, suspended_at=job.created_at))
    with pytest.raises(Conflict, match="not public"):
        invitations.send(session, job, profile, "", by=job.client)


def test_nobody_invites_themselves(session, job):
    with pytest.raises(Conflict, match="yourself"):
        invitations.send(session, job, make_profile(session, job.client), "", by=job.client)


def test_somebody_who_has_proposed_is_not_invited(session, job):
    proposal = make_proposal(session, job, status=ProposalStatus.DECLINED)
    with pytest.raises(Conflict, match="already proposed"):
        invitations.send(session, job, proposal.profile, "", by=job.client)


def test_invitations_end_before_they_become_a_mailing(session, job):
    for _ in range(invitations.MOST_FOR_A_JOB):
        invitations.send(session, job, make_profile(session), "", by=job.client)
    with pytest.raises(Conflict, match="At most 40"):
        invitations.send(session, job, make_profile(session), "", by=job.client)


def test_an_answered_closed_or_late_invitation_waits_no_more(session, job, held_clock):
    profile = make_profile(session)
    client = make_user(session, Role.CLIENT)
    later = make_job(session, client, answer_by_on=date(2026, 12, 30))
    for one in (job, later):
        invitations.send(session, one, profile, "", by=one.client)
    assert [i.job for i in invitations.of_profile(session, profile)] == [later, job]
    held_clock.forward(days=33)
    assert [i.job for i in invitations.of_profile(session, profile)] == [later]
    make_proposal(session, later, profile)
    assert invitations.of_profile(session, profile) == []
