"""Two people, or two clicks, at once: real sessions on a real database, each with its own line."""

import threading
from collections.abc import Callable

import pytest
from sqlalchemy import Engine, func, select
from sqlalchemy.orm import Session

from app import db
from app.accounts.models import User
from app.contracts import service as contracts
from app.contracts.models import Contract
from app.errors import Conflict, NotFound
from app.jobs import posts, proposals
from app.jobs.models import Job, JobStatus, Proposal, ProposalStatus
from app.profiles.models import Profile
from tests.at_once import at_once
from tests.factories import make_job, make_profile, make_proposal
from tests.jobs.typed import proposal_draft


def arranged(engine: Engine, count: int) -> tuple[int, list[int]]:
    with db.transaction(engine) as session:
        job = make_job(session)
        return job.id, [make_proposal(session, job).id for _ in range(count)]


def accept(proposal_id: int) -> Callable[[Session], None]:
    def act(session: Session) -> None:
        job_id = session.get_one(Proposal, proposal_id).job_id
        client = session.get_one(User, session.get_one(Job, job_id).client_id)
        contracts.begin(session, proposals.get(session, proposal_id, client), by=client)

    return act


@pytest.mark.parametrize("count", [1, 2])
def test_of_two_acceptances_at_once_one_hires(engine, count):
    job_id, sent = arranged(engine, count)
    ends = at_once(engine, accept(sent[0]), accept(sent[-1]))
    assert sorted(ends) == ["", "Conflict"]
    with Session(engine) as session:
        assert session.get_one(Job, job_id).status is JobStatus.HIRED
        statuses = sorted(session.scalars(select(Proposal.status)))
        assert statuses == [ProposalStatus.ACCEPTED, ProposalStatus.DECLINED][:count]
        assert session.scalar(select(func.count(Contract.id))) == 1


def test_a_proposal_is_withdrawn_or_accepted_but_never_both(engine):
    job_id, [sent] = arranged(engine, 1)

    def withdraw(session: Session) -> None:
        profile_id = session.get_one(Proposal, sent).profile_id
        user = session.get_one(User, session.get_one(Profile, profile_id).user_id)
        proposals.withdraw(session, proposals.get(session, sent, user), by=user)

    assert sorted(at_once(engine, accept(sent), withdraw)) == ["", "Conflict"]
    with Session(engine) as session:
        hired = session.get_one(Job, job_id).status is JobStatus.HIRED
        accepted = session.get_one(Proposal, sent).status is ProposalStatus.ACCEPTED
        assert hired == accepted


def test_a_job_that_closes_leaves_no_proposal_waiting(engine):
    with db.transaction(engine) as session:
        job, profile = make_job(session), make_profile(session)
        job_id, client, freelancer = job.id, job.client, profile.user

    def close(session: Session) -> None:
        posts.close(session, posts.get(session, job_id, client), by=client)

    def propose(session: Session) -> None:
        found = posts.get(session, job_id, freelancer)
        proposals.send(session, found, session.merge(profile, load=False), proposal_draft())

    ends = at_once(engine, close, propose)
    assert ends[0] == ""
    # Whoever comes after the closing either no longer sees the job or is told that it is closed.
    assert ends[1] in ("", Conflict.__name__, NotFound.__name__)
    with Session(engine) as session:
        assert not session.scalars(
            select(Proposal).where(Proposal.status == ProposalStatus.SENT)
        ).all()


def test_two_proposals_of_one_freelancer_at_once_become_one(engine):
    with db.transaction(engine) as session:
        job, profile = make_job(session), make_profile(session)

    def propose(session: Session) -> None:
        found = posts.get(session, job.id, profile.user)
        proposals.send(session, found, session.merge(profile, load=False), proposal_draft())

    assert sorted(at_once(engine, propose, propose)) == ["", "Conflict"]


def test_an_acceptance_waits_for_the_one_before_it_and_is_refused(engine):
    _job_id, [first, second] = arranged(engine, 2)
    ends: list[str] = []
    with db.transaction(engine) as session:
        accept(first)(session)
        other = threading.Thread(target=lambda: ends.extend(at_once(engine, accept(second))))
        other.start()
        other.join(timeout=0.3)
        assert ends == []  # it is held, not refused: the first could still roll back
    other.join(timeout=30)
    assert ends == ["Conflict"]


def test_the_database_lets_one_through_whatever_the_code_does(engine):
    _job_id, sent = arranged(engine, 2)

    def force(proposal_id: int) -> Callable[[Session], None]:
        row = Proposal.__table__
        forced = row.update().where(row.c.id == proposal_id).values(status="accepted")
        return lambda session: session.execute(forced)

    assert sorted(at_once(engine, force(sent[0]), force(sent[1]))) == ["", "IntegrityError"]
