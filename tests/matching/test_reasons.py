"""Quotes of a profile: short, literal, and cut between words."""

import pytest

from app.matching.reasons import AROUND, explain
from tests.factories import make_job, make_profile, make_skill


def quote_of(session, summary: str):
    """The quote that shows Django in a summary."""
    django = make_skill(session, "Django")
    profile = make_profile(session, summary=summary)
    job = make_job(session, skills=(django,))
    (quote,) = explain(profile, job, {}).covered
    return quote


def test_a_short_text_is_quoted_whole(session):
    quote = quote_of(session, "I use Django daily.")
    assert (quote.before, quote.words, quote.after) == ("I use ", "Django", " daily.")


@pytest.mark.parametrize("filler", ["word ", "حرف ", "w"])
def test_a_long_text_is_cut_between_words(session, filler):
    quote = quote_of(session, f"{filler * 40} Django {filler * 40}")
    assert quote.before.startswith("…")
    assert quote.after.endswith("…")
    assert len(quote.before) <= AROUND + 1
    assert len(quote.after) <= AROUND + 1
    for side in (quote.before, quote.after):
        assert set(side.strip("… ").split()) <= {filler.strip()}


def test_line_ends_become_blanks(session):
    quote = quote_of(session, "First\nDjango\nlast")
    assert (quote.before, quote.after) == ("First ", " last")


def test_what_people_wrote_is_preferred_to_what_they_listed(session):
    django = make_skill(session, "Django")
    profile = make_profile(session, skills=(django,), past_titles=("Django coder",))
    job = make_job(session, skills=(django,))
    reasons = explain(profile, job, {})
    assert [quote.section for quote in reasons.covered] == ["past_titles"]
    assert reasons.listed == ("Django",)


def test_a_job_that_asks_for_nothing_is_answered_with_nothing(session):
    reasons = explain(make_profile(session), make_job(session), {})
    assert (reasons.covered, reasons.listed, reasons.missing) == ((), (), ())
