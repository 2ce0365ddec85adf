"""The authored side of the demo data: trades, people, wording and parks, read from their files."""

import json
import tomllib
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from app.demo import phrases
from app.demo.dice import Weighted
from app.taxonomy import occupations
from app.taxonomy.occupations import Occupation, SkillEntry, Taxonomy

FOLDER = Path(__file__).parent
TRADE_FILES = ("software", "data", "media", "words", "business", "engineering")
# The first tools of an occupation are the ones most asked for.
_MOST_TOOLS = 16


@dataclass(frozen=True)
class Stack:
    """Skills that one person has together, the strongest first."""

    skills: tuple[SkillEntry, ...]
    title: str | None = None
    """What somebody with these skills is called, where it differs from the trade's titles."""
    languages: tuple[str, ...] = ()
    """Languages that these skills imply."""
    makes: tuple[str, ...] = ()
    acts: tuple[str, ...] = ()
    done: tuple[str, ...] = ()
    """These three stand in the place of the trade's, where it is too wide for them."""


@dataclass(frozen=True)
class JobSeed:
    """What a job of a trade is about. {who} is the client's business, {title} who is wanted."""

    title: str
    need: str
    work: tuple[str, ...]
    """What has to be done, each as it stands after "you will"."""
    skills: tuple[SkillEntry, ...]
    """Asked for instead of a stack's, where the work is special."""
    languages: tuple[str, ...]
    fits: frozenset[str]
    """What a business must be like to post it, one of these; none where any may."""
    stacks: tuple[int, ...]
    """The places of the trade's stacks it needs one of; none where any will do."""


@dataclass(frozen=True)
class Trade:
    """A kind of work that freelancers do, on the occupations of the vocabulary it stands for."""

    name: str
    codes: tuple[str, ...]
    share: int
    rate: tuple[int, int]
    """What beginners and old hands ask for an hour, in dollars."""
    field: str
    """What one studies for it."""
    titles: tuple[str, ...]
    """What people who do it are called, as in running text."""
    past: tuple[str, ...]
    makes: tuple[str, ...]
    """What they make."""
    acts: tuple[str, ...]
    """What they do, as phrases: in our words, and tasks of the occupations in O*NET's."""
    done: tuple[str, ...]
    """What they have done, as it stands after "I"; with a full stop where no client may follow."""
    employers: tuple[str, ...]
    stacks: tuple[Stack, ...]
    tools: tuple[SkillEntry, ...]
    """What the occupations use besides."""
    jobs: tuple[JobSeed, ...]


@dataclass(frozen=True)
class AreaPeople:
    """The people of an area: family names, and how many in a hundred know which language."""

    family: tuple[str, ...]
    languages: dict[str, int]


@dataclass(frozen=True)
class Country:
    """Where clients are, and what they pay in."""

    name: str
    currency: str
    cities: tuple[str, ...]
    names: tuple[str, ...]


@dataclass(frozen=True)
class Sources:
    """All that demo data is made from."""

    trades: dict[str, Trade]
    trades_by_share: Weighted[Trade]
    wording: dict[str, dict[str, Any]]
    businesses: dict[str, frozenset[str]]
    """Kinds of businesses, and what each is like."""
    women: tuple[str, ...]
    men: tuple[str, ...]
    areas: dict[str, AreaPeople]
    elsewhere: dict[str, int]
    countries: tuple[Country, ...]
    operators: tuple[dict[str, str], ...]
    parks: dict[str, dict[str, Any]]
    """By slug."""
    parks_by_share: Weighted[str]
    sign_ins: dict[str, Any]


