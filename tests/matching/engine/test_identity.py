"""Taking a person's identity out of what they wrote."""

from itertools import product

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from app.matching.engine.identity import without_identity

LAW = settings(max_examples=150, deadline=None, derandomize=True)
TEMPLATE = (
    "{title} {name} is a designer from Lahore. {subject} uses ASP.NET, Node.js/React and MS Excel; "
    "{name}'s work: https://behance.net/{handle}, github.com/{handle}, {handle}.dev. I am {name}. "
    "Write to {handle}@example.com, @{handle} or {handle}92, {phone}. Ask {object}, ({name})!"
)
NAMES = [
    "Ayesha Khan",
    "Bilal",
    "Noor-ul-Ain Shah",
    "M. Ali",
    "Syed A. B. Zaidi",
    "José Núñez",
    "Fatima D'Souza",
    "Sana O’Brien",
    "عائشہ خان",
    "محمد علي",
    "Muhammad Usman K.",
]


def written_by(name: str, woman: bool) -> str:
    letters = "".join(character for character in name if character.isalpha())
    return TEMPLATE.format(
        title="Ms." if woman else "Mr",
        name=name,
        subject="She" if woman else "He",
        object="her" if woman else "him",
        handle=letters.lower(),
        phone="0300-1234567" if woman else "+92 (42) 35 761 234",
    )


@pytest.mark.parametrize(("name", "woman"), list(product(NAMES, [True, False])))
def test_a_text_is_the_same_whoever_wrote_it(name: str, woman: bool) -> None:
    assert without_identity(written_by(name, woman), [name]) == without_identity(
        written_by("Hina Butt", True), ["Hina Butt"]
    )


@LAW
@given(
    st.lists(st.text(alphabet="bdfgklmprstuvz", min_size=3, max_size=9), min_size=1, max_size=3),
    st.booleans(),
)
def test_no_invented_name_changes_the_text(parts: list[str], woman: bool) -> None:
    # Words of the text itself are not names here.
    assume(not {"dev", "from"} & set(parts))
    name = " ".join(parts).title()
    assert without_identity(written_by(name, woman), [name]) == without_identity(
        written_by("Hina Butt", True), ["Hina Butt"]
    )


@pytest.mark.parametrize(
    "written", ["AYESHA khan", "Khan, Ayesha", "ayeshakhan", "Ayesha_k", "Aye\u200bsha", "khan786"]
)
def test_a_name_is_found_however_it_is_written(written: str) -> None:
    text = without_identity(f"Hello {written} there", ["Ayesha Khan"])
    assert text.replace(",", "").split() == ["Hello", "there"]


def test_only_what_joins_the_words_of_a_name_goes_with_it() -> None:
    assert without_identity("(Ayesha, Khan) says: Khan - yes", ["Ayesha Khan"]) == "( ) says: - yes"


def test_a_name_in_urdu_is_found_on_either_keyboard() -> None:
    assert without_identity("میں علي ہوں", ["علی"]) == "میں ہوں"


@pytest.mark.parametrize(
    "contact",
    [
        "a.khan+work@mail.example.com.pk",
        "https://www.linkedin.com/in/someone?x=1",
        "www.someone.pk/me",
        "github.com/someone",
        "someone.me",
        "@someone",
        "skype: live:someone",
        "0300-1234567",
        "۰۳۰۰۱۲۳۴۵۶۷",
        "+92 300 123 4567",
        "0092 21 3456 7890",
        "(042) 3576 1234",
        "415-555-0123",
        "35202-1234567-1",
    ],
)
def test_contacts_are_taken_out(contact: str) -> None:
    assert without_identity(f"call {contact} now", ()) == "call now"


@pytest.mark.parametrize(
    "text",
    [
        "ASP.NET, VB.NET, Node.js and Socket.io since 2015 - 2019, C#/C++",
        "MS Office, Ms Excel and MS in CS; never miss a deadline",
        "Sir Syed University, 2015 2016 2017",
        "R, C and Go; 24/7, 99.9 %, 10,000 users",
        "پاکستان میں ویب ڈیزائن",
        "Khan Academy",
    ],
)
def test_words_about_work_stay(text: str) -> None:
    assert without_identity(text, ["Rabia Chaudhry"]) == text


def test_pronouns_and_titles_go_without_a_name_too() -> None:
    text = "He said: Mrs. Malik knows HERSELF, she's good, his own; محترمہ ملک"
    assert without_identity(text, ()) == "said: Malik knows good, own; ملک"


def test_honorifics_go_beside_the_name_only() -> None:
    assert without_identity("Miss Sana, ask sana sahiba. Sir Syed", ["Sana"]) == ", ask Sir Syed"


def test_an_initial_stays_where_it_is_a_skill() -> None:
    text = "R. Khan writes R and C"
    assert without_identity(text, ["R Khan"]) == "writes R and C"


def test_initials_do_not_spell_a_skill() -> None:
    assert without_identity("A. I. Khan builds AI", ["A. I. Khan"]) == "builds AI"


def test_a_string_of_names_is_refused() -> None:
    with pytest.raises(ValueError, match="not a string"):
        without_identity("I am Ayesha", "Ayesha")
