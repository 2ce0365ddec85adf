"""What a CV's text says, and what of it never reaches the texts of a profile."""

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.documents.files import tidy
from app.profiles import cv
from app.profiles.cv import links_in
from app.profiles.languages import languages_in
from tests.factories import make_skill

TEXT = """Ayesha Khan
Senior React Developer | UI Engineer
Lahore · ayesha@example.org · +92 300 1234567
github.com/ayesha

SUMMARY
I am Ayesha Khan. Write to ayesha@example.org or call 0300-1234567. I build online shops
with React and JS. میں اردو میں بھی لکھتی ہوں۔

PROFESSIONAL EXPERIENCE
Front-end Developer, Systems Ltd — Jan 2020 - Present
- Project Manager praised it in 2021
Web Developer
Arpatech, 2017-2019

EDUCATION
Software Engineer course, 2014

Skills:
JS, ReactJS, Python 3.11
Languages: Urdu (native), English
"""


@pytest.fixture
def read(session):
    make_skill(session, "React", "ReactJS", popularity=700)
    make_skill(session, "JavaScript", "JS", popularity=1000)
    make_skill(session, "Python", popularity=1100)
    return lambda text=TEXT, name="Ayesha Khan": cv.read(session, text, name=name)


def test_the_headline_is_the_titles_it_opens_with(read):
    assert read().headline == "Senior React Developer | UI Engineer"


def test_without_a_title_on_top_the_last_one_is_the_headline(read):
    text = "Bilal Shah\n\nExperience\nWeb Developer, 2019"
    assert read(text).headline == "Web Developer"


def test_the_summary_has_neither_name_nor_address_nor_number(read):
    assert read().summary == ("I build online shops with React and JS. میں اردو میں بھی لکھتی ہوں۔")


def test_a_name_on_the_first_line_counts_though_the_account_has_another(read):
    read_cv = read(TEXT, name="Somebody Else")
    assert "Khan" not in read_cv.summary + read_cv.headline


def test_the_titles_are_those_near_dates_of_work(read):
    assert read().past_titles == ("Front-end Developer", "Web Developer")


def test_skills_languages_and_links_are_found(read):
    assert [f.skill.label for f in read().offered] == ["React", "JavaScript", "Python"]
    assert read().languages == ("en", "ur")
    assert read().links == ("https://github.com/ayesha",)


@pytest.mark.parametrize("text", ["", "x", "—\n—", "Name\n\n\n", "SUMMARY\nEXPERIENCE\nSKILLS"])
def test_an_empty_cv_gives_an_empty_draft(read, text):
    assert read(text) == cv.Cv()


def test_a_long_summary_is_cut_at_a_sentence(read):
    told = read("Summary\n" + "I build shops that sell. " * 300).summary
    assert len(told) <= cv.LONGEST_SUMMARY
    assert told.endswith("sell.")


def test_programming_languages_are_none_that_people_speak(read):
    assert read("Languages: Python, Java, C").languages == ()


@pytest.mark.parametrize(
    ("text", "links"),
    [
        ("See https://example.org/work.", ("https://example.org/work",)),
        ("(www.behance.net/a), behance.net/b", ("https://www.behance.net/a",)),
        ("Node.js and ASP.NET, me@github.com", ()),
        ("javascript:alert(1) http://localhost/x http://u:p@h.org/", ()),
    ],
)
def test_links_are_only_pages_that_a_profile_may_show(text, links):
    assert links_in(text)[: len(links) or None] == links


def test_languages_go_by_their_english_and_urdu_names():
    assert languages_in("Urdu, ENGLISH; عربی and Deutsch") == ("en", "ur", "ar", "de")


@pytest.mark.parametrize("piece", ["a", "a.", "a@", "(", "a, ", "2019 ", "= ", "Dev\n", "a-"])
def test_no_text_keeps_the_reader_busy(read, piece):
    started = time.monotonic()
    read(tidy((piece * 60_000)[:60_000]))
    assert time.monotonic() - started < 5


@settings(max_examples=40, deadline=None)
@given(text=st.text(max_size=400))
def test_any_text_is_read(text):
    links_in(text)
    lines = list(cv._lines(text))
    names = cv._names(lines, "Ali")
    assert len(cv._headline(lines, names)) <= cv.LONGEST_HEADLINE
    assert len(cv._summary(lines, names, "")) <= cv.LONGEST_SUMMARY
    assert len(cv._past_titles(lines, names)) <= cv.MOST_TITLES
