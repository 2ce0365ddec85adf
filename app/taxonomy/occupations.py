"""Reading the shipped vocabulary: skills with their names, occupations with tools and tasks."""

import json
import lzma
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any

DEFAULT = Path(__file__).parent / "taxonomy.json.xz"


@dataclass(frozen=True, slots=True)
class SkillEntry:
    """A skill of the vocabulary; no two share a key, or a name in any spelling."""

    key: str
    label: str
    kind: str
    """One of tool, knowledge, skill, language."""
    popularity: int
    aliases: tuple[str, ...]
    source: str
    """Where it comes from: house, onet, esco, or several joined by "+"."""


@dataclass(frozen=True, slots=True)
class Occupation:
    """An occupation of O*NET or ESCO."""

    code: str
    """An O*NET-SOC code, or "esco:" and an ESCO code."""
    title: str
    titles: tuple[str, ...]
    """Other titles people use, the best known first."""
    tools: tuple[str, ...]
    """Keys of skills, the most asked for first; empty where the source names none."""
    tasks: tuple[str, ...]
    description: str
    digital: bool
    """A freelancer can do the work and deliver it from afar."""


@dataclass(frozen=True)
class Taxonomy:
    """The whole vocabulary, with what its sources ask to be told."""

    notices: dict[str, str] = field(hash=False)
    inputs: dict[str, str] = field(hash=False)
    """The SHA-256 of every raw file it was made from."""
    skills: tuple[SkillEntry, ...]
    occupations: tuple[Occupation, ...]

    def digital(self) -> tuple[Occupation, ...]:
        """Return the occupations fit for freelancers; each names tools."""
        return tuple(occupation for occupation in self.occupations if occupation.digital)


def read(path: Path = DEFAULT) -> Taxonomy:
    """Read the vocabulary; a process reads a file once and keeps it."""
    return _read(path)


def digital(path: Path = DEFAULT) -> tuple[Occupation, ...]:
    """Return the shipped occupations fit for freelancers."""
    return read(path).digital()


def parse(content: dict[str, Any]) -> Taxonomy:
    """Turn the file's content into a vocabulary."""
    skills = tuple(
        SkillEntry(key, label, kind, popularity, tuple(aliases), source)
        for key, label, kind, popularity, aliases, source in content["skills"]
    )
    occupations = tuple(
        Occupation(
            code,
            title,
            tuple(titles),
            tuple(skills[place].key for place in tools),
            tuple(tasks),
            description,
            bool(digital),
        )
        for code, title, titles, tools, tasks, description, digital in content["occupations"]
    )
    return Taxonomy(content["notices"], content["inputs"], skills, occupations)


@lru_cache(maxsize=2)
def _read(path: Path) -> Taxonomy:
    return parse(json.loads(lzma.decompress(path.read_bytes())))
