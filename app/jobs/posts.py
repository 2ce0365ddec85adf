"""A client's jobs: written, published, closed, and found by those who may see them."""

from collections.abc import Collection
from dataclasses import replace
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, func, or_, select
from sqlalchemy.orm import Session, joinedload, selectinload

from app import lengths, outbox
from app.accounts.models import User
from app.clock import now, today
from app.db import lock
from app.errors import Conflict, Invalid, NotFound, Stale
from app.jobs.decisions import JOB_CLOSED, turn_down_rest
from app.jobs.drafts import Incomplete, JobDraft, draft_of, missing
from app.jobs.models import (
    Invitation,
    Job,
    JobLanguage,
    JobSkill,
    JobStatus,
    Proposal,
)
from app.lifecycle import advance, can_move
from app.profiles.models import Profile
from app.taxonomy.models import Skill

MOST_WORDS = 6
PAGE = 20


class CurrencyStays(Conflict):
    """The amounts of the proposals are in the job's currency."""


def create(session: Session, client: User, draft: JobDraft) -> Job:
    """Keep a new job as a draft that nobody else sees."""
    # The row itself: what a view passes may stand for it.
    owner = session.get_one(User, client.id)
    job = Job(client=owner, created_at=now(), skills=[], languages=[])
    _write(session, job, draft)
    session.add(job)
    session.flush()
    return job


def split(session: Session, job: Job, skill_ids: Collection[int], by: User) -> Job:
    """Begin a job of its own for some of a job's skills: a draft with the same words and terms.

    A job makes one contract, so whoever hires a team needs a job for each seat.
    """
    skills = tuple(row.skill for row in job.skills if row.skill_id in skill_ids)
    if not skills:
        raise Conflict("Choose at least one skill of this job.")
    labels = ", ".join(skill.label for skill in skills)
    title = f"{job.title}: {labels}"[: lengths.TITLE].rstrip()
    return create(session, by, replace(draft_of(job), title=title, skills=skills))


def update(session: Session, job: Job, draft: JobDraft) -> None:
    """Change a job's words and terms; the currency stays once somebody has proposed in it.

    Raises `Incomplete` when the job is public and would no longer be complete.
    """
    seen = job.version
    lock(session, job)
    if job.version != seen:
        raise Stale("Someone changed this at the same moment. Reload and look again.")
    if job.status is JobStatus.HIRED:
        raise Conflict("Somebody is hired for this job, so it stays as it is.")
    if job.status is JobStatus.OPEN and (lacks := missing(draft)):
        raise Incomplete(lacks)
    if job.currency != draft.least.currency and _has_proposals(session, job):
        raise CurrencyStays("The currency stays as it is: proposals have been made in it.")
    _write(session, job, draft)
    session.flush()
    _ask_to_embed(session, job)


def publish(session: Session, job: Job, by: User) -> None:
    """Show a draft to everybody and begin to take proposals; `Incomplete` while it lacks some."""
    _open(session, job, "publish", by)


def reopen(session: Session, job: Job, by: User) -> None:
    """Take proposals again for a job that was closed."""
    _open(session, job, "reopen", by)


def close(session: Session, job: Job, by: User) -> None:
    """End a job without a hire; whoever still waits for an answer gets it now."""
    lock(session, job)
    advance(session, job, "close", by=by)
    job.closed_at = now()
    turn_down_rest(session, job, by, reason=JOB_CLOSED, kind="job.closed")
    session.flush()


def takes_proposals(job: Job) -> bool:
    """Tell whether the job is open and its last day to propose has not passed."""
    return job.status is JobStatus.OPEN and job.answer_by_on >= today()


def get(session: Session, job_id: int, viewer: Any) -> Job:
    """The job with all its page needs, as far as `viewer` may know of it.

    An open job is everybody's; any other its client's, and theirs who were invited or proposed.
    """
    job = session.scalar(
        select(Job)
        .where(Job.id == job_id, _visible_to(viewer))
        .options(
            joinedload(Job.client),
            selectinload(Job.skills).joinedload(JobSkill.skill),
            selectinload(Job.languages),
        )
    )
    if job is None:
        raise NotFound("There is no such job, or it is no longer open.")
    return job


