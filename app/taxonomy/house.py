"""The house's own lists: skills, makers of tools, and the occupations fit for freelancers."""

import tomllib
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from app.errors import Invalid
from app.taxonomy.labels import Makers
from app.taxonomy.names import name_key

FOLDER = Path(__file__).parent / "house"
SKILL_FILES = ("software", "data", "media", "business", "practice")
_OTHER = {"tool": "skill", "skill": "tool"}


@dataclass(frozen=True)
class HouseSkill:
    """A skill of the house list, with the codes of the occupations that use it."""

    label: str
    kind: str
    aliases: tuple[str, ...]
    fits: tuple[str, ...]


@dataclass(frozen=True)
class House:
    """All the house lists."""

    skills: tuple[HouseSkill, ...]
    makers: Makers
    digital: frozenset[str]
    """The O*NET codes of the occupations whose work can be done from afar."""
    digital_esco: dict[str, str] = field(hash=False)
    """The ESCO codes of such occupations, each with the O*NET code whose tools it shares."""


def read() -> House:
    """Read the lists; a name that two skills claim is refused."""
    skills = tuple(skill for name in SKILL_FILES for skill in _skills(_load(name)))
    refuse_shared_names(skills)
    makers = _load("vendors")
    occupations = _load("occupations")
    return House(
        skills,
        Makers(
            kept=tuple(makers["kept"]),
            dropped=tuple(makers["dropped"]),
            endings=tuple(makers["endings"]),
            proper=frozenset(makers["proper"]),
        ),
        frozenset(occupations["onet"]),
        occupations["esco"],
    )


def _load(name: str) -> dict[str, Any]:
    return tomllib.loads((FOLDER / f"{name}.toml").read_text(encoding="utf-8"))


def _skills(lists: dict[str, Any]) -> list[HouseSkill]:
    return [
        HouseSkill(
            label,
            _OTHER[area["kind"]] if label in area.get("unlike", ()) else area["kind"],
            tuple(aliases),
            tuple(area["fits"]),
        )
        for area in lists["area"]
        for label, aliases in area["skills"].items()
    ]


def refuse_shared_names(skills: tuple[HouseSkill, ...]) -> None:
    owners: dict[str, str] = {}
    for skill in skills:
        for name in (skill.label, *skill.aliases):
            owner = owners.setdefault(name_key(name), skill.label)
            if owner != skill.label:
                raise Invalid(
                    "“%(name)s” names both %(first)s and %(second)s.",
                    name=name,
                    first=owner,
                    second=skill.label,
                )
