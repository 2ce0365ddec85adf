"""Proposals through the verbs: sent, shortlisted, declined, withdrawn, accepted."""

from datetime import date

import pytest
from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError

from app.errors import Conflict, Forbidden, Invalid, NotFound
from app.jobs import decisions, posts, proposals
from app.jobs.decisions import ANOTHER_CHOSEN, REASONS
from app.jobs.models import JobStatus, Proposal, ProposalStatus
from app.lifecycle import Event
from app.permissions import Role
from tests.factories import make_job, make_profile, make_proposal, make_user
from tests.jobs.typed import proposal_draft, told


@pytest.fixture
def job(session):
    return make_job(session)


@pytest.fixture
def profile(session):
    return make_profile(session)


def test_the_price_is_the_sum_of_the_milestones(session, job, profile):
    client, freelancer = job.client, profile.user
    proposal = proposals.send(session, job, profile, proposal_draft(10_000, 20_050, 1))
    session.expire_all()
    proposal = proposals.get(session, proposal.id, freelancer)
    assert proposal.price_minor == 30_051
    assert [(s.position, s.title, s.amount_minor, s.days) for s in proposal.steps] == [
        (0, "Part 1", 10_000, 7),
        (1, "Part 2", 20_050, 7),
        (2, "Part 3", 1, 7),
    ]
    assert proposal.status is ProposalStatus.SENT
    assert told(session, client) == ["proposal.received"]


@pytest.mark.parametrize("status", [JobStatus.DRAFT, JobStatus.CLOSED, JobStatus.HIRED])
def test_only_an_open_job_takes_proposals(session, profile, status):
    job = make_job(session, status=status)
    with pytest.raises(Conflict, match="no longer accepts"):
        proposals.send(session, job, profile, proposal_draft())


def test_a_client_who_never_opened_their_account_gets_no_proposals(session, profile):
    job = make_job(session, make_user(session, Role.CLIENT, email_verified_at=None))
    with pytest.raises(Conflict, match="not opened their account"):
        proposals.send(session, job, profile, proposal_draft())
    assert told(session, job.client) == []


def test_a_late_proposal_is_refused(session, job, profile, held_clock):
    held_clock.forward(days=32)
    with pytest.raises(Conflict, match="no longer accepts"):
        proposals.send(session, job, profile, proposal_draft())


def test_a_draft_profile_cannot_propose(session, job):
    profile = make_profile(session, published=False)
    with pytest.raises(Conflict, match="Publish your profile"):
        proposals.send(session, job, profile, proposal_draft())
    assert proposals.obstacle(session, job, None) is not None


def test_nobody_proposes_for_their_own_job(session, job):
    profile = make_profile(session, job.client)
    with pytest.raises(Forbidden):
        proposals.send(session, job, profile, proposal_draft())


@pytest.mark.parametrize("live", [ProposalStatus.SENT, ProposalStatus.SHORTLISTED])
def test_a_second_live_proposal_is_refused(session, job, profile, live):
    make_proposal(session, job, profile, status=live)
    with pytest.raises(Conflict, match="already proposed"):
        proposals.send(session, job, profile, proposal_draft())


def test_the_database_refuses_a_second_live_proposal(session, job, profile):
    make_proposal(session, job, profile)
    with pytest.raises(IntegrityError), session.begin_nested():
        make_proposal(session, job, profile, status=ProposalStatus.SHORTLISTED)


def test_after_withdrawing_one_may_propose_again_but_not_for_ever(session, job, profile):
    for _ in range(proposals.MOST_TRIES):
        sent = proposals.send(session, job, profile, proposal_draft())
        proposals.withdraw(session, sent, by=profile.user)
    with pytest.raises(Conflict, match="that is the most"):
        proposals.send(session, job, profile, proposal_draft())


