"""Teams for a job: who is on them and why, who stands by, and the page a client reads."""

import pytest

from app.accounts.models import User
from app.clock import now
from app.jobs.models import PayKind
from app.matching import refresh, roster, shortlist, squads
from app.matching.conditions import Condition
from app.matching.matcher import Matcher
from app.profiles.models import Availability
from tests.doubles.encoder import HashingEncoder
from tests.factories import (
    make_job,
    make_membership,
    make_park,
    make_profile,
    make_skill,
)


@pytest.fixture
def skills(session):
    return {name: make_skill(session, name) for name in ("Django", "Docker", "Figma", "Rust")}


@pytest.fixture
def matcher(tmp_path):
    return Matcher(HashingEncoder, tmp_path / "index")


@pytest.fixture
def team(session, connection, matcher):
    """The team of a job as it is now."""

    def put_together(job, **given) -> squads.Squad:
        session.commit()
        refresh.refresh_all(connection, matcher.encoder)
        session.expire_all()
        own = shortlist.get_own(session, job.id, session.get_one(User, job.client_id))
        return squads.for_job(session, matcher, own, **given)

    return put_together


@pytest.fixture
def person(session, skills):
    """A freelancer of a park who lists these skills."""

    def make(*names, park=None, **given):
        listed = tuple(skills[name] for name in names)
        profile = make_profile(session, skills=listed, **{"summary": "I work.", **given})
        if park:
            make_membership(session, profile.user, park)
        return profile

    return make


def holders(squad) -> list[int]:
    return [seat.match.profile.id for seat in squad.seats]


def test_the_fewest_who_cover_the_skills_are_the_team(session, skills, team, person):
    both = person("Django", "Docker")
    drawing = person("Figma")
    person("Docker")
    squad = team(make_job(session, skills=tuple(skills.values())[:3]))
    assert holders(squad) == [both.id, drawing.id]
    assert [seat.takes for seat in squad.seats] == [("Django", "Docker"), ("Figma",)]
    assert (squad.fewest, squad.most, squad.covered) == (2, 3, 3)
    assert (squad.left, squad.nobodys) == ((), ())


def test_a_team_too_small_says_what_it_leaves_and_what_nobody_covers(session, skills, team, person):
    person("Django", "Docker")
    person("Figma")
    job = make_job(session, skills=tuple(skills.values()))
    squad = team(job, people=1)
    assert (squad.left, squad.nobodys) == (("Figma",), ("Rust",))
    assert squad.covered == 2
    assert team(job).left == ()
    assert team(job).nobodys == ("Rust",)


def test_more_people_than_needed_add_hands(session, skills, team, person):
    first = person("Django", "Docker", summary="Six years of Django.")
    second = person("Django", "Docker")
    job = make_job(session, skills=(skills["Django"], skills["Docker"]))
    assert holders(team(job)) == [first.id]
    squad = team(job, people=2)
    assert holders(squad) == [first.id, second.id]
    assert [seat.is_extra for seat in squad.seats] == [False, True]
    assert squad.seats[0].equals == 1


@pytest.mark.parametrize(("asked", "size"), [(0, 1), (-5, 1), (3, 3), (4, 4), (10**30, 4)])
def test_a_team_is_of_one_to_four(session, skills, team, person, asked, size):
    for _ in range(6):
        person("Django")
    assert len(team(make_job(session, skills=(skills["Django"],)), people=asked).seats) == size


def test_a_standby_is_of_another_park_and_its_reasons_are_the_seats(session, skills, team, person):
    here, there = make_park(session), make_park(session, city="Karachi")
    holder = person("Django", "Docker", park=here, summary="Six years of Django and Docker.")
    person("Django", "Docker", park=here)
    spare = person("Django", park=there, summary="I know Django and Figma.")
    squad = team(make_job(session, skills=tuple(skills.values())[:3]), people=1)
    (seat,) = squad.seats
    assert (seat.match.profile.id, seat.standby.profile.id) == (holder.id, spare.id)
    assert seat.standby.reasons.missing == ("Docker",)
    assert seat.standby.reasons.listed == ("Django",)


