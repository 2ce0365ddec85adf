"""Proposals: sent by a freelancer, shortlisted, declined or accepted by the client."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import accumulate
from typing import Any

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session, joinedload, selectinload

from app.accounts.models import User
from app.clock import now
from app.db import lock
from app.errors import Conflict, DomainError, Forbidden, Invalid, NotFound
from app.jobs.decisions import ANOTHER_CHOSEN, LIVE, turn_down, turn_down_rest
from app.jobs.models import Job, JobStatus, Proposal, ProposalStatus, ProposalStep
from app.jobs.posts import PAGE, takes_proposals
from app.lifecycle import advance
from app.money import Money
from app.notifications.service import notify
from app.profiles.models import Profile, ProfileSkill

MOST_STEPS = 8
MOST_TRIES = 3
"""After this many proposals for one job, the client has seen what there is."""
CROWDS = (50, 20, 10, 5, 1)


@dataclass(frozen=True)
class StepDraft:
    """A milestone as proposed; `days` are counted from the end of the one before it."""

    title: str
    amount: Money
    days: int


@dataclass(frozen=True)
class ProposalDraft:
    """What a freelancer offers. The price is the sum of the steps."""

    letter: str
    questions: str
    steps: tuple[StepDraft, ...]


def obstacle(session: Session, job: Job, profile: Profile | None) -> DomainError | None:
    """Why this freelancer cannot propose for this job now; None when they can."""
    if not takes_proposals(job):
        return Conflict("This job no longer accepts proposals.")
    if profile is None or profile.published_at is None:
        return Conflict("Publish your profile first: the client wants to see who proposes.")
    if profile.user_id == job.client_id:
        return Forbidden("This is your own job.")
    confirmed = select(User.email_verified_at).where(User.id == job.client_id)
    if session.scalar(confirmed) is None:
        return Conflict("This client has not opened their account yet and could not answer you.")
    earlier = session.scalars(
        select(Proposal.status).where(Proposal.job_id == job.id, Proposal.profile_id == profile.id)
    ).all()
    if any(status in LIVE for status in earlier):
        return Conflict("You have already proposed for this job.")
    if len(earlier) >= MOST_TRIES:
        return Conflict(
            "You have proposed %(n)d times for this job; that is the most.", n=MOST_TRIES
        )
    return None


def send(session: Session, job: Job, profile: Profile, draft: ProposalDraft) -> Proposal:
    """Offer a freelancer's work on an open job; one live proposal for each freelancer and job."""
    lock(session, job)
    if error := obstacle(session, job, profile):
        raise error
    _check_steps(job, draft.steps)
    proposal = Proposal(
        job=job,
        profile=profile,
        letter=draft.letter,
        questions=draft.questions,
        price_minor=sum(step.amount.minor for step in draft.steps),
        sent_at=now(),
        steps=[
            ProposalStep(
                position=place, title=step.title, amount_minor=step.amount.minor, days=step.days
            )
            for place, step in enumerate(draft.steps)
        ],
    )
    session.add(proposal)
    session.flush()
    _tell_client(session, proposal, "proposal.received")
    return proposal


def get(session: Session, proposal_id: int, viewer: Any) -> Proposal:
    """The proposal with all its page needs, for the two it is between."""
    proposal = session.scalar(
        select(Proposal)
        .join(Proposal.job)
        .join(Proposal.profile)
        .where(
            Proposal.id == proposal_id,
            or_(Job.client_id == viewer.id, Profile.user_id == viewer.id),
        )
        .options(
            joinedload(Proposal.job).joinedload(Job.client),
            joinedload(Proposal.profile).options(
                joinedload(Profile.user),
                selectinload(Profile.skills).joinedload(ProfileSkill.skill),
            ),
            selectinload(Proposal.steps),
        )
    )
    if proposal is None:
        raise NotFound("There is no such proposal.")
    return proposal


def shortlist(session: Session, proposal: Proposal, by: User) -> None:
    """Put a proposal aside as one of the good ones, and say so to the freelancer."""
    lock(session, proposal)
    advance(session, proposal, "shortlist", by=by)
    session.flush()
    _tell_freelancer(session, proposal, "proposal.shortlisted")


def decline(session: Session, proposal: Proposal, by: User, reason: str) -> None:
    """Turn a proposal down, with the reason the freelancer will read."""
    lock(session, proposal)
    turn_down(session, proposal, by, reason=reason)
    session.flush()
    _tell_freelancer(session, proposal, "proposal.declined")


def withdraw(session: Session, proposal: Proposal, by: User) -> None:
    """Take a live proposal back."""
    lock(session, proposal)
    advance(session, proposal, "withdraw", by=by)
    proposal.decided_at = now()
    session.flush()
    _tell_client(session, proposal, "proposal.withdrawn")


