"""People and jobs by their numbers: the same again, all different, and fit to be read."""

import re
from dataclasses import asdict
from datetime import timedelta

import pytest

from app.demo import freelancers, jobs
from app.demo.sources import Sources
from app.jobs.models import JobStatus
from app.parks.models import Area, ParkKind
from app.profiles.languages import WORK_LANGUAGES
from app.taxonomy import occupations
from tests.conftest import MORNING

UNFINISHED = re.compile(
    r"[{}~]|  |\.\.|,,| ,| \.(?!NET)|\bNone\b|\ba [aeio]|\ban [bcdfgjkpqtvwxyz]"
)


def people(given: Sources, count: int, *, seed: int = 7) -> list[freelancers.Freelancer]:
    return [freelancers.make(given, seed, n, MORNING) for n in range(1, count + 1)]


def posts(given: Sources, count: int, *, seed: int = 7) -> list[jobs.Post]:
    clients = jobs.clients(given, seed, count)
    return [jobs.make(given, seed, n, MORNING, by=clients) for n in range(1, count + 1)]


def test_the_same_seed_makes_the_same_people_and_jobs(given: Sources):
    assert list(map(asdict, people(given, 40))) == list(map(asdict, people(given, 40)))
    assert list(map(asdict, posts(given, 40))) == list(map(asdict, posts(given, 40)))


def test_another_seed_makes_others(given: Sources):
    names = {one.person.name for one in people(given, 40)}
    others = {one.person.name for one in people(given, 40, seed=8)}
    assert len(names & others) < 10
    assert posts(given, 40) != posts(given, 40, seed=8)


def test_a_person_does_not_depend_on_who_was_made_before(given: Sources):
    alone = freelancers.make(given, 7, 30, MORNING)
    assert alone == people(given, 30)[-1]


def test_nobody_shares_an_address_and_all_addresses_lead_nowhere(given: Sources):
    addresses = [one.person.email for one in people(given, 1500)]
    addresses += [client.person.email for client in jobs.clients(given, 7, 1500)]
    assert len(set(addresses)) == len(addresses)
    assert all(address.endswith("example.org") for address in addresses)
    links = [link for one in people(given, 300) for link in one.links]
    assert links
    assert all(re.match(r"https://\w+\.example\.org/", link) for link in links)


def test_no_two_summaries_are_the_same(given: Sources):
    summaries = [one.summary for one in people(given, 800)]
    assert len(set(summaries)) == len(summaries)


@pytest.mark.parametrize("kind", ["people", "jobs"])
def test_texts_are_finished(given: Sources, kind: str):
    if kind == "people":
        texts = [text for one in people(given, 1200) for text in (one.headline, one.summary)]
    else:
        texts = [text for post in posts(given, 1200) for text in (post.title, post.description)]
    wrong = [text for text in texts if UNFINISHED.search(text.replace("\n\n", " "))]
    assert wrong == []
    small = [text for text in texts if text[0].islower() and not text.startswith("iOS")]
    assert small == []


def test_profiles_say_as_much_as_real_ones(given: Sources):
    for one in people(given, 800):
        assert 3 <= len(re.findall(r"[.?!](?:\s|$)", one.summary)) <= 8, one.summary
        assert 4 <= len(one.skills) <= 12
        assert len(set(one.skills)) == len(one.skills)
        assert 1 <= len(one.past_titles) <= 4
        assert 300 <= one.rate_minor <= 6000
        assert one.rate_minor % 100 == 0
        assert set(one.languages) <= set(WORK_LANGUAGES)


def test_jobs_say_as_much_as_real_ones(given: Sources):
    for post in posts(given, 800):
        assert 4 <= len(re.findall(r"[.?!](?:\s|$)", post.description)) <= 9, post.description
        assert 3 <= len(post.skills) <= 7
        assert 0 < post.least_minor <= post.most_minor
        assert set(post.languages) <= set(WORK_LANGUAGES)


def test_times_come_one_after_another(given: Sources):
    for one in people(given, 400):
        assert one.created_at <= one.updated_at <= MORNING
        assert one.published_at is None or one.created_at < one.published_at <= MORNING
        at = one.standing
        if at and at.confirmed_at:
            assert one.created_at < at.asked_at < at.confirmed_at <= (at.seen_at or MORNING)
            assert at.seen_at is None or at.seen_at > MORNING - timedelta(days=360)
    for post in posts(given, 400):
        times = [post.created_at, post.published_at, post.closed_at, MORNING]
        there = [at for at in times if at]
        assert there == sorted(there)
        if post.status is JobStatus.OPEN:
            assert MORNING.date() < post.answer_by_on <= MORNING.date() + timedelta(days=90)


def test_about_as_many_as_the_brief_says(given: Sources):
    made = people(given, 2000)
    confirmed = [one for one in made if one.standing and one.standing.confirmed_at]
    seen = [one for one in confirmed if one.standing and one.standing.seen_at]
    assert 0.82 < len(confirmed) / 2000 < 0.88
    assert 0.56 < len(seen) / 2000 < 0.64
    assert 0.02 < len([one for one in made if one.published_at is None]) / 2000 < 0.04
    assert {one.currency for one in made} == {"USD", "EUR"}
    first_names = [one.person.name.rpartition(" ")[0] for one in made]
    women = [name for name in first_names if name in given.women]
    assert 0.36 < len(women) / 2000 < 0.48


def test_women_parks_are_for_women(given: Sources):
    at_women_parks = [
        one
        for one in people(given, 2000)
        if one.standing and given.parks[one.standing.park]["kind"] == ParkKind.WOMEN_PARK
    ]
    assert at_women_parks
    for one in at_women_parks:
        assert one.person.name.rpartition(" ")[0] in given.women


def test_parks_stand_where_they_are(given: Sources):
    assert len(given.parks) == 40
    for park in given.parks.values():
        assert Area(park["area"])
        assert ParkKind(park["kind"])
        assert park["area"] in given.areas
        assert park["district"]
        assert park["operator"] in {operator["key"] for operator in given.operators}
        assert 40 < len(park["about"]) < 300
        assert not re.search(r"\d", park["about"].replace("2025", ""))


def test_every_trade_stands_on_the_vocabulary(given: Sources):
    known = {occupation.code: occupation for occupation in occupations.digital()}
    for trade in given.trades.values():
        assert trade.codes
        assert set(trade.codes) <= set(known)
        assert trade.tools
        for job in trade.jobs:
            assert all(place < len(trade.stacks) for place in job.stacks)
            assert job.fits <= frozenset().union(*given.businesses.values())
