"""What the hard conditions and the ranking ask of a profile or a job besides its text.

Kept beside the encoded text, and read anew for whoever is about to be shown.
"""

import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import BindParameter, ColumnElement, ScalarSelect, bindparam, exists, func, select
from sqlalchemy.orm import Session

from app.accounts.models import User
from app.contracts.models import Contract
from app.jobs.models import Job, JobLanguage, JobSkill, JobStatus
from app.matching.engine.texts import MOST_SKILLS
from app.matching.models import Subject
from app.parks.models import Membership, MembershipStatus, Park, Verification
from app.profiles.models import Profile, ProfileLanguage, ProfileSkill

Lists = Mapping[int, tuple[int, ...]]
"""The skills of each."""


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


def _seen_until() -> ScalarSelect[date]:
    return (
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


def _codes(code: Any, are_its: ColumnElement[bool]) -> ColumnElement[str]:
    """The codes of a row's languages in one text: one question less of every page."""
    listed = select(func.aggregate_strings(code, ",")).where(are_its)
    return listed.correlate(Profile, Job).scalar_subquery().label("languages")


_IDS: BindParameter[Any] = bindparam("ids", expanding=True)
# Made once: to put these together takes longer than to have them answered.
_PROFILES = (
    select(
        Profile.id,
        Profile.user_id,
        Profile.currency,
        Profile.rate_minor,
        Profile.availability,
        Profile.created_at,
        Profile.published_at,
        Membership.park_id,
        Park.area,
        _seen_until().label("seen_until"),
        exists().where(Contract.freelancer_id == Profile.user_id).label("is_hired"),
        _codes(ProfileLanguage.code, ProfileLanguage.profile_id == Profile.id),
    )
    .join(User, User.id == Profile.user_id)
    .outerjoin(
        Membership,
        (Membership.user_id == Profile.user_id) & (Membership.status == MembershipStatus.CONFIRMED),
    )
    .outerjoin(Park, Park.id == Membership.park_id)
    .where(Profile.id.in_(_IDS), Profile.published_at.is_not(None), User.suspended_at.is_(None))
)
_JOBS = (
    select(
        Job.id,
        Job.client_id,
        Job.currency,
        Job.most_minor,
        Job.pay_kind,
        Job.answer_by_on,
        Job.published_at,
        User.suspended_at,
        _codes(JobLanguage.code, JobLanguage.job_id == Job.id),
    )
    .join(User, User.id == Job.client_id)
    .where(Job.id.in_(_IDS), Job.status == JobStatus.OPEN)
)


def read(
    session: Session, subject: Subject, ids: Collection[int], *, with_skills: bool = True
) -> dict[int, Facts]:
    """The facts of those of `ids` that are public or open; the others are absent.

    Pages that test conditions do so `with_skills` left out: no condition asks for them.
    """
    if subject is Subject.PROFILE:
        counted = ProfileSkill.position < MOST_SKILLS
        listed = (ProfileSkill.profile_id, ProfileSkill.skill_id, ids, counted)
        return _of_profiles(session, ids, _lists(session, *listed) if with_skills else {})
    asked = (JobSkill.job_id, JobSkill.skill_id, ids)
    return _of_jobs(session, ids, _lists(session, *asked) if with_skills else {})


def _of_profiles(session: Session, ids: Collection[int], skills: Lists) -> dict[int, Facts]:
    return {
        row.id: Facts(
            owner=row.user_id,
            currency=row.currency,
            minor=row.rate_minor,
            languages=_parted(row.languages),
            availability=row.availability,
            park=row.park_id or 0,
            area=row.area or "",
            seen_until=row.seen_until,
            created_on=row.created_at.date(),
            published=int(row.published_at.timestamp()),
            is_hired=row.is_hired,
            skills=skills.get(row.id, ()),
        )
        for row in session.execute(_PROFILES, {"ids": ids})
    }


def _of_jobs(session: Session, ids: Collection[int], skills: Lists) -> dict[int, Facts]:
    return {
        row.id: Facts(
            owner=row.client_id,
            currency=row.currency,
            minor=row.most_minor,
            languages=_parted(row.languages),
            pay_kind=row.pay_kind,
            answer_by_on=row.answer_by_on,
            published=int(row.published_at.timestamp()) if row.published_at else 0,
            is_suspended=row.suspended_at is not None,
            skills=skills.get(row.id, ()),
        )
        for row in session.execute(_JOBS, {"ids": ids})
    }


def _parted(codes: str | None) -> tuple[str, ...]:
    return tuple(sorted(codes.split(","))) if codes else ()


def _lists(
    session: Session, owner: Any, value: Any, ids: Collection[int], *counted: ColumnElement[bool]
) -> Lists:
    """What each of `ids` has of a list, in the order of the values."""
    found: dict[int, tuple[int, ...]] = {}
    query = select(owner, value).where(owner.in_(ids), *counted).order_by(value)
    for one, item in session.execute(query):
        found[one] = (*found.get(one, ()), item)
    return found
