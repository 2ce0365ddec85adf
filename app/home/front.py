"""What the front page and the operator's page show: a few queries, nothing kept."""

from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session, selectinload

from app import outbox
from app.accounts.models import User
from app.clock import today
from app.jobs.models import Job, JobSkill, JobStatus
from app.outbox import Effect
from app.parks.models import Membership, MembershipStatus, Park
from app.permissions import Role
from app.profiles.models import Profile


@dataclass(frozen=True)
class Front:
    """What a visitor sees first."""

    jobs: list[Job]
    parks: int
    freelancers: int
    open_jobs: int


@dataclass(frozen=True)
class Operations:
    """What an operator looks at every morning."""

    people: dict[str, int]
    parks: int
    waiting_members: int
    open_jobs: int
    hired_jobs: int
    effects_waiting: int
    effects_waiting_long: int
    effects_given_up: int


def for_visitor(session: Session) -> Front:
    """The newest jobs and the size of the place."""
    newest = (
        select(Job)
        .where(Job.status == JobStatus.OPEN, Job.answer_by_on >= today())
        .order_by(Job.published_at.desc(), Job.id.desc())
        .limit(4)
        .options(selectinload(Job.skills).selectinload(JobSkill.skill))
    )
    return Front(
        jobs=list(session.scalars(newest)),
        parks=_count(session, select(func.count(Park.id))),
        freelancers=_count(
            session, select(func.count(Profile.id)).where(Profile.published_at.is_not(None))
        ),
        open_jobs=_count(session, select(func.count(Job.id)).where(Job.status == JobStatus.OPEN)),
    )


def for_operator(session: Session) -> Operations:
    """Counts of everything that moves, and what has stopped moving."""
    by_role = dict(session.execute(select(User.role, func.count()).group_by(User.role)).all())
    waiting = select(func.count(Effect.id)).where(
        Effect.finished_at.is_(None), Effect.gave_up_at.is_(None)
    )
    return Operations(
        people={role.value: by_role.get(role, 0) for role in Role},
        parks=_count(session, select(func.count(Park.id))),
        waiting_members=_count(
            session,
            select(func.count(Membership.id)).where(Membership.status == MembershipStatus.ASKED),
        ),
        open_jobs=_count(session, select(func.count(Job.id)).where(Job.status == JobStatus.OPEN)),
        hired_jobs=_count(session, select(func.count(Job.id)).where(Job.status == JobStatus.HIRED)),
        effects_waiting=_count(session, waiting),
        effects_waiting_long=_count(session, select(func.count()).where(outbox.waits_long())),
        effects_given_up=_count(session, select(func.count()).where(outbox.given_up())),
    )


def ping(session: Session) -> None:
    """Ask the database for anything; raises when it does not answer."""
    session.execute(select(1))


def _count(session: Session, query) -> int:
    return session.scalar(query) or 0
