"""What people may type, and what is refused with a sentence."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.errors import Invalid
from app.texts import DIRECTION_CHANGERS, clean

ANY_TEXT = st.text(max_size=80)


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
