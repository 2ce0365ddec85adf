"""Words: their spans, and the folded form under which spellings are equal."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.matching.engine.words import fold, plain, words

LAW = settings(max_examples=150, deadline=None, derandomize=True)


def keys(text: str) -> list[str]:
    return [word.key for word in words(text)]


@pytest.mark.parametrize("name", ["c++", "c#", ".net", "node.js", "asp.net", "vue.js"])
def test_names_of_tools_stay_whole(name: str) -> None:
    assert keys(f"I know {name.upper()}, and ({name}).") == ["i", "know", name, "and", name]


def test_a_dot_in_an_address_or_an_ellipsis_makes_no_dotnet() -> None:
    assert keys("example.net or...net") == ["example", "net", "or", "net"]


def test_a_possessive_is_no_word_and_other_apostrophes_join() -> None:
    assert keys("client\u2019s work, don't, O'Reilly's") == ["client", "work", "don't", "o'reilly"]


def test_a_word_ends_before_an_invisible_mark_and_passes_over_one_inside() -> None:
    text = "Py\u200bthon\u200f,"
    assert [(word.key, text[word.start : word.end]) for word in words(text)] == [
        ("python", "Py\u200bthon")
    ]


@pytest.mark.parametrize(
    ("written", "same"),
    [
        ("علي", "علی"),
        ("كمپیوٹر", "کمپیوٹر"),
        ("مُحَمَّد", "محمد"),
        ("كوئی", "کویی"),
        ("مؤثر", "موثر"),
        ("شعبۂ", "شعبہ"),
        ("ذریعه", "ذریعہ"),
        ("علماء", "علما"),
        ("گرافک\u200cڈیزائن", "گرافکڈیزائن"),
        ("۱۲۳", "123"),
        ("١٢٣", "123"),
        ("Ｃ＋＋", "c++"),
        ("RÉSUMÉ", "resume"),
        ("İstanbul", "istanbul"),
        ("ra\u202eef\u2069", "raef"),
        ("Straße", "strasse"),
    ],
)
def test_spellings_of_one_word_fold_alike(written: str, same: str) -> None:
    assert fold(written) == fold(same)


def test_letters_that_tell_words_apart_in_urdu_stay_apart() -> None:
    assert fold("پھل") != fold("پہل")
    assert fold("ہے") != fold("ہی")


def test_plain_text_keeps_its_case_and_accents() -> None:
    assert plain("José\u200b ۵") == "José 5"


@LAW
@given(st.text(max_size=60))
def test_folding_again_changes_nothing(text: str) -> None:
    assert fold(fold(text)) == fold(text)


@LAW
@given(st.text(alphabet=st.sampled_from("aR1 +#.'’_-\u200b\u064eعي\njsnet"), max_size=40))
def test_spans_are_in_order_and_within_the_text(text: str) -> None:
    end = 0
    for word in words(text):
        assert end <= word.start < word.end <= len(text)
        assert word.key == fold(text[word.start : word.end])
        assert not any(character.isspace() for character in word.key)
        end = word.end


@LAW
@given(st.text(alphabet=st.sampled_from("aR1 +#.'-_\njsnetvbdo"), max_size=40))
def test_plain_letters_are_parted_alike_whatever_stands_beside_them(text: str) -> None:
    assert list(words(text)) == list(words(f"{text} \u06cc"))[:-1]