def accept(session: Session, proposal: Proposal, by: User) -> None:
    """Hire: the proposal and its job move, every other live proposal is declined and told why.

    Whoever calls this tells the one who is hired, because the contract is what they want to see.
    """
    job, freelancer = proposal.job, proposal.profile.user
    lock(session, job)  # before any proposal, as in `send`: one order of locks
    lock(session, proposal)
    if job.status is not JobStatus.OPEN:
        raise Conflict("This job is not open any more, so nobody can be hired for it.")
    if freelancer.suspended_at:
        raise Conflict("This freelancer's account is closed for now.")
    advance(session, proposal, "accept", by=by)
    advance(session, job, "hire", by=by)
    proposal.decided_at = now()
    session.flush()
    turn_down_rest(session, job, by, reason=ANOTHER_CHOSEN, kind="job.hired_other")
    session.flush()


def of_job(
    session: Session,
    job: Job,
    *,
    statuses: Collection[ProposalStatus] = tuple(ProposalStatus),
    before_id: int | None = None,
    limit: int = PAGE,
) -> list[Proposal]:
    """The proposals for a job that stand at one of `statuses`, the newest first."""
    query = select(Proposal).where(Proposal.job_id == job.id, Proposal.status.in_(statuses))
    if before_id:
        query = query.where(Proposal.id < before_id)
    query = query.options(joinedload(Proposal.profile).joinedload(Profile.user))
    return list(session.scalars(query.order_by(Proposal.id.desc()).limit(limit)))


def of_profile(
    session: Session, profile: Profile, *, before_id: int | None = None, limit: int = PAGE
) -> list[Proposal]:
    """What a freelancer has proposed, the newest first."""
    query = select(Proposal).where(Proposal.profile_id == profile.id)
    if before_id:
        query = query.where(Proposal.id < before_id)
    query = query.options(joinedload(Proposal.job).joinedload(Job.client))
    return list(session.scalars(query.order_by(Proposal.id.desc()).limit(limit)))


def open_acts(proposal: Proposal) -> set[str]:
    """What may still be done with a proposal; its job must be open for a hire."""
    acts = {act for status, act in Proposal.MOVES if status is proposal.status}
    return acts if proposal.job.status is JobStatus.OPEN else acts - {"accept"}


def due_dates(steps: Sequence[ProposalStep], begins_on: date) -> list[date]:
    """When each step is due if the work begins on a day: one after another, none beside."""
    days = accumulate(step.days for step in steps)
    return [begins_on + timedelta(days=so_far) for so_far in days]


def latest(session: Session, job: Job, profile: Profile) -> Proposal | None:
    """What this freelancer last proposed for the job, or None."""
    return session.scalar(
        select(Proposal)
        .where(Proposal.job_id == job.id, Proposal.profile_id == profile.id)
        .order_by(Proposal.id.desc())
        .limit(1)
    )


def counts(session: Session, job_ids: Collection[int]) -> dict[int, dict[ProposalStatus, int]]:
    """How many proposals of each status each job has; statuses without any are left out."""
    rows = session.execute(
        select(Proposal.job_id, Proposal.status, func.count())
        .where(Proposal.job_id.in_(job_ids))
        .group_by(Proposal.job_id, Proposal.status)
    )
    found: dict[int, dict[ProposalStatus, int]] = {job_id: {} for job_id in job_ids}
    for job_id, status, number in rows:
        found[job_id][status] = number
    return found


def count_coarsely(session: Session, job: Job) -> int:
    """At least this many have proposed: 0, 1, 5, 10, 20 or 50. Competitors learn no more."""
    number = session.scalar(
        select(func.count(Proposal.id)).where(
            Proposal.job_id == job.id, Proposal.status != ProposalStatus.WITHDRAWN
        )
    )
    return next((crowd for crowd in CROWDS if (number or 0) >= crowd), 0)


def _check_steps(job: Job, steps: tuple[StepDraft, ...]) -> None:
    if not 1 <= len(steps) <= MOST_STEPS:
        raise Invalid("Give between 1 and %(most)d milestones.", most=MOST_STEPS)
    if any(step.amount.currency != job.currency for step in steps):
        raise Invalid("The amounts must be in %(currency)s.", currency=job.currency)


def _tell_client(session: Session, proposal: Proposal, kind: str) -> None:
    job = proposal.job
    person = proposal.profile.user.name
    path = f"/proposals/{proposal.id}"
    notify(session, job.client, kind, path=path, person=person, job=job.title)


def _tell_freelancer(session: Session, proposal: Proposal, kind: str) -> None:
    path = f"/proposals/{proposal.id}"
    notify(session, proposal.profile.user, kind, path=path, job=proposal.job.title)
