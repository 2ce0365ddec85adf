"""Facts as columns say what the facts themselves say, however they are taken and joined."""

from datetime import date
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.matching.columns import FactColumns, code, days, joined
from app.matching.facts import Facts
from app.profiles.languages import WORK_LANGUAGES

DAYS = st.dates(date(2020, 1, 1), date(2030, 1, 1))
FACTS = st.builds(
    Facts,
    owner=st.integers(1, 10**6),
    currency=st.sampled_from(("USD", "EUR", "GBP")),
    minor=st.none() | st.integers(1, 10**8),
    languages=st.lists(st.sampled_from(WORK_LANGUAGES), unique=True, max_size=5).map(tuple),
    availability=st.sampled_from(("open", "limited", "away")),
    pay_kind=st.sampled_from(("", "fixed", "hourly")),
    park=st.integers(0, 40),
    area=st.sampled_from(("", "PK-GB", "PK-SD")),
    seen_until=st.none() | DAYS,
    created_on=st.none() | DAYS,
    answer_by_on=st.none() | DAYS,
    published=st.integers(0, 2 * 10**9),
    is_suspended=st.booleans(),
    is_hired=st.booleans(),
    skills=st.lists(st.integers(1, 30), unique=True, max_size=6).map(tuple),
)
KNOWN = st.dictionaries(st.integers(1, 100), FACTS, max_size=12)
LANGUAGES = st.lists(st.sampled_from(WORK_LANGUAGES), unique=True, max_size=3)


def assert_says(columns: FactColumns, known: dict[int, Facts]) -> None:
    every = [known[one] for one in sorted(known)]
    assert columns.ids.tolist() == sorted(known)
    for name in ("owner", "park", "published", "is_suspended", "is_hired"):
        assert getattr(columns, name).tolist() == [getattr(one, name) for one in every]
    for name in ("currency", "availability", "pay_kind", "area"):
        assert getattr(columns, name).tolist() == [code(getattr(one, name)) for one in every]
    for name in ("seen_until", "created_on", "answer_by_on"):
        expected = [days(day) if (day := getattr(one, name)) else 0 for one in every]
        assert getattr(columns, name).tolist() == expected
    assert columns.minor.tolist() == [-1 if one.minor is None else one.minor for one in every]
    ends = columns.skill_starts.tolist()
    listed = [columns.skills[a:b].tolist() for a, b in pairwise(ends)]
    assert listed == [list(one.skills) for one in every]


@given(KNOWN)
def test_columns_say_what_the_facts_say(known):
    assert_says(FactColumns.of_facts(known), known)


@given(KNOWN, st.sets(st.integers(1, 100)))
def test_those_taken_keep_their_facts(known, wanted):
    columns = FactColumns.of_facts(known)
    at = np.flatnonzero(np.isin(columns.ids, list(wanted)))
    assert_says(columns.take(at), {one: known[one] for one in known.keys() & wanted})


@given(KNOWN, st.integers(2, 4))
def test_parts_joined_are_the_whole(known, parts):
    split = [{one: known[one] for one in known if one % parts == n} for n in range(parts)]
    assert_says(joined([FactColumns.of_facts(part) for part in split]), known)


@given(KNOWN, LANGUAGES, st.sets(st.integers(1, 30), min_size=1))
def test_languages_and_skills_are_counted_one_by_one(known, languages, skills):
    columns = FactColumns.of_facts(known)
    every = [known[one] for one in sorted(known)]
    asked = set(languages)
    assert columns.know_all(languages).tolist() == [asked <= set(one.languages) for one in every]
    assert columns.need_only(languages).tolist() == [set(one.languages) <= asked for one in every]
    assert columns.count_of(skills).tolist() == [len(skills & set(one.skills)) for one in every]


@given(FACTS, FACTS)
def test_equal_facts_are_written_alike_and_others_are_not(one, other):
    assert (one.written() == other.written()) == (one == other)


def test_columns_kept_in_files_are_the_same(tmp_path):
    known = {
        3: Facts(owner=1, currency="USD", minor=None, languages=("en", "ur"), skills=(5, 9)),
        8: Facts(owner=2, currency="EUR", minor=700, park=4, seen_until=date(2027, 1, 1)),
    }
    FactColumns.of_facts(known).save(tmp_path)
    assert_says(FactColumns.open(tmp_path), known)


def test_columns_that_do_not_fit_together_are_refused(tmp_path):
    FactColumns.of_facts({3: Facts(owner=1, currency="USD", minor=None)}).save(tmp_path)
    np.save(tmp_path / "park.npy", np.zeros(2, np.int32))
    with pytest.raises(ValueError, match="do not fit together"):
        FactColumns.open(tmp_path)
