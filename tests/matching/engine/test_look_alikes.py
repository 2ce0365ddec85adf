"""Words spelled with letters of several alphabets are read as a person reads them."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.matching.engine.words import fold, plain

LAW = settings(max_examples=150, deadline=None, derandomize=True)


@pytest.mark.parametrize(
    ("written", "seen"),
    [
        ("P\u0443th\u043en", "Python"),  # Cyrillic u and o
        ("\u0420\u041d\u0420", "PHP"),  # all Cyrillic
        ("\u0391\u039d\u0399", "ANI"),  # all Greek
        ("J\u0430v\u200b\u0430", "Java"),  # with a zero width space as well
        ("R\u0435\u0430ct\u0301", "React\u0301"),  # the accent stays
        ("\u0440a\u0431o\u0442a", "\u0440\u0430\u0431\u043e\u0442\u0430"),  # Russian, Latin a
        ("\u03bbo\u03b3o\u03c2", "\u03bb\u03bf\u03b3\u03bf\u03c2"),  # Greek, Latin o
    ],
)
def test_a_word_is_in_the_alphabet_it_is_read_in(written: str, seen: str) -> None:
    assert fold(written) == fold(seen)


@pytest.mark.parametrize("text", ["\u043c\u043e\u0440\u0435", "\u03c6\u03c9\u03c2", "گرافک", "π"])
def test_words_of_other_alphabets_stay(text: str) -> None:
    assert plain(text) == text


LETTERS = st.sampled_from("aeopcyxHBTмореАВλόςé\u0301\u200b1 ")


@LAW
@given(st.text(alphabet=LETTERS, max_size=20))
def test_reading_again_changes_nothing(text: str) -> None:
    assert plain(plain(text)) == plain(text)
    assert fold(fold(text)) == fold(text)
