"""What people may type, and what is refused with a sentence."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app import lengths
from app.errors import Invalid
from app.texts import DIRECTION_CHANGERS, clean, fold, is_blank, key, says_a_name

ANY_TEXT = st.text(max_size=80)
FILLERS = "\u115f\u1160\u2800\u3164\uffa0"
INVISIBLE = (
    st.characters(categories=["Zs", "Zl", "Zp", "Cf", "Mn"])
    | st.characters(min_codepoint=0xE0000, max_codepoint=0xE0FFF)
    | st.sampled_from(FILLERS + "\u2065\U0001d159")
)
NAMES = ("Sana", "ثنا", "X", "3M", "Amina\u200c Khan", "محمد\u200f", "می\u200cخواهم", "Ü", "王")


@given(ANY_TEXT)
def test_a_clean_text_is_bounded_trimmed_and_composed_or_it_is_refused(text):
    try:
        cleaned = clean(text, longest=60)
    except Invalid:
        return
    assert len(cleaned) <= 60
    assert cleaned == cleaned.strip()
    assert unicodedata.is_normalized("NFC", cleaned)
    assert not set(cleaned) & (DIRECTION_CHANGERS | {"\0", "\r", "\x7f", "\x85"})


@given(ANY_TEXT)
def test_cleaning_twice_changes_nothing_more(text):
    try:
        once = clean(text, longest=80)
    except Invalid:
        return
    assert clean(once, longest=80) == once


@given(ANY_TEXT)
def test_what_passes_can_be_stored_as_utf_8(text):
    try:
        clean(text, longest=80).encode()
    except Invalid:
        return


@pytest.mark.parametrize("character", sorted(DIRECTION_CHANGERS))
def test_a_character_that_turns_the_line_round_is_refused(character):
    with pytest.raises(Invalid, match="changes the direction"):
        clean(f"Amina {character}anima", longest=80)


@pytest.mark.parametrize("character", ["\0", "\x07", "\x1b", "\x7f", "\x9f", "\ud800"])
def test_a_control_character_is_refused(character):
    with pytest.raises(Invalid, match="control character"):
        clean(f"Amina{character}Khan", longest=80)


@pytest.mark.parametrize(
    "text",
    [
        "ویب سائٹ بنانا",
        "می\u200cخواهم",
        "👩🏽\u200d💻 web",
        "a\u200fb",
        "عربی\u061c",
        "C++ & C#",
        "<b>5 < 6</b>",
    ],
)
def test_urdu_emoji_joiners_and_signs_stay_as_typed(text):
    assert clean(text, longest=80) == text


def test_letters_typed_in_two_ways_become_one():
    assert clean("Andre\u0301", longest=80) == "André"
    assert clean("\u0627\u0653", longest=80) == "\u0622"


def test_line_ends_of_every_machine_become_one_kind():
    assert clean("one\r\ntwo\rthree\n", longest=80) == "one\ntwo\nthree"


def test_length_is_counted_after_trimming_and_in_characters():
    assert clean("  " + "ہ" * 10 + "\n", longest=10) == "ہ" * 10
    with pytest.raises(Invalid, match="11 characters long; at most 10 fit"):
        clean("ہ" * 11, longest=10)


@pytest.mark.parametrize("character", ["\n", "\t"])
def test_a_single_line_holds_no_break(character):
    assert clean(f"a{character}b", longest=10) == f"a{character}b"
    with pytest.raises(Invalid):
        clean(f"a{character}b", longest=10, one_line=True)


@given(st.text(INVISIBLE, max_size=20))
def test_what_nobody_sees_is_nothing(text):
    assert is_blank(text)
    assert not says_a_name(text)
    try:
        assert clean(text, longest=lengths.NAME, one_line=True) == ""
    except Invalid as refusal:
        assert "invisible" in str(refusal)  # noqa: PT017  (what turns the line round is named)


@given(st.text(INVISIBLE, max_size=5), st.sampled_from(NAMES), st.text(INVISIBLE, max_size=5))
def test_one_letter_among_what_nobody_sees_is_seen(before, name, after):
    assert says_a_name(before + name + after)
    assert not is_blank(before + name + after)


@given(ANY_TEXT)
def test_what_says_a_name_can_be_seen(text):
    assert not (says_a_name(text) and is_blank(text))


@pytest.mark.parametrize("text", [".", "–", "🎉", "👩🏽\u200d💻", "★ ★", "\ufffc"])
def test_signs_can_be_seen_and_name_nobody(text):
    assert clean(text, longest=20) == text
    assert not says_a_name(text)


@given(ANY_TEXT)
def test_folding_twice_changes_nothing_more(text):
    assert fold(fold(text)) == fold(text)


@given(ANY_TEXT)
def test_two_spellings_of_one_text_have_one_form(text):
    for form in ("NFC", "NFD"):
        other = unicodedata.normalize(form, text)
        assert fold(other) == fold(text)
        assert fold(f" \u200b{other}\u200c ") == fold(text)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("İstanbul", "i\u0307STANBUL"),
        ("Straße", "STRASSE"),
        ("300 \u212a", "300 k"),
        ("Andre\u0301", "ANDRÉ"),
        ("Sana  &\tCo ", "sana & co"),
        ("ہنر\u200c پارک", "ہنر پارک"),
    ],
)
def test_small_and_large_letters_are_one_name(one, other):
    assert fold(one) == fold(other)


@pytest.mark.parametrize(("one", "other"), [("Sana", "Sanaa"), ("R&D", "RD"), ("ثنا", "سنا")])
def test_other_letters_are_another_name(one, other):
    assert fold(one) != fold(other)


@given(st.lists(st.text(max_size=200), min_size=1, max_size=3))
def test_a_key_fits_its_column_and_says_all_of_what_fits(parts):
    whole = "\n".join(parts)
    assert len(key(*parts)) <= lengths.KEY
    assert len(whole) > lengths.KEY or key(*parts) == whole


def test_keys_too_long_for_the_column_are_told_apart_by_what_was_cut():
    long = "a" * lengths.KEY
    assert len({key(long), key(long + "a"), key(long + "b"), key(long[1:])}) == 4
    assert key("\ud800" * 301)  # an address of the network is whatever a header said
