"""How values look: money and dates in both languages, and links that never go stale."""

from datetime import timedelta

import pytest
from flask import Flask
from flask_babel import force_locale

from app.clock import now
from app.errors import Invalid
from app.web.labels import LABELS, language_name, show_label
from app.web.templating import show_ago, show_day, show_moment, show_money, static_url
from tests.conftest import MORNING


@pytest.fixture
def reading(app: Flask):
    with app.test_request_context():
        yield


@pytest.mark.usefixtures("reading")
@pytest.mark.parametrize("language", ["en", "ur"])
@pytest.mark.parametrize(
    ("minor", "currency", "shown"),
    [
        (120_000, "USD", "$1,200"),
        (120_050, "USD", "$1,200.50"),
        (5, "EUR", "€0.05"),
        (99_999_999, "GBP", "£999,999.99"),
    ],
)
def test_money_reads_the_same_in_both_languages(language, minor, currency, shown):
    with force_locale(language):
        assert show_money(minor, currency) == f'<bdi class="money" dir="ltr">{shown}</bdi>'


def test_money_in_no_currency_is_refused():
    with pytest.raises(Invalid):
        show_money(5, "<b>")


@pytest.mark.usefixtures("reading")
def test_times_are_shown_in_pakistan():
    assert show_moment(MORNING) == "23 Nov 2026, 14:00"


@pytest.mark.usefixtures("reading")
@pytest.mark.parametrize("language", ["en", "ur"])
def test_dates_have_western_digits(language):
    with force_locale(language):
        shown = show_day(MORNING.date())
    assert shown.startswith("23 ")
    assert shown.endswith(" 2026")


@pytest.mark.usefixtures("reading")
@pytest.mark.parametrize(
    ("gone", "shown"),
    [
        (timedelta(seconds=1), "1 minute ago"),
        (timedelta(minutes=59), "59 minutes ago"),
        (timedelta(hours=1), "1 hour ago"),
        (timedelta(hours=23, minutes=59), "23 hours ago"),
        (timedelta(days=1), "1 day ago"),
        (timedelta(days=29), "29 days ago"),
        (timedelta(days=31), "23 Oct 2026"),
    ],
)
def test_how_long_ago_is_said_coarsely(gone, shown):
    assert show_ago(now() - gone) == shown


@pytest.mark.usefixtures("reading")
def test_a_static_link_names_the_content(app: Flask):
    link = static_url("hunar.css")
    assert link.startswith("/static/hunar.css?v=")
    with app.test_client().get(link) as answer:
        assert answer.status_code == 200


@pytest.mark.usefixtures("reading")
def test_every_label_has_words_and_an_unknown_code_is_found_early():
    assert all(show_label(code) for code in LABELS)
    with pytest.raises(KeyError):
        show_label("unheard-of")


@pytest.mark.usefixtures("reading")
def test_a_language_is_named_in_the_readers_language():
    assert language_name("ur") == "Urdu"
    with force_locale("ur"):
        assert language_name("ur") == "اردو"
