"""Hard conditions of the match, in SQL, and how many each of them removed.

A condition only removes those whom none before it has, so that the counts add up.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from sqlalchemy import ColumnElement, Select, and_, case, exists, false, func, or_, select, true
from sqlalchemy.orm import Session

from app.accounts.models import User
from app.clock import today
from app.jobs.models import Job, JobLanguage, JobStatus, PayKind, Proposal, ProposalStatus
from app.matching.engine.order import Ids
from app.profiles.models import Availability, Profile, ProfileLanguage
from app.texts import message


class Condition(StrEnum):
    """What both sides must agree on before anything is ranked."""

    AVAILABILITY = "availability"
    PROPOSED = "proposed"
    LANGUAGE = "language"
    CURRENCY = "currency"
    RATE = "rate"
    # What only a search asks for (app.searches.filters).
    PARK = "park"
    AREA = "area"
    SEEN = "seen"
    PAY_KIND = "pay_kind"


RELAXABLE = frozenset({Condition.LANGUAGE, Condition.CURRENCY, Condition.RATE})
"""Those a client may set aside; nobody who is away can be called back."""

FOR_JOB = {
    Condition.AVAILABILITY: message("Take no work now"),
    Condition.LANGUAGE: message("Do not work in every language the job needs"),
    Condition.CURRENCY: message("Ask to be paid in another currency"),
    Condition.RATE: message("Ask for more an hour than the job pays"),
}
FOR_PROFILE = {
    Condition.PROPOSED: message("You have proposed already"),
    Condition.LANGUAGE: message("A language is missing on your profile"),
    Condition.CURRENCY: message("Paid in another currency than you ask for"),
    Condition.RATE: message("Paid less an hour than you ask for"),
}

NOT_OPEN = message("It takes no proposals now")

_LIVE = (ProposalStatus.SENT, ProposalStatus.SHORTLISTED, ProposalStatus.ACCEPTED)


Fits = dict[Condition, ColumnElement[bool]]


@dataclass(frozen=True)
class Removed:
    """How many a condition removed, and what it says of them (a message id)."""

    condition: Condition
    count: int
    sentence: str

    @property
    def can_relax(self) -> bool:
        """Whether the one who looks may set this condition aside."""
        return self.condition in RELAXABLE


@dataclass(frozen=True)
class Eligible:
    """Who is left: ascending ids, out of how many, and what removed the others."""

    ids: Ids
    looked_at: int
    removed: tuple[Removed, ...]

    @property
    def hardest(self) -> Removed | None:
        """The condition that removed most, of two equal ones the first; None if none did."""
        removing = [removed for removed in self.removed if removed.count]
        return max(removing, key=lambda removed: removed.count, default=None)


def read(names: Iterable[str]) -> frozenset[Condition]:
    """The weak conditions among `names`, as an address carries them; others are passed over."""
    return frozenset(condition for condition in RELAXABLE if condition.value in set(names))


def for_job(session: Session, job: Job, relax: Collection[Condition] = ()) -> Eligible:
    """The profiles a job may show: published, not suspended, not the client's own, and fitting.

    The job's languages must be loaded. `relax` sets weak conditions aside.
    """
    codes = [language.code for language in job.languages]
    fits = {
        Condition.AVAILABILITY: Profile.availability != Availability.AWAY,
        Condition.LANGUAGE: _knows_all(codes),
        Condition.CURRENCY: Profile.currency == job.currency,
        Condition.RATE: _asks_at_most(job),
    }
    base = (
        select(Profile.id)
        .join(Profile.user)
        .where(
            Profile.published_at.is_not(None),
            User.suspended_at.is_(None),
            Profile.user_id != job.client_id,
        )
    )
    return sorted_out(session, base, _without(fits, relax), FOR_JOB)


def for_profile(session: Session, profile: Profile, relax: Collection[Condition] = ()) -> Eligible:
    """The jobs a freelancer may see: open, in time, of a client in good standing, and fitting.

    The profile's languages must be loaded. `relax` sets weak conditions aside.
    """
    fits = _without(_fits_of_jobs(profile), relax)
    return sorted_out(session, _open_jobs(profile), fits, FOR_PROFILE)


def against(session: Session, profile: Profile, job: Job) -> list[str]:
    """Why a freelancer would not be shown a job: every reason, as message ids."""
    fits = _fits_of_jobs(profile)
    fails = (case((fit, 0), else_=1) for fit in fits.values())
    found = session.execute(select(*fails).where(Job.id == job.id)).one()
    reasons = [FOR_PROFILE[key] for key, fails in zip(fits, found, strict=True) if fails]
    if session.scalar(_open_jobs(profile).where(Job.id == job.id)) is None:
        reasons.insert(0, NOT_OPEN)
    return reasons


def _open_jobs(profile: Profile) -> Select[int]:
    return (
        select(Job.id)
        .join(Job.client)
        .where(
            Job.status == JobStatus.OPEN,
            Job.answer_by_on >= today(),
            User.suspended_at.is_(None),
            Job.client_id != profile.user_id,
        )
    )


def _fits_of_jobs(profile: Profile) -> Fits:
    known = [language.code for language in profile.languages]
    unknown = exists().where(JobLanguage.job_id == Job.id, JobLanguage.code.not_in(known))
    proposed = exists().where(
        Proposal.job_id == Job.id, Proposal.profile_id == profile.id, Proposal.status.in_(_LIVE)
    )
    return {
        Condition.PROPOSED: ~proposed,
        Condition.LANGUAGE: ~unknown,
        Condition.CURRENCY: Job.currency == profile.currency,
        Condition.RATE: _pays_at_least(profile),
    }


def _without(fits: Fits, relax: Collection[Condition]) -> Fits:
    return {key: fit for key, fit in fits.items() if key not in relax or key not in RELAXABLE}


def sorted_out(
    session: Session, base: Select[int], fits: Fits, sentences: Mapping[Condition, str]
) -> Eligible:
    """Those of `base` that every condition lets through, and how many each removed."""
    # One row names the first condition it fails, so each is counted once.
    first = case(*((~fit, key.value) for key, fit in fits.items()), (false(), ""), else_="").label(
        "first"
    )
    named = base.add_columns(first).subquery()
    rows = session.execute(select(named.c.first, func.count()).group_by(named.c.first))
    counts: dict[str, int] = dict(rows.all())
    left = session.scalars(base.where(*fits.values()))
    ids = np.sort(np.fromiter(left, np.int64))
    removed = tuple(Removed(key, counts.get(key.value, 0), sentences[key]) for key in fits)
    return Eligible(ids, len(ids) + sum(one.count for one in removed), removed)


def _knows_all(codes: Sequence[str]) -> ColumnElement[bool]:
    return and_(
        true(),
        *(
            exists().where(ProfileLanguage.profile_id == Profile.id, ProfileLanguage.code == code)
            for code in codes
        ),
    )


def _asks_at_most(job: Job) -> ColumnElement[bool]:
    if job.pay_kind is PayKind.FIXED:
        return true()
    # Amounts of two currencies do not compare; the condition before this one speaks of them.
    return or_(
        Profile.rate_minor.is_(None),
        Profile.currency != job.currency,
        Profile.rate_minor <= job.most_minor,
    )


def _pays_at_least(profile: Profile) -> ColumnElement[bool]:
    if profile.rate_minor is None:
        return true()
    return or_(
        Job.pay_kind == PayKind.FIXED,
        Job.currency != profile.currency,
        Job.most_minor >= profile.rate_minor,
    )
