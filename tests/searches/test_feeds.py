"""The feed of a saved search carries the newest that matches, and says enough to be told."""

from xml.etree import ElementTree

import pytest

from app.searches import newest
from app.searches.models import Kind
from app.searches.wanted import Wanted
from tests.factories import make_job, make_profile, make_search, make_skill, make_user

ATOM = "{http://www.w3.org/2005/Atom}"


@pytest.fixture
def entries(session, visitor, encode):
    """The titles in the feed of a search for jobs with these words, in their order."""

    def read(words: str) -> list[str]:
        asked = {"words": words} if words else {}
        make_search(session, make_user(session), feed_token="secret", asked=asked)
        encode()
        feed = ElementTree.fromstring(visitor.get("/feeds/secret.atom").response.data)
        return [entry.findtext(f"{ATOM}title") for entry in feed.findall(f"{ATOM}entry")]

    return read


def test_what_is_new_comes_first_however_well_the_old_fits(session, entries, held_clock):
    django = make_skill(session, "Django")
    make_job(session, title="Django Django Django", skills=(django,), description="Django only.")
    for number in range(3):
        held_clock.forward(hours=1)
        make_job(session, title=f"Bakery {number}", description="A little Django. " + "x " * 40)
    assert entries("Django") == ["Bakery 2", "Bakery 1", "Bakery 0", "Django Django Django"]


def test_no_more_stand_there_than_a_reader_needs_and_the_newest_do(session, entries, held_clock):
    for number in range(newest.MOST + 3):
        held_clock.forward(minutes=1)
        make_job(session, title=f"Bakery {number}", description="Cakes.")
    found = entries("bakery")
    assert len(found) == newest.MOST
    assert found[0] == f"Bakery {newest.MOST + 2}"


def test_what_is_new_but_far_off_is_left_out(session, entries, held_clock):
    make_job(session, title="Bakery website", description="Cakes.")
    held_clock.forward(hours=1)
    make_job(session, title="Bookkeeping", description="Numbers.")
    assert entries("bakery website") == ["Bakery website"]


@pytest.mark.parametrize("words", ["", "??"])
def test_without_words_that_say_anything_all_that_is_new_stands_there(
    session, entries, held_clock, words
):
    make_job(session, title="Older")
    held_clock.forward(hours=1)
    make_job(session, title="Newer")
    assert entries(words) == ["Newer", "Older"]


def test_the_search_goes_on_behind_what_does_not_match(
    session, matcher, encode, held_clock, monkeypatch
):
    monkeypatch.setattr(newest, "_AT_ONCE", 2)
    wanted = make_profile(session, headline="Baker of websites")
    for _ in range(5):
        held_clock.forward(minutes=1)
        make_profile(session, headline="Bookkeeper", summary="Numbers and letters.")
    encode()
    found = newest.matches(session, matcher, Wanted(Kind.FREELANCERS, words="baker"))
    assert [profile.id for profile in found] == [wanted.id]