def test_nobody_stands_by_from_the_same_park(session, skills, team, person):
    here = make_park(session)
    person("Django", park=here)
    person("Django", park=here)
    person("Django")
    assert team(make_job(session, skills=(skills["Django"],))).seats[0].standby is None


def test_another_skill_whose_name_holds_it_covers_nothing(session, skills, team, person):
    react, native = make_skill(session, "React"), make_skill(session, "React Native")
    make_profile(session, skills=(native,), summary="Apps.")
    squad = team(make_job(session, skills=(react,)))
    assert (squad.seats, squad.nobodys) == ((), ("React",))


def test_who_is_called_by_a_skill_takes_it_before_who_only_lists_it(session, skills, team, person):
    person("Figma", headline="Baker of bread", rate_minor=100)
    drawing = person("Figma", headline="Figma designer")
    job = make_job(session, title="Baker", description="Bread.", skills=(skills["Figma"],))
    assert holders(team(job)) == [drawing.id]


def test_a_list_of_everything_gains_no_seat_from_behind(session, skills, team, person, monkeypatch):
    asked = {"headline": "Developer of shops", "summary": "A shop with orders and letters."}
    coder = person("Django", "Docker", **asked)
    drawing = person("Figma", "Rust", **asked)
    listing = person(*skills, headline="Baker", summary="Bread and cakes.")
    described = {"title": "Developer of shops", "description": "A shop with orders and letters."}
    job = make_job(session, skills=tuple(skills.values()), **described)
    monkeypatch.setattr(squads, "FIRST", 2)
    assert {*holders(team(job, people=2))} == {coder.id, drawing.id}
    monkeypatch.setattr(squads, "FIRST", 3)
    assert holders(team(job)) == [listing.id]


def test_everybody_fulfils_the_conditions(session, skills, team, person):
    listed = {"headline": "Django developer"}
    for given in ({"languages": ("ur",)}, {"availability": Availability.AWAY}, {"currency": "EUR"}):
        person("Django", park=make_park(session), **listed, **given)
    person("Django", park=make_park(session), **listed, published=False)
    person("Django", park=make_park(session), **listed).user.suspended_at = now()
    kept = person("Django", park=make_park(session))
    squad = team(make_job(session, skills=(skills["Django"],)), people=4)
    assert holders(squad) == [kept.id]
    assert squad.seats[0].standby is None


def test_a_rare_skill_is_found_far_behind(session, skills, team, person, monkeypatch):
    monkeypatch.setattr(roster, "READ", 3)
    for _ in range(5):
        person("Django", headline="Website for a bakery")
    rare = person("Rust", headline="Painter of walls")
    squad = team(make_job(session, skills=(skills["Django"], skills["Rust"])))
    assert rare.id in holders(squad)
    assert squad.nobodys == ()


def test_rates_are_added_within_a_currency_only(session, skills, team, person):
    person("Django", rate_minor=1500, hours_per_week=10)
    person("Docker", rate_minor=1000, hours_per_week=20)
    person("Figma", rate_minor=2000, currency="EUR", hours_per_week=30)
    person("Rust", rate_minor=None, hours_per_week=5)
    job = make_job(session, skills=tuple(skills.values()), least_minor=50_000, most_minor=50_000)
    squad = team(job, relax=(Condition.CURRENCY,))
    sums = [(total.minor, total.currency) for total in squad.totals]
    assert sums == [(2000, "EUR"), (2500, "USD")]
    assert (squad.unnamed, squad.hours_per_week, squad.hours_paid) == (1, 65, None)
    two = make_job(session, skills=(skills["Django"], skills["Docker"]))
    assert team(two).hours_paid == 50_000 // 2500
    two.pay_kind = PayKind.HOURLY
    assert team(two).hours_paid is None


def test_the_same_is_answered_again(session, skills, team, person):
    for names in (("Django",), ("Docker",), ("Django", "Figma"), ("Rust",)):
        person(*names, park=make_park(session))
    job = make_job(session, skills=tuple(skills.values()))
    one, other = team(job), team(job)
    assert holders(one) == holders(other)
    assert one.showing.entries == other.showing.entries