@pytest.mark.parametrize("count", [0, 9])
def test_a_proposal_has_one_to_eight_milestones(session, job, profile, count):
    draft = proposal_draft(*[100] * (count or 1))
    draft = draft if count else proposals.ProposalDraft("Hello", "", ())
    with pytest.raises(Invalid):
        proposals.send(session, job, profile, draft)


def test_a_proposal_is_in_the_currency_of_its_job(session, job, profile):
    with pytest.raises(Invalid, match="USD"):
        proposals.send(session, job, profile, proposal_draft(100, currency="EUR"))


def test_only_the_two_it_is_between_see_a_proposal(session, job, profile):
    proposal = make_proposal(session, job, profile)
    for viewer in (job.client, profile.user):
        assert proposals.get(session, proposal.id, viewer) is proposal
    strangers = [make_user(session), make_user(session, Role.CLIENT)]
    rival = make_proposal(session, job).profile.user
    for viewer in (*strangers, rival):
        with pytest.raises(NotFound):
            proposals.get(session, proposal.id, viewer)


def test_shortlisting_tells_the_freelancer_once(session, job, profile):
    proposal = make_proposal(session, job, profile)
    proposals.shortlist(session, proposal, by=job.client)
    assert proposal.status is ProposalStatus.SHORTLISTED
    with pytest.raises(Conflict):
        proposals.shortlist(session, proposal, by=job.client)
    assert told(session, profile.user) == ["proposal.shortlisted"]


def test_a_declined_proposal_keeps_its_reason(session, job, profile):
    proposal = make_proposal(session, job, profile)
    proposals.decline(session, proposal, by=job.client, reason=f"{REASONS['price']}\nThank you!")
    assert proposal.status is ProposalStatus.DECLINED
    assert proposal.decided_at is not None
    assert decisions.split_reason(proposal.decline_reason) == (REASONS["price"], "Thank you!")
    assert told(session, profile.user) == ["proposal.declined"]


@pytest.mark.parametrize("reason", ["", "  ", "\n"])
def test_a_proposal_is_not_declined_without_a_reason(session, job, reason):
    proposal = make_proposal(session, job)
    with pytest.raises(Invalid):
        proposals.decline(session, proposal, by=job.client, reason=reason)
    assert proposal.status is ProposalStatus.SENT


def test_words_that_are_not_ours_stay_whole():
    assert decisions.split_reason("We chose\na cousin.") == ("", "We chose\na cousin.")


def test_withdrawing_tells_the_client(session, job, profile):
    proposal = make_proposal(session, job, profile)
    proposals.withdraw(session, proposal, by=profile.user)
    assert proposal.status is ProposalStatus.WITHDRAWN
    assert told(session, job.client) == ["proposal.withdrawn"]


def test_acceptance_hires_one_and_answers_the_rest(session, job):
    chosen = make_proposal(session, job, status=ProposalStatus.SHORTLISTED)
    others = [make_proposal(session, job) for _ in range(2)]
    elsewhere = make_proposal(session)
    proposals.accept(session, chosen, by=job.client)
    assert (chosen.status, job.status) == (ProposalStatus.ACCEPTED, JobStatus.HIRED)
    for other in others:
        assert (other.status, other.decline_reason) == (ProposalStatus.DECLINED, ANOTHER_CHOSEN)
        assert told(session, other.profile.user) == ["job.hired_other"]
    assert elsewhere.status is ProposalStatus.SENT
    acts = session.scalars(select(Event.act).order_by(Event.id)).all()
    assert acts == ["accept", "hire", "decline", "decline"]


def test_a_second_acceptance_is_refused(session, job):
    first, second = make_proposal(session, job), make_proposal(session, job)
    proposals.accept(session, first, by=job.client)
    for proposal in (first, second):
        with pytest.raises(Conflict):
            proposals.accept(session, proposal, by=job.client)
    assert second.status is ProposalStatus.DECLINED


def test_the_database_refuses_a_second_accepted_proposal(session, job):
    make_proposal(session, job, status=ProposalStatus.ACCEPTED)
    with pytest.raises(IntegrityError), session.begin_nested():
        make_proposal(session, job, status=ProposalStatus.ACCEPTED)


