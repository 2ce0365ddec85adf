"""Any story of a job and its proposals: each act moves along the tables or changes nothing."""

from collections.abc import Callable

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.errors import Conflict
from app.jobs import posts, proposals
from app.jobs.models import Job, JobStatus, Proposal, ProposalStatus
from app.lifecycle import Event
from tests.factories import make_job, make_proposal, make_skill

JOB_ACTS: dict[str, Callable[[Session, Job], None]] = {
    "publish": lambda session, job: posts.publish(session, job, by=job.client),
    "close": lambda session, job: posts.close(session, job, by=job.client),
    "reopen": lambda session, job: posts.reopen(session, job, by=job.client),
}
PROPOSAL_ACTS: dict[str, Callable[[Session, Proposal], None]] = {
    "shortlist": lambda session, one: proposals.shortlist(session, one, by=one.job.client),
    "decline": lambda session, one: proposals.decline(session, one, one.job.client, "No."),
    "withdraw": lambda session, one: proposals.withdraw(session, one, by=one.profile.user),
    "accept": lambda session, one: proposals.accept(session, one, by=one.job.client),
}
PLACES = 3
STEPS = st.one_of(
    st.tuples(st.sampled_from(sorted(JOB_ACTS)), st.none()),
    st.tuples(st.sampled_from(sorted(PROPOSAL_ACTS)), st.integers(0, PLACES - 1)),
)


class Story:
    """A job with three proposals, and what the tables say of an act on one of them."""

    def __init__(self, session: Session, skill) -> None:
        self.session = session
        self.job = make_job(session, skills=(skill,))
        self.sent = [make_proposal(session, self.job) for _ in range(PLACES)]

    def standing(self) -> list[str]:
        """Every status as the database has it, and how many moves were written down."""
        self.session.flush()
        rows = select(Proposal.status).where(Proposal.job_id == self.job.id).order_by(Proposal.id)
        moves = self.session.scalar(select(func.count(Event.id)))
        job = self.session.scalar(select(Job.status).where(Job.id == self.job.id))
        return [job, *self.session.scalars(rows), moves]

    def target(self, act: str, place: int | None):
        """Where the table leads, or None."""
        if place is None:
            return Job.MOVES.get((self.job.status, act))
        if act == "accept" and self.job.status is not JobStatus.OPEN:
            return None
        return Proposal.MOVES.get((self.sent[place].status, act))

    def act(self, act: str, place: int | None) -> None:
        if place is None:
            JOB_ACTS[act](self.session, self.job)
        else:
            PROPOSAL_ACTS[act](self.session, self.sent[place])

    def check(self) -> None:
        """What holds after any story."""
        accepted = [one for one in self.sent if one.status is ProposalStatus.ACCEPTED]
        assert len(accepted) == (1 if self.job.status is JobStatus.HIRED else 0)
        if self.job.status is not JobStatus.OPEN:
            assert not any(one.status in ("sent", "shortlisted") for one in self.sent)
        for one in self.sent:
            assert (one.status is ProposalStatus.DECLINED) == bool(one.decline_reason)


@settings(
    max_examples=60,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(steps=st.lists(STEPS, max_size=12))
def test_every_act_moves_along_the_table_or_changes_nothing(session, steps):
    with session.begin_nested() as savepoint:
        story = Story(session, make_skill(session, "WordPress"))
        for act, place in steps:
            before, target = story.standing(), story.target(act, place)
            if target is None:
                with pytest.raises(Conflict):
                    story.act(act, place)
                assert story.standing() == before
            else:
                story.act(act, place)
                moved = story.job if place is None else story.sent[place]
                assert moved.status is target
                assert story.standing()[-1] > before[-1]
            story.check()
        savepoint.rollback()
