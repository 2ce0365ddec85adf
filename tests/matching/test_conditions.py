"""Hard conditions: columns let through exactly those whom each fact lets through, and count so."""

from datetime import date

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from app.jobs.models import Job, JobLanguage, PayKind
from app.matching import conditions
from app.matching.columns import FactColumns
from app.matching.conditions import RELAXABLE, Condition
from app.matching.facts import Facts
from app.matching.holding import Holding
from app.matching.models import Subject
from app.matching.rows import Rows
from app.matching.view import Segment, View
from tests.matching.test_columns import KNOWN, LANGUAGES

JOBS = st.builds(
    lambda languages, **given: Job(
        client_id=5, languages=[JobLanguage(code=code) for code in languages], **given
    ),
    languages=LANGUAGES,
    pay_kind=st.sampled_from(PayKind),
    currency=st.sampled_from(("USD", "EUR")),
    most_minor=st.integers(1, 10**8),
)
RELAXED = st.sets(st.sampled_from(sorted(RELAXABLE)))


def failed(job: Job, facts: Facts, relax: set[Condition]) -> Condition | None:
    """The first condition that facts do not fulfil, said without columns."""
    asked = {language.code for language in job.languages}
    unaffordable = (
        job.pay_kind is PayKind.HOURLY
        and facts.minor is not None
        and facts.currency == job.currency
        and facts.minor > job.most_minor
    )
    fails = {
        Condition.AVAILABILITY: facts.availability == "away",
        Condition.LANGUAGE: not asked <= set(facts.languages),
        Condition.CURRENCY: facts.currency != job.currency,
        Condition.RATE: unaffordable,
    }
    return next((key for key, fails in fails.items() if fails and key not in relax), None)


def view_of(*parts: dict[int, Facts]) -> View:
    return View(
        tuple(Segment.of(_holding(sorted(part)), FactColumns.of_facts(part)) for part in parts)
    )


def _holding(ids: list[int]) -> Holding:
    one = np.ones(1, np.float32).tobytes()
    return Holding.build(Rows.of([(each, one, b"", "") for each in ids], 1), "bm25")


@given(JOBS, KNOWN, RELAXED, st.integers(1, 3))
def test_who_is_left_and_what_removed_the_others(job, known, relax, parts):
    view = view_of(*({one: known[one] for one in known if one % parts == n} for n in range(parts)))
    eligible = view.sort_out(conditions.for_job(job, relax))
    may = {one: f for one, f in known.items() if f.owner != 5 and not f.is_suspended}
    fails = {one: failed(job, facts, relax) for one, facts in may.items()}
    left = {
        int(one)
        for segment, mask in zip(view.segments, eligible.masks, strict=True)
        for one in segment.facts.ids[mask]
    }
    assert left == {one for one, failure in fails.items() if failure is None}
    assert (eligible.looked_at, eligible.count) == (len(may), len(left))
    for removed in eligible.removed:
        assert removed.count == sum(fails[one] is removed.condition for one in fails)


def test_a_newer_text_hides_the_older_one_and_its_facts():
    old = Facts(owner=1, currency="USD", minor=None, availability="open", park=3)
    new = Facts(owner=1, currency="USD", minor=None, availability="away", park=4)
    view = view_of({7: old, 8: old}, {7: new})
    big, small = view.segments
    alive = View((big.without(np.array([7, 99])), small))
    job = Job(client_id=5, languages=[], pay_kind=PayKind.FIXED, currency="USD", most_minor=9)
    eligible = alive.sort_out(conditions.for_job(job))
    assert (eligible.looked_at, eligible.count) == (2, 1)
    assert alive.ids.tolist() == [7, 8]
    assert alive.park_sizes.tolist() == [0, 0, 0, 1, 1]


def test_the_newest_come_first_whatever_segment_they_are_in():
    facts = {
        one: Facts(owner=1, currency="USD", minor=None, published=when)
        for one, when in ((1, 500), (2, 900), (3, 900), (4, 100))
    }
    view = view_of({1: facts[1], 4: facts[4]}, {2: facts[2], 3: facts[3]})
    everybody = conditions.Asked(Subject.PROFILE, conditions.everybody, {}, {})
    assert view.newest(view.sort_out(everybody), 3) == [2, 3, 1]


def test_a_job_whose_last_day_has_passed_is_not_open(held_clock):
    days = {1: date(2026, 11, 22), 2: date(2026, 11, 23), 3: date(2026, 11, 24)}
    known = {
        one: Facts(owner=1, currency="USD", minor=9, answer_by_on=day) for one, day in days.items()
    }
    assert conditions.still_open()(FactColumns.of_facts(known)).tolist() == [False, True, True]
