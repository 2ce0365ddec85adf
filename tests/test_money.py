"""Money is exact, in one currency, and refuses what is no amount."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.errors import Invalid
from app.money import CURRENCIES, LARGEST_MINOR, Money, parse

AMOUNTS = st.integers(1, LARGEST_MINOR)
CURRENCY = st.sampled_from(CURRENCIES)
URDU_DIGITS = str.maketrans("0123456789.", "۰۱۲۳۴۵۶۷۸۹٫")
ARABIC_DIGITS = str.maketrans("0123456789.", "٠١٢٣٤٥٦٧٨٩٫")


@given(AMOUNTS, CURRENCY)
def test_an_amount_written_out_reads_back_the_same(minor, currency):
    money = Money(minor, currency)
    assert parse(str(money.major), currency) == money
    assert parse(f"{money.major:,}", currency) == money


@given(AMOUNTS, CURRENCY, st.sampled_from([URDU_DIGITS, ARABIC_DIGITS]))
def test_urdu_and_arabic_digits_read_the_same(minor, currency, digits):
    money = Money(minor, currency)
    assert parse(str(money.major).translate(digits), currency) == money


@given(st.text(max_size=12), CURRENCY)
def test_whatever_is_typed_gives_an_amount_or_a_refusal(typed, currency):
    try:
        money = parse(typed, currency)
    except Invalid:
        return
    assert 0 < money.minor <= LARGEST_MINOR


@given(AMOUNTS, AMOUNTS, CURRENCY)
def test_adding_is_adding_of_the_smallest_units(one, other, currency):
    assert (Money(one, currency) + Money(other, currency)).minor == one + other


@pytest.mark.parametrize(
    ("typed", "minor"),
    [
        ("1200", 120_000),
        ("1,200.50", 120_050),
        ("1 200", 120_000),
        (".5", 50),
        ("7.", 700),
        ("01", 100),
    ],
)
def test_ways_of_writing_an_amount(typed, minor):
    assert parse(typed, "USD") == Money(minor, "USD")


@pytest.mark.parametrize(
    "typed", ["", " ", "ten", "1e3", "NaN", "Infinity", "-5", "+5", "1.2.3", "5 $"]
)
def test_what_is_no_amount_is_refused(typed):
    with pytest.raises(Invalid, match="in digits"):
        parse(typed, "USD")


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("0", "more than zero"),
        ("0.00", "more than zero"),
        ("1.005", "no smaller unit"),
        ("1000000", "larger than"),
        ("9" * 400, "larger than"),
    ],
)
def test_amounts_out_of_range_are_refused(typed, words):
    with pytest.raises(Invalid, match=words):
        parse(typed, "EUR")


@pytest.mark.parametrize("currency", ["PKR", "usd", "", "BTC"])
def test_a_currency_we_do_not_use_is_refused(currency):
    with pytest.raises(Invalid, match="not a currency"):
        parse("5", currency)
    with pytest.raises(Invalid, match="not a currency"):
        Money(5, currency)


@pytest.mark.parametrize("minor", [1.0, Decimal(1), True, "1"])
def test_only_whole_numbers_are_money(minor):
    with pytest.raises(TypeError):
        Money(minor, "USD")


def test_two_currencies_do_not_add_up():
    with pytest.raises(TypeError):
        Money(1, "USD") + Money(1, "EUR")


def test_the_largest_amount_is_allowed():
    assert parse("999,999.99", "GBP").minor == LARGEST_MINOR
