"""What the hard conditions and the ranking ask of a profile or a job besides its text.

Kept beside the encoded text, and read anew for whoever is about to be shown.
"""

import json
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, exists, func, select
from sqlalchemy.orm import Session

from app.accounts.models import User
from app.contracts.models import Contract
from app.jobs.models import Job, JobLanguage, JobSkill, JobStatus
from app.matching.engine.texts import MOST_SKILLS
from app.matching.models import Subject
from app.parks.models import Membership, MembershipStatus, Park, Verification
from app.profiles.models import Profile, ProfileLanguage, ProfileSkill


@dataclass(frozen=True)
class Facts:
    """What is known of one profile or job; what its kind does not have stays empty."""

    owner: int
    """The user: the freelancer, or the client."""
    currency: str
    minor: int | None
    """The rate asked for an hour, or the most the job pays, in the smallest unit."""
    languages: tuple[str, ...] = ()
    availability: str = ""
    pay_kind: str = ""
    park: int = 0
    """Of the park whose confirmed member the freelancer is; 0 without one."""
    area: str = ""
    seen_until: date | None = None
    """The last day on which that park's word counts that it has seen them in person."""
    created_on: date | None = None
    answer_by_on: date | None = None
    published: int = 0
    """Seconds since 1970."""
    is_suspended: bool = False
    """Whether the owner is."""
    is_hired: bool = False
    """Whether the freelancer has had a contract."""
    skills: tuple[int, ...] = ()
    """Those asked for, or the first of those listed."""

    def written(self) -> str:
        """The facts as they are kept: equal facts are written alike."""
        given = {name: value for name, value in vars(self).items() if value}
        return json.dumps(given, default=date.isoformat, separators=(",", ":"), sort_keys=True)


def read(session: Session, subject: Subject, ids: Collection[int]) -> dict[int, Facts]:
    """The facts of those of `ids` that are public or open; the others are absent."""
    if subject is Subject.PROFILE:
        return _of_profiles(session, ids)
    return _of_jobs(session, ids)


def _of_profiles(session: Session, ids: Collection[int]) -> dict[int, Facts]:
    seen_until = (
        select(func.max(Verification.ends_on))
        .where(
            Verification.user_id == Profile.user_id,
            # One park does not vouch for what another saw.
            Verification.park_id == Membership.park_id,
            Verification.revoked_at.is_(None),
        )
        .correlate(Profile, Membership)
        .scalar_subquery()
    )
    is_member = (Membership.user_id == Profile.user_id) & (
        Membership.status == MembershipStatus.CONFIRMED
    )
    query = (
        select(Profile, User.suspended_at, Membership.park_id, Park.area, seen_until, _was_hired())
        .join(Profile.user)
        .outerjoin(Membership, is_member)
        .outerjoin(Park, Park.id == Membership.park_id)
        .where(Profile.id.in_(ids), Profile.published_at.is_not(None), User.suspended_at.is_(None))
    )
    languages = _lists(session, ProfileLanguage.profile_id, ProfileLanguage.code, ids)
    counted = ProfileSkill.position < MOST_SKILLS
    skills = _lists(session, ProfileSkill.profile_id, ProfileSkill.skill_id, ids, counted)
    return {
        profile.id: Facts(
            owner=profile.user_id,
            currency=profile.currency,
            minor=profile.rate_minor,
            languages=languages.get(profile.id, ()),
            availability=profile.availability,
            park=park_id or 0,
            area=area or "",
            seen_until=until,
            created_on=profile.created_at.date(),
            published=int(profile.published_at.timestamp()) if profile.published_at else 0,
            is_suspended=suspended_at is not None,
            is_hired=was_hired,
            skills=skills.get(profile.id, ()),
        )
        for profile, suspended_at, park_id, area, until, was_hired in session.execute(query)
    }


def _of_jobs(session: Session, ids: Collection[int]) -> dict[int, Facts]:
    query = (
        select(Job, User.suspended_at)
        .join(Job.client)
        .where(Job.id.in_(ids), Job.status == JobStatus.OPEN)
    )
    languages = _lists(session, JobLanguage.job_id, JobLanguage.code, ids)
    skills = _lists(session, JobSkill.job_id, JobSkill.skill_id, ids)
    return {
        job.id: Facts(
            owner=job.client_id,
            currency=job.currency,
            minor=job.most_minor,
            languages=languages.get(job.id, ()),
            pay_kind=job.pay_kind,
            answer_by_on=job.answer_by_on,
            published=int(job.published_at.timestamp()) if job.published_at else 0,
            is_suspended=suspended_at is not None,
            skills=skills.get(job.id, ()),
        )
        for job, suspended_at in session.execute(query)
    }


def _was_hired() -> ColumnElement[bool]:
    return exists().where(Contract.freelancer_id == Profile.user_id)


def _lists(
    session: Session, owner: Any, value: Any, ids: Collection[int], *counted: ColumnElement[bool]
) -> dict[int, tuple]:
    """What each of `ids` has of a list, in the order of the values."""
    found: dict[int, tuple] = {}
    query = select(owner, value).where(owner.in_(ids), *counted).order_by(value)
    for one, item in session.execute(query):
        found[one] = (*found.get(one, ()), item)
    return found
