"""What the text of a description says about a job."""

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app import lengths
from app.documents.files import tidy
from app.jobs import description
from app.jobs.description import pay_in, weeks_in
from app.jobs.models import PayKind
from tests.factories import make_skill

TEXT = """# Job title: **WordPress developer**

We need an online shop for a bakery, with WordPress and JS.
Budget: $1,200. It should take 6 weeks. You speak English and German fluently.
"""


@pytest.mark.parametrize(
    ("text", "kind", "least", "most", "currency"),
    [
        ("Budget: $1,200 fixed", "fixed", 120_000, 120_000, "USD"),
        ("500 USD", "fixed", 50_000, 50_000, "USD"),
        ("€800 to €1000", "fixed", 100_000, 100_000, "EUR"),
        ("£2-3k for all", "fixed", 300_000, 300_000, "GBP"),
        ("$15-25/hr", "hourly", 1_500, 2_500, "USD"),
        ("€20 to €30 per hour", "hourly", 2_000, 3_000, "EUR"),
        ("Hourly rate: 20 - 35 USD", "hourly", 2_000, 3_500, "USD"),
        ("We raised $5 million and pay $20.50 an hour", "hourly", 2_050, 2_050, "USD"),
    ],
)
def test_a_price_is_read_with_its_kind_and_currency(text, kind, least, most, currency):
    pay = pay_in(text)
    assert pay is not None
    assert (pay.kind, pay.least.minor, pay.most.minor) == (PayKind(kind), least, most)
    assert pay.least.currency == pay.most.currency == currency


@pytest.mark.parametrize(
    "text",
    ["", "$90,000 per year", "€3000/month", "Rs 50,000", "$0", "$99999999999", "5 people", "$ -"],
)
def test_a_salary_or_no_price_is_none(text):
    assert pay_in(text) is None


@pytest.mark.parametrize(
    ("text", "weeks"),
    [
        ("It takes 6 weeks", 6),
        ("six weeks", 6),
        ("2-3 months", 13),
        ("a 4-week job", 4),
        ("6 months of experience.\nDuration: 3 months", 13),
        ("two weeks notice", None),
        ("every 2 weeks", None),
        ("999 weeks", None),
        ("0 weeks", None),
    ],
)
def test_the_length_is_read_in_weeks(text, weeks):
    assert weeks_in(text) == weeks


@pytest.mark.parametrize(
    ("text", "title"),
    [
        (TEXT, "WordPress developer"),
        ("Logo for a fox\n\nIt should be red.", "Logo for a fox"),
        ("We are looking for a Go developer who can join us.", "Go developer"),
        ("Hello, my shop is old and slow. It has to be better.", ""),
        ("", ""),
    ],
)
def test_the_title_is_labelled_asked_for_or_on_top(session, text, title):
    assert description.read(session, text).title == title


def test_skills_and_languages_are_found(session):
    make_skill(session, "JavaScript", "JS")
    make_skill(session, "WordPress", popularity=5)
    said = description.read(session, TEXT)
    assert [f.skill.label for f in said.offered] == ["WordPress", "JavaScript"]
    assert said.languages == ("en", "de")
    assert said.text == TEXT
    assert not said.is_cut


def test_a_polish_or_a_french_press_is_no_language(session):
    assert description.read(session, "Polish the site of our French bakery.").languages == ()


def test_a_long_text_is_cut_at_a_line(session):
    said = description.read(session, "One line of it.\n" * 1000)
    assert said.is_cut
    assert said.text.endswith("of it.")
    assert len(said.text) <= lengths.DESCRIPTION


@pytest.mark.parametrize("piece", ["a", "$1", "1,", "1 ", "=", "weeks ", "need a ", "9", "$1-"])
def test_no_text_keeps_the_reader_busy(session, piece):
    started = time.monotonic()
    description.read(session, tidy((piece * 60_000)[:60_000]))
    assert time.monotonic() - started < 5


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=300) | st.text("$€1 ,.-kKhrtowesmn/\n", max_size=80))
def test_any_text_is_read(text):
    pay = pay_in(text)
    assert pay is None or 0 < pay.least.minor <= pay.most.minor
    weeks = weeks_in(text)
    assert weeks is None or 1 <= weeks <= 104
    assert len(description._title(text)) <= lengths.TITLE