@pytest.mark.parametrize("status", [ProposalStatus.WITHDRAWN, ProposalStatus.DECLINED])
def test_a_proposal_that_is_over_is_not_accepted_and_the_job_stays_open(session, job, status):
    proposal = make_proposal(session, job, status=status)
    with pytest.raises(Conflict):
        proposals.accept(session, proposal, by=job.client)
    assert job.status is JobStatus.OPEN


def test_nobody_is_hired_for_a_closed_job(session, job):
    proposal = make_proposal(session, job)
    posts.close(session, job, by=job.client)
    with pytest.raises(Conflict):
        proposals.accept(session, proposal, by=job.client)
    assert proposal.status is ProposalStatus.DECLINED


def test_somebody_whose_account_is_closed_is_not_hired(session, job, profile):
    proposal = make_proposal(session, job, profile)
    profile.user.suspended_at = job.created_at
    with pytest.raises(Conflict, match="account"):
        proposals.accept(session, proposal, by=job.client)
    assert (proposal.status, job.status) == (ProposalStatus.SENT, JobStatus.OPEN)


def test_an_accepted_proposal_can_neither_be_withdrawn_nor_declined(session, job, profile):
    proposal = make_proposal(session, job, profile)
    proposals.accept(session, proposal, by=job.client)
    with pytest.raises(Conflict):
        proposals.withdraw(session, proposal, by=profile.user)
    with pytest.raises(Conflict):
        proposals.decline(session, proposal, by=job.client, reason="No.")
    assert (proposal.status, proposal.decline_reason) == (ProposalStatus.ACCEPTED, None)


def test_a_client_may_still_hire_after_the_last_day(session, job, held_clock):
    proposal = make_proposal(session, job)
    held_clock.forward(days=60)
    assert "accept" in proposals.open_acts(proposal)
    proposals.accept(session, proposal, by=job.client)
    assert proposals.open_acts(proposal) == set()


def test_milestones_follow_one_another(session, job, profile):
    proposal = proposals.send(session, job, profile, proposal_draft(100, 200))
    assert proposals.due_dates(proposal.steps, date(2026, 12, 28)) == [
        date(2027, 1, 4),
        date(2027, 1, 11),
    ]


@pytest.mark.parametrize(
    ("number", "crowd"), [(0, 0), (1, 1), (4, 1), (5, 5), (9, 5), (10, 10), (19, 10), (20, 20)]
)
def test_the_crowd_is_told_coarsely(session, job, number, crowd):
    for _ in range(number):
        make_proposal(session, job)
    make_proposal(session, job, status=ProposalStatus.WITHDRAWN)
    assert proposals.count_coarsely(session, job) == crowd


def test_the_lists_hold_their_own_proposals_newest_first(session, job, profile):
    first = make_proposal(session, job, profile, status=ProposalStatus.WITHDRAWN)
    second = make_proposal(session, job, profile)
    rival = make_proposal(session, job)
    make_proposal(session)
    assert proposals.of_job(session, job) == [rival, second, first]
    assert proposals.of_job(session, job, statuses=[ProposalStatus.WITHDRAWN]) == [first]
    assert proposals.of_job(session, job, before_id=rival.id, limit=1) == [second]
    assert proposals.of_profile(session, profile) == [second, first]
    assert proposals.latest(session, job, profile) is second
    assert proposals.counts(session, [job.id]) == {
        job.id: {ProposalStatus.SENT: 2, ProposalStatus.WITHDRAWN: 1}
    }


def test_nothing_is_half_done_by_a_refusal(session, job, profile):
    make_proposal(session, job, profile)
    before = session.scalar(select(func.count(Proposal.id)))
    with pytest.raises(Conflict):
        proposals.send(session, job, profile, proposal_draft())
    assert session.scalar(select(func.count(Proposal.id))) == before
    assert told(session, job.client) == []
