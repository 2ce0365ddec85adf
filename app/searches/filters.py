"""The filters of a search in SQL, with how many each of them removed."""

from sqlalchemy import ColumnElement, Select, exists, or_, select
from sqlalchemy.orm import Session

from app.accounts.models import User
from app.clock import today
from app.jobs.models import Job, JobLanguage, JobStatus, PayKind
from app.matching.conditions import Condition, Eligible, Fits, sorted_out
from app.money import Money
from app.parks import verifications
from app.parks.models import Area, Membership, MembershipStatus, Park
from app.profiles.models import Availability, Profile, ProfileLanguage
from app.searches.models import Kind
from app.searches.wanted import Wanted
from app.texts import message

OF_FREELANCERS = {
    Condition.AVAILABILITY: message("Do not take work as you ask"),
    Condition.PARK: message("Belong to another park, or to none"),
    Condition.AREA: message("Belong to no park in this area"),
    Condition.SEEN: message("Were not seen in person by their park"),
    Condition.LANGUAGE: message("Do not work in this language"),
    Condition.CURRENCY: message("Ask to be paid in another currency"),
    Condition.RATE: message("Ask for more an hour"),
}
OF_JOBS = {
    Condition.LANGUAGE: message("Do not need this language"),
    Condition.PAY_KIND: message("Pay in another way"),
    Condition.CURRENCY: message("Pay in another currency"),
    Condition.RATE: message("Pay less an hour"),
}
FIELDS = {
    Condition.AVAILABILITY: {"availability"},
    Condition.PARK: {"park"},
    Condition.AREA: {"area"},
    Condition.SEEN: {"seen"},
    Condition.LANGUAGE: {"language"},
    Condition.PAY_KIND: {"pay_kind"},
    Condition.CURRENCY: {"rate", "currency"},
    Condition.RATE: {"rate", "currency"},
}
"""Which values of `Wanted.asked` each condition comes from."""


def eligible(session: Session, wanted: Wanted) -> Eligible:
    """Who or what may be shown for a search, and what removed the others."""
    sentences = OF_JOBS if wanted.kind is Kind.JOBS else OF_FREELANCERS
    return sorted_out(session, shown(wanted), _fits(wanted), sentences)


def newest(session: Session, wanted: Wanted, *, most: int) -> list[int]:
    """The ids of what fits the filters, the newest first."""
    thing = Job if wanted.kind is Kind.JOBS else Profile
    found = shown(wanted).where(*_fits(wanted).values())
    return list(session.scalars(found.order_by(thing.published_at.desc(), thing.id).limit(most)))


def shown(wanted: Wanted) -> Select[int]:
    """What anybody may see: published profiles, open jobs; of people in good standing."""
    if wanted.kind is Kind.JOBS:
        return (
            select(Job.id)
            .join(Job.client)
            .where(
                Job.status == JobStatus.OPEN,
                Job.answer_by_on >= today(),
                User.suspended_at.is_(None),
            )
        )
    public = (Profile.published_at.is_not(None), User.suspended_at.is_(None))
    return select(Profile.id).join(Profile.user).where(*public)


def _fits(wanted: Wanted) -> Fits:
    return _fits_of_jobs(wanted) if wanted.kind is Kind.JOBS else _fits_of_freelancers(wanted)


def _fits_of_freelancers(wanted: Wanted) -> Fits:
    free = wanted.availability
    works = Profile.availability == free if free else Profile.availability != Availability.AWAY
    fits: Fits = {Condition.AVAILABILITY: works}
    if wanted.park:
        fits[Condition.PARK] = _belongs(Park.slug == wanted.park)
    if wanted.area:
        fits[Condition.AREA] = _belongs(Park.area == Area(wanted.area))
    if wanted.seen:
        fits[Condition.SEEN] = _belongs(verifications.holds(Membership))
    if wanted.language:
        speaks = exists().where(
            ProfileLanguage.profile_id == Profile.id, ProfileLanguage.code == wanted.language
        )
        fits[Condition.LANGUAGE] = speaks
    if wanted.pay:
        fits[Condition.CURRENCY] = Profile.currency == wanted.pay.currency
        fits[Condition.RATE] = _asks_at_most(wanted.pay)
    return fits


def _fits_of_jobs(wanted: Wanted) -> Fits:
    fits: Fits = {}
    if wanted.language:
        fits[Condition.LANGUAGE] = exists().where(
            JobLanguage.job_id == Job.id, JobLanguage.code == wanted.language
        )
    if wanted.pay_kind:
        fits[Condition.PAY_KIND] = Job.pay_kind == wanted.pay_kind
    if wanted.pay:
        fits[Condition.CURRENCY] = Job.currency == wanted.pay.currency
        # How many hours a fixed price pays for, nobody knows beforehand.
        fits[Condition.RATE] = or_(
            Job.pay_kind == PayKind.FIXED, Job.most_minor >= wanted.pay.minor
        )
    return fits


def _belongs(condition: ColumnElement[bool]) -> ColumnElement[bool]:
    """The condition that a profile's person is a confirmed member, and of such a park."""
    return exists().where(
        Membership.user_id == Profile.user_id,
        Membership.status == MembershipStatus.CONFIRMED,
        Membership.park_id == Park.id,
        condition,
    )


def _asks_at_most(pay: Money) -> ColumnElement[bool]:
    return or_(Profile.rate_minor.is_(None), Profile.rate_minor <= pay.minor)
