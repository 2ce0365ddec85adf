"""Invented people: freelancers of an area of Pakistan, clients and park managers."""

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache

from app.demo.dice import Dice
from app.demo.sources import Country, Sources

_WOMEN_IN_A_HUNDRED = 40


@dataclass(frozen=True)
class Person:
    """A name and an address that belong to nobody."""

    name: str
    email: str


@dataclass(frozen=True)
class Client:
    """Somebody who posts jobs, and the business they do it for."""

    person: Person
    country: str
    currency: str
    place: str
    business: str
    people: int


def of_area(dice: Dice, sources: Sources, area: str, number: int, *, woman: bool = False) -> Person:
    """Somebody from an area, by its ISO code; their number makes the address theirs alone."""
    is_woman = woman or dice.chance(_WOMEN_IN_A_HUNDRED)
    given = dice.pick(sources.women if is_woman else sources.men)
    name = f"{given} {dice.pick(sources.areas[area].family)}"
    return Person(name, f"{plain(name)}.{number}@example.org")


def languages(dice: Dice, sources: Sources, area: str, implied: tuple[str, ...]) -> tuple[str, ...]:
    """What somebody from an area can work in: English, Urdu, often theirs, seldom another."""
    shares = {"en": 98, "ur": 97, **sources.areas[area].languages}
    for code, percent in sources.elsewhere.items():
        shares[code] = max(percent, shares.get(code, 0))
    known = [code for code, percent in shares.items() if dice.chance(percent)]
    return tuple(dict.fromkeys([*(known or ["ur"]), *implied]))


def client(sources: Sources, seed: int, number: int) -> Client:
    """The client of this number; as far as the names reach, no two share one."""
    everyone = _foreign_names(sources.countries, seed)
    country, name = everyone[number % len(everyone)]
    dice = Dice(seed, "client", number)
    return Client(
        Person(name, f"{plain(name)}.{number}@clients.example.org"),
        country.name,
        country.currency,
        dice.pick(country.cities),
        dice.pick(list(sources.businesses)),
        dice.between(3, 40),
    )


def plain(name: str) -> str:
    """A name as the part of an address before the sign."""
    ascii_name = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z]+", ".", ascii_name.lower()).strip(".")


@lru_cache(maxsize=4)
def _foreign_names(countries: tuple[Country, ...], seed: int) -> list[tuple[Country, str]]:
    pairs = [(country, name) for country in countries for name in country.names]
    return Dice(seed, "clients").some(pairs, len(pairs))
