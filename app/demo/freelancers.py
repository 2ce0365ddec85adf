"""Invented freelancers: who they are, what their profile says, and how they stand with a park."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from app import lengths
from app.demo import people, phrases, sentences
from app.demo.dice import Dice, Weighted
from app.demo.sources import Sources, Stack, Trade
from app.parks.models import MembershipStatus, ParkKind
from app.profiles.models import Availability

_YEARS = Weighted(
    {0: 6, 1: 12, 2: 14, 3: 13, 4: 11, 5: 10, 6: 8, 7: 6, 8: 5, 9: 4, 10: 4, 12: 4, 14: 2, 17: 1}
)
_AVAILABILITY = Weighted({Availability.OPEN: 70, Availability.LIMITED: 20, Availability.AWAY: 10})
_HOURS = {Availability.OPEN: (4, 9), Availability.LIMITED: (1, 4), Availability.AWAY: (4, 8)}
"""Fewest and most, in steps of five."""
_CURRENCY = Weighted({"USD": 68, "EUR": 32})
_STANDING = Weighted({MembershipStatus.CONFIRMED: 85, MembershipStatus.ASKED: 5, None: 10})
_SEEN_IN_A_HUNDRED = 71  # of the confirmed: about sixty of all
_DRAFTS_IN_A_HUNDRED = 3
_LINKS_IN_A_HUNDRED = 45
_OLDEST_DAYS = 430
_OLD_HAND_YEARS = 12
_MOST_SKILLS = 12
_UNIVERSITY_TOWNS = ("Lahore", "Karachi", "Islamabad", "Peshawar", "Gilgit", "Quetta")
_MIDDLE = ("habit", "tools", "before", "done", "done", "habit")

_Known = tuple[dict[str, str], dict[str, list[str]]]
"""Facts, and series of things to say."""


@dataclass(frozen=True)
class Standing:
    """A membership of a park, asked for or confirmed."""

    park: str
    status: MembershipStatus
    asked_at: datetime
    confirmed_at: datetime | None = None
    seen_at: datetime | None = None


@dataclass(frozen=True)
class Freelancer:
    """One freelancer with a profile."""

    person: people.Person
    trade: str
    standing: Standing | None
    created_at: datetime
    headline: str
    summary: str
    skills: tuple[str, ...]
    """Keys of the vocabulary, the strongest first."""
    past_titles: tuple[str, ...]
    rate_minor: int
    currency: str
    availability: Availability
    hours_per_week: int
    languages: tuple[str, ...]
    links: tuple[str, ...]
    updated_at: datetime
    published_at: datetime | None


@dataclass(frozen=True)
class Cast:
    """What is settled beforehand about somebody who plays a part in the story."""

    trade: str
    park: str
    status: MembershipStatus | None = MembershipStatus.CONFIRMED
    currency: str = "EUR"


def make(
    sources: Sources, seed: int, number: int, moment: datetime, cast: Cast | None = None
) -> Freelancer:
    """The freelancer of this number: the same seed, number and moment make the same one."""
    dice = Dice(seed, "freelancer", number)
    trade = sources.trades[cast.trade] if cast else dice.draw(sources.trades_by_share)
    park = sources.parks[cast.park if cast else dice.draw(sources.parks_by_share)]
    woman = park["kind"] == ParkKind.WOMEN_PARK
    person = people.of_area(dice, sources, park["area"], number, woman=woman)
    created_at = moment - timedelta(
        days=dice.between(6, _OLDEST_DAYS), minutes=dice.between(0, 1439)
    )
    standing = _standing(dice, park["slug"], created_at, moment, cast)
    stack = dice.pick(trade.stacks)
    worked = dice.draw(_YEARS)
    is_member = standing is not None and standing.status is MembershipStatus.CONFIRMED
    known = _known(dice, sources, trade, stack, worked)
    known[0]["city"] = park["city"]
    if is_member:
        known[0]["the_park"] = "the park"
    currency = cast.currency if cast else dice.draw(_CURRENCY)
    availability = Availability.OPEN if cast else dice.draw(_AVAILABILITY)
    is_draft = not cast and dice.chance(_DRAFTS_IN_A_HUNDRED)
    return Freelancer(
        person=person,
        trade=trade.name,
        standing=standing,
        created_at=created_at,
        headline=_headline(dice, sources, known),
        summary=_summary(dice, sources, known, worked),
        skills=_skills(dice, trade, stack),
        past_titles=tuple(dice.some(trade.past, dice.between(1, 2 if worked < 3 else 4))),
        rate_minor=_rate(dice, trade, worked, currency),
        currency=currency,
        availability=availability,
        hours_per_week=5
        * dice.between(*((2, 4) if availability is Availability.LIMITED else (4, 9))),
        languages=people.languages(dice, sources, park["area"], stack.languages),
        links=_links(dice, person, number),
        updated_at=created_at + (moment - created_at) * (dice.between(0, 95) / 100),
        published_at=None if is_draft else created_at + timedelta(minutes=dice.between(9, 2000)),
    )


def _standing(
    dice: Dice, park: str, created_at: datetime, moment: datetime, cast: Cast | None
) -> Standing | None:
    status = cast.status if cast else dice.draw(_STANDING)
    if status is None:
        return None
    if status is MembershipStatus.ASKED:
        asked_at = max(created_at, moment - timedelta(hours=dice.between(5, 300)))
        return Standing(park, status, asked_at)
    asked_at = created_at + timedelta(hours=dice.between(1, 48))
    confirmed_at = asked_at + timedelta(hours=dice.between(2, 60))
    seen_at = None
    if dice.chance(_SEEN_IN_A_HUNDRED):
        # A year later it no longer counts.
        seen_at = max(confirmed_at, moment - timedelta(days=dice.between(3, 350)))
    return Standing(park, status, asked_at, confirmed_at, seen_at)


def _known(dice: Dice, sources: Sources, trade: Trade, stack: Stack, worked: int) -> _Known:
    """What there is to tell about somebody."""
    title = stack.title or dice.pick(trade.titles)
    if worked >= 8 and dice.chance(50):
        title = f"senior {title}"
    facts = {
        "title": title,
        "a_title": phrases.a(title),
        "field": trade.field,
        "years": phrases.years(worked),
        "town": dice.pick(_UNIVERSITY_TOWNS),
    }
    if worked >= 3:
        facts["employer"] = dice.pick(trade.employers)
        facts["a_past"] = phrases.a(phrases.small(dice.pick(trade.past)))
    clients = sources.wording["profile"]["clients"]
    lines = dice.some(stack.done or trade.done, 2)
    series = {
        "makes": dice.some(stack.makes or trade.makes, 3),
        "acts": dice.some(stack.acts or trade.acts, 4),
        "done": [sentences.with_client(dice, line, clients) for line in lines],
        "tools": sentences.tools_of(dice, stack.skills, title),
    }
    return facts, series


def _headline(dice: Dice, sources: Sources, known: _Known) -> str:
    telling = sentences.Telling(dice, *known)
    telling.say(sources.wording["profile"]["headlines"])
    headline = telling.text()
    return headline if len(headline) <= lengths.TITLE else phrases.large(known[0]["title"])


def _summary(dice: Dice, sources: Sources, known: _Known, worked: int) -> str:
    wording = sources.wording["profile"]
    telling = sentences.Telling(dice, *known)
    is_beginner = worked <= 1 and dice.chance(70)
    telling.say(wording["young" if is_beginner else "openings"])
    enough = dice.between(3, 4)
    for kind in dice.some(_MIDDLE, len(_MIDDLE)):
        if len(telling.sentences) < enough:
            telling.say(wording[kind])
    if dice.chance(75) or len(telling.sentences) < 3:
        telling.say(wording["closings"])
    return telling.text(in_two=dice.chance(30))


def _skills(dice: Dice, trade: Trade, stack: Stack) -> tuple[str, ...]:
    first, rest = list(stack.skills[:2]), list(stack.skills[2:])
    listed = first + dice.some_in_order(rest, dice.between(2, max(2, len(rest))))
    keys = [skill.key for skill in listed]
    others = [skill.key for skill in trade.tools if skill.key not in keys]
    return tuple([*keys, *dice.some_in_order(others, dice.between(0, 3))][:_MOST_SKILLS])


def _rate(dice: Dice, trade: Trade, worked: int, currency: str) -> int:
    low, high = trade.rate
    standing = min(1.0, worked / _OLD_HAND_YEARS) ** 0.8
    rate = (low + (high - low) * standing) * dice.between(80, 120) / 100
    return max(3, round(rate * (0.9 if currency == "EUR" else 1))) * 100


def _links(dice: Dice, person: people.Person, number: int) -> tuple[str, ...]:
    if not dice.chance(_LINKS_IN_A_HUNDRED):
        return ()
    name = people.plain(person.name).replace(".", "-")
    every = (
        f"https://portfolio.example.org/{name}-{number}",
        f"https://code.example.org/{name}{number}",
    )
    return every[: dice.between(1, 2)]