def open_jobs(
    session: Session,
    *,
    q: str = "",
    skill: Skill | None = None,
    before_id: int | None = None,
    limit: int = PAGE,
) -> list[Job]:
    """Jobs that take proposals, the newest first, those after `before_id`.

    Every word of `q` must stand in the title, the description or the name of an asked-for skill.
    """
    query = _on_the_board(select(Job), q, skill)
    if before_id:
        query = query.where(_after(session, before_id))
    query = (
        query.order_by(Job.published_at.desc(), Job.id.desc())
        .limit(limit)
        .options(joinedload(Job.client), selectinload(Job.skills).joinedload(JobSkill.skill))
    )
    return list(session.scalars(query))


def count_open(session: Session, *, q: str = "", skill: Skill | None = None) -> int:
    """How many jobs take proposals, all or those found."""
    return session.scalar(_on_the_board(select(func.count(Job.id)), q, skill)) or 0


def of_client(
    session: Session, client: User, *, before_id: int | None = None, limit: int = PAGE
) -> list[Job]:
    """A client's own jobs, the newest first."""
    query = select(Job).where(Job.client_id == client.id)
    if before_id:
        query = query.where(Job.id < before_id)
    return list(session.scalars(query.order_by(Job.id.desc()).limit(limit)))


def _write(session: Session, job: Job, draft: JobDraft) -> None:
    job.title = draft.title
    job.description = draft.description
    job.pay_kind = draft.pay_kind
    job.least_minor = draft.least.minor
    job.most_minor = draft.most.minor
    job.currency = draft.least.currency
    job.weeks = draft.weeks
    job.answer_by_on = draft.answer_by_on
    job.updated_at = now()
    # Rows are changed where they stand: a skill or a language may be there only once.
    listed = {row.skill_id: row for row in job.skills}
    wanted = dict.fromkeys(draft.skills)
    job.skills = [listed.get(skill.id) or JobSkill(skill=skill) for skill in wanted]
    for position, row in enumerate(job.skills):
        row.position = position
    codes = {row.code: row for row in job.languages}
    job.languages = [codes.get(code) or JobLanguage(code=code) for code in set(draft.languages)]


def _open(session: Session, job: Job, act: str, by: User) -> None:
    lock(session, job)
    if can_move(job, act) and (lacks := missing(draft_of(job))):
        raise Incomplete(lacks)
    advance(session, job, act, by=by)
    job.published_at = now()
    job.closed_at = None
    session.flush()
    _ask_to_embed(session, job)


def _ask_to_embed(session: Session, job: Job) -> None:
    outbox.add(session, "matching.embed", subject="job", subject_id=job.id)


def _has_proposals(session: Session, job: Job) -> bool:
    return session.scalar(select(Proposal.id).where(Proposal.job_id == job.id).limit(1)) is not None


def _visible_to(viewer: Any) -> ColumnElement[bool]:
    everybody = and_(Job.status == JobStatus.OPEN, Job.client.has(User.suspended_at.is_(None)))
    if not getattr(viewer, "is_authenticated", False):
        return everybody
    theirs = Profile.user_id == viewer.id
    proposed = select(Proposal.id).join(Proposal.profile).where(Proposal.job_id == Job.id, theirs)
    invited = select(Invitation.id).join(Invitation.profile)
    invited = invited.where(Invitation.job_id == Job.id, theirs)
    return or_(everybody, Job.client_id == viewer.id, proposed.exists(), invited.exists())


def _on_the_board(query: Select, q: str, skill: Skill | None) -> Select:
    query = query.where(
        Job.status == JobStatus.OPEN,
        Job.answer_by_on >= today(),
        Job.client.has(User.suspended_at.is_(None)),
    )
    if skill:
        query = query.where(Job.skills.any(JobSkill.skill_id == skill.id))
    for word in q.split()[:MOST_WORDS]:
        query = query.where(
            or_(
                Job.title.icontains(word, autoescape=True),
                Job.description.icontains(word, autoescape=True),
                Job.skills.any(JobSkill.skill.has(Skill.label.icontains(word, autoescape=True))),
            )
        )
    return query


def _after(session: Session, job_id: int) -> ColumnElement[bool]:
    """Those that come after a job in the order of the board."""
    at = session.scalar(select(Job.published_at).where(Job.id == job_id))
    if at is None:
        raise Invalid("This page of the list is gone. Begin again with the newest.")
    return or_(Job.published_at < at, and_(Job.published_at == at, Job.id < job_id))
