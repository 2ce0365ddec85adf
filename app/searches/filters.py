"""The filters of a search, as the conditions of a match are: tests of columns of facts."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.clock import today
from app.jobs.models import PayKind
from app.matching import conditions
from app.matching.columns import FactColumns, Mask, code, days
from app.matching.conditions import Asked, Condition, Tests
from app.matching.models import Subject
from app.parks.models import Park
from app.searches.models import Kind
from app.searches.wanted import Wanted
from app.texts import message

NO_PARK = -1
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


def asked_by(session: Session, wanted: Wanted) -> Asked:
    """What must hold for whom or what a search may show."""
    if wanted.kind is Kind.JOBS:
        return Asked(Subject.JOB, conditions.still_open(), _tests_of_jobs(wanted), OF_JOBS)
    tests = _tests_of_freelancers(session, wanted)
    return Asked(Subject.PROFILE, _is_in_good_standing, tests, OF_FREELANCERS)


def _is_in_good_standing(given: FactColumns) -> Mask:
    return ~given.is_suspended


def _tests_of_freelancers(session: Session, wanted: Wanted) -> Tests:
    free = wanted.availability
    works = (lambda given: given.availability == code(free)) if free else conditions.takes_work
    tests: Tests = {Condition.AVAILABILITY: works}
    if wanted.park:
        park = session.scalar(select(Park.id).where(Park.slug == wanted.park)) or NO_PARK
        tests[Condition.PARK] = lambda given: given.park == park
    if wanted.area:
        area = code(wanted.area)
        tests[Condition.AREA] = lambda given: given.area == area
    if wanted.seen:
        day = days(today())
        tests[Condition.SEEN] = lambda given: (given.park > 0) & (given.seen_until >= day)
    if wanted.language:
        tests[Condition.LANGUAGE] = lambda given: given.know_all([wanted.language])
    if wanted.pay:
        currency, most = code(wanted.pay.currency), wanted.pay.minor
        tests[Condition.CURRENCY] = lambda given: given.currency == currency
        # Who names no rate has `UNNAMED`, which is below every amount.
        tests[Condition.RATE] = lambda given: given.minor <= most
    return tests


def _tests_of_jobs(wanted: Wanted) -> Tests:
    tests: Tests = {}
    if wanted.language:
        tests[Condition.LANGUAGE] = lambda given: given.know_all([wanted.language])
    if wanted.pay_kind:
        kind = code(wanted.pay_kind)
        tests[Condition.PAY_KIND] = lambda given: given.pay_kind == kind
    if wanted.pay:
        currency, least = code(wanted.pay.currency), wanted.pay.minor
        tests[Condition.CURRENCY] = lambda given: given.currency == currency
        # How many hours a fixed price pays for, nobody knows beforehand.
        fixed = code(PayKind.FIXED)
        tests[Condition.RATE] = lambda given: (given.pay_kind == fixed) | (given.minor >= least)
    return tests
