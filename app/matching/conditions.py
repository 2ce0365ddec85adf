"""Hard conditions of the match, as tests of columns of facts.

One definition sorts a million out of the shared index and holds the few who are about to be
shown against the database (decision 13).
"""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.clock import today
from app.jobs.models import Job, PayKind, Proposal, ProposalStatus
from app.matching import facts
from app.matching.columns import FactColumns, Mask, code, days
from app.matching.models import Subject
from app.profiles.models import Availability, Profile
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


Test = Callable[[FactColumns], Mask]
Tests = dict[Condition, Test]


@dataclass(frozen=True)
class Asked:
    """What must hold for whom or what may be shown: silently, and then by named conditions."""

    subject: Subject
    base: Test
    tests: Tests
    sentences: Mapping[Condition, str]

    def holds(self, columns: FactColumns) -> Mask:
        """Say of each whether it may be shown."""
        mask = self.base(columns)
        for test in self.tests.values():
            mask = mask & test(columns)
        return mask


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


def read(names: Iterable[str]) -> frozenset[Condition]:
    """The weak conditions among `names`, as an address carries them; others are passed over."""
    return frozenset(condition for condition in RELAXABLE if condition.value in set(names))


def for_job(job: Job, relax: Collection[Condition] = ()) -> Asked:
    """The profiles a job may show: not the client's own, and fitting.

    The job's languages must be loaded. `relax` sets weak conditions aside.
    """
    tests: Tests = {
        Condition.AVAILABILITY: takes_work,
        Condition.LANGUAGE: _knows_all([language.code for language in job.languages]),
        Condition.CURRENCY: _in_currency(job.currency),
        Condition.RATE: _asks_at_most(job),
    }
    client = job.client_id

    def base(given: FactColumns) -> Mask:
        return ~given.is_suspended & (given.owner != client)

    return Asked(Subject.PROFILE, base, _without(tests, relax), FOR_JOB)


def for_profile(session: Session, profile: Profile, relax: Collection[Condition] = ()) -> Asked:
    """The jobs a freelancer may see: in time, not their own, and fitting.

    The profile's languages must be loaded. `relax` sets weak conditions aside.
    """
    tests = _tests_of_jobs(_proposed(session, profile), profile)
    owner = profile.user_id
    in_time = still_open()

    def base(given: FactColumns) -> Mask:
        return in_time(given) & (given.owner != owner)

    return Asked(Subject.JOB, base, _without(tests, relax), FOR_PROFILE)


def against(session: Session, profile: Profile, job: Job) -> list[str]:
    """Why a freelancer would not be shown a job: every reason, as message ids."""
    asked = for_profile(session, profile)
    known = facts.read(session, Subject.JOB, [job.id], with_skills=False)
    if not known:
        return [NOT_OPEN]
    columns = FactColumns.of_facts(known)
    reasons = [] if asked.base(columns)[0] else [NOT_OPEN]
    return reasons + [FOR_PROFILE[key] for key, test in asked.tests.items() if not test(columns)[0]]


def still_true(session: Session, asked: Asked, ids: Sequence[int]) -> set[int]:
    """Those of `ids` who may be shown by what the database says this moment.

    The index learns of a change within a second; nobody is shown by what it still believes.
    """
    columns = FactColumns.of_facts(facts.read(session, asked.subject, ids, with_skills=False))
    return set(columns.ids[asked.holds(columns)].tolist())


def takes_work(given: FactColumns) -> Mask:
    """Whoever is not away."""
    return np.asarray(given.availability != code(Availability.AWAY))


def still_open() -> Test:
    """A job of a client in good standing, whose last day to propose is today or later."""
    day = days(today())
    return lambda given: ~given.is_suspended & (given.answer_by_on >= day)


def _proposed(session: Session, profile: Profile) -> list[int]:
    query = select(Proposal.job_id).where(
        Proposal.profile_id == profile.id, Proposal.status.in_(_LIVE)
    )
    return list(session.scalars(query))


def _tests_of_jobs(proposed: Sequence[int], profile: Profile) -> Tests:
    known = [language.code for language in profile.languages]
    return {
        Condition.PROPOSED: lambda given: ~np.isin(given.ids, proposed),
        Condition.LANGUAGE: lambda given: given.need_only(known),
        Condition.CURRENCY: _in_currency(profile.currency),
        Condition.RATE: _pays_at_least(profile),
    }


def _without(tests: Tests, relax: Collection[Condition]) -> Tests:
    return {key: test for key, test in tests.items() if key not in relax or key not in RELAXABLE}


def _knows_all(languages: Sequence[str]) -> Test:
    return lambda given: given.know_all(languages)


def _in_currency(currency: str) -> Test:
    return lambda given: given.currency == code(currency)


def _asks_at_most(job: Job) -> Test:
    if job.pay_kind is PayKind.FIXED:
        return everybody

    # Amounts of two currencies do not compare; the condition before this one speaks of them.
    # Who names no rate has `UNNAMED`, which is below every amount.
    def test(given: FactColumns) -> Mask:
        other = given.currency != code(job.currency)
        return np.asarray((given.minor <= job.most_minor) | other)

    return test


def _pays_at_least(profile: Profile) -> Test:
    if profile.rate_minor is None:
        return everybody
    rate = profile.rate_minor

    def test(given: FactColumns) -> Mask:
        other = given.currency != code(profile.currency)
        return np.asarray((given.pay_kind == code(PayKind.FIXED)) | other | (given.minor >= rate))

    return test


def everybody(given: FactColumns) -> Mask:
    """All of them."""
    return np.ones(len(given), np.bool_)