@lru_cache(maxsize=1)
def read() -> Sources:
    """Read all files; a skill that the vocabulary does not have is an error."""
    taxonomy = occupations.read()
    find = Finder(taxonomy)
    trades = {trade.name: trade for trade in _trades(find)}
    people, wording = _toml("people"), _toml("wording")
    parks = json.loads((FOLDER / "parks.json").read_text(encoding="utf-8"))
    return Sources(
        trades=trades,
        trades_by_share=Weighted([(trade, trade.share) for trade in trades.values()]),
        wording=wording,
        businesses={name: frozenset(like) for name, like in wording["businesses"].items()},
        women=tuple(people["given"]["women"]),
        men=tuple(people["given"]["men"]),
        areas={
            area["code"]: AreaPeople(tuple(area["family"]), area["languages"])
            for area in people["area"]
        },
        elsewhere=people["elsewhere"],
        countries=tuple(_country(given) for given in people["country"]),
        operators=tuple(parks["operators"]),
        parks={park["slug"]: park for park in parks["parks"]},
        parks_by_share=Weighted([(park["slug"], park["share"]) for park in parks["parks"]]),
        sign_ins=_sign_ins(find),
    )


def _toml(name: str) -> dict[str, Any]:
    return tomllib.loads((FOLDER / f"{name}.toml").read_text(encoding="utf-8"))


def _country(given: dict[str, Any]) -> Country:
    return Country(given["name"], given["currency"], tuple(given["cities"]), tuple(given["names"]))


def _sign_ins(find: "Finder") -> dict[str, Any]:
    content = _toml("sign_ins")
    given = content["freelancer"]
    given["skills"] = [skill.key for skill in find.skills(given["skills"])]
    return content


def _trades(find: "Finder") -> list[Trade]:
    found = []
    for name in TRADE_FILES:
        content = _toml(f"trades/{name}")
        found += [_trade(given, content["employers"], find) for given in content["trade"]]
    return found


class Finder:
    """Finds skills by their labels and occupations by their codes."""

    def __init__(self, taxonomy: Taxonomy) -> None:
        self._skills = {entry.label: entry for entry in taxonomy.skills}
        self._by_key = {entry.key: entry for entry in taxonomy.skills}
        self._occupations = {occupation.code: occupation for occupation in taxonomy.digital()}

    def skills(self, labels: list[str]) -> tuple[SkillEntry, ...]:
        """The skills of these labels; KeyError for a label that is none."""
        return tuple(self._skills[label] for label in labels)

    def occupations(self, codes: list[str]) -> list[Occupation]:
        """The occupations of these codes; KeyError for one that is not done from afar."""
        return [self._occupations[code] for code in codes]

    def tools(self, codes: list[str]) -> tuple[SkillEntry, ...]:
        """What the occupations use most."""
        keys = [key for o in self.occupations(codes) for key in o.tools[:_MOST_TOOLS]]
        return tuple(self._by_key[key] for key in dict.fromkeys(keys))


def _trade(given: dict[str, Any], employers: list[str], find: Finder) -> Trade:
    tasks = [phrases.act_of_task(task) for task in given.get("tasks", ())]
    return Trade(
        name=given["name"],
        codes=tuple(given["codes"]),
        share=given["share"],
        rate=(given["rate"][0], given["rate"][1]),
        field=given["field"],
        titles=tuple(given["titles"]),
        past=tuple(given["past"]),
        makes=tuple(given["makes"]),
        acts=(*given["acts"], *tasks),
        done=tuple(given["done"]),
        employers=tuple(given.get("employers", employers)),
        stacks=tuple(
            Stack(
                find.skills(stack["skills"]),
                stack.get("title"),
                *(tuple(stack.get(part, ())) for part in ("languages", "makes", "acts", "done")),
            )
            for stack in given["stacks"]
        ),
        tools=find.tools(given["codes"]),
        jobs=tuple(
            JobSeed(
                job["title"],
                job["need"],
                tuple(job["work"]),
                find.skills(job.get("skills", [])),
                tuple(job.get("languages", ("en",))),
                frozenset(job.get("for", ())),
                tuple(job.get("stacks", ())),
            )
            for job in given["job"]
        ),
    )
