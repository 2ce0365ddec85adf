"""The facts of many profiles or jobs as columns: a condition over a million compares arrays."""

import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import date
from pathlib import Path
from typing import Any, Literal, Self

import numpy as np
import numpy.typing as npt

from app.matching.engine.order import Ids, ranges
from app.matching.facts import Facts
from app.profiles.languages import WORK_LANGUAGES

Mask = npt.NDArray[np.bool_]
Column = npt.NDArray[Any]

UNNAMED = -1
"""The amount of whoever names none."""
_LONG_AGO = date(1970, 1, 1)


def code(text: str) -> int:
    """A short word as one number, the same in every version: "USD", "en", "PK-SD"."""
    return int.from_bytes(text.encode("ascii"), "big")


@dataclass(frozen=True)
class FactColumns:
    """The facts of n profiles or jobs by ascending id; every column is as long as the ids."""

    ids: Ids
    owner: Column
    currency: Column
    minor: Column
    languages: Column
    """uint32[n]: a bit for each of `WORK_LANGUAGES`."""
    availability: Column
    pay_kind: Column
    park: Column
    area: Column
    seen_until: Column
    """Days since 1970, as the two below; 0 for never."""
    created_on: Column
    answer_by_on: Column
    published: Column
    is_suspended: Column
    is_hired: Column
    skill_starts: Column
    """int64[n + 1]: the skills of i are skills[skill_starts[i]:skill_starts[i + 1]]."""
    skills: Column

    @classmethod
    def of(cls, records: Iterable[tuple[int, str]]) -> Self:
        """Gather (id, facts as written); ids ascend."""
        ids: list[int] = []
        given: dict[str, list[Any]] = {name: [] for name in _READ}
        starts = [0]
        skills: list[int] = []
        for one, written in records:
            facts = json.loads(written)
            ids.append(one)
            for name, read in _READ.items():
                given[name].append(read(facts.get(name)))
            skills += facts.get("skills", ())
            starts.append(len(skills))
        columns = {name: np.array(given[name], _TYPES[name]) for name in _READ}
        return cls(
            ids=np.array(ids, np.int64),
            skill_starts=np.array(starts, np.int64),
            skills=np.array(skills, np.int32),
            **columns,
        )

    @classmethod
    def of_facts(cls, known: Mapping[int, Facts]) -> Self:
        """Gather the facts of those just read."""
        return cls.of((one, known[one].written()) for one in sorted(known))

    def __len__(self) -> int:
        """Return n."""
        return len(self.ids)

    def know_all(self, languages: Collection[str]) -> Mask:
        """Say of each whether it has every one of `languages`."""
        asked = np.uint32(_bits(languages))
        return np.asarray(self.languages & asked == asked)

    def need_only(self, languages: Collection[str]) -> Mask:
        """Say of each whether it has none but `languages`."""
        return np.asarray(self.languages & ~np.uint32(_bits(languages)) == 0)

    def take(self, places: npt.NDArray[np.int64]) -> Self:
        """The facts of those at `places`, which ascend."""
        first, last = self.skill_starts[places], self.skill_starts[places + 1]
        starts = np.concatenate([[0], np.cumsum(last - first)])
        kept = {name: getattr(self, name)[places] for name in _ALIGNED}
        return type(self)(skill_starts=starts, skills=self.skills[ranges(first, last)], **kept)

    def count_of(self, skills: Collection[int]) -> npt.NDArray[np.float64]:
        """How many of `skills` each has, float64[n]."""
        is_one = np.isin(self.skills, np.fromiter(skills, np.int32))
        sums = np.concatenate([[0], np.cumsum(is_one)])
        return np.asarray(sums[self.skill_starts[1:]] - sums[self.skill_starts[:-1]], np.float64)

    def save(self, folder: Path) -> None:
        """Write every column into `folder`, made if needed. Not atomic."""
        folder.mkdir(parents=True, exist_ok=True)
        for field in fields(self):
            np.save(folder / f"{field.name}.npy", getattr(self, field.name))

    @classmethod
    def open(cls, folder: Path) -> Self:
        """Open what `save` wrote, memory-mapped; raises ValueError or OSError if it is broken."""
        mode: Literal["r"] = "r"
        opened = cls(
            **{
                field.name: np.asarray(np.load(folder / f"{field.name}.npy", mmap_mode=mode))
                for field in fields(cls)
            }
        )
        size = len(opened.ids)
        if any(len(getattr(opened, name)) != size for name in _ALIGNED) or (
            len(opened.skill_starts) != size + 1 or opened.skill_starts[-1] != len(opened.skills)
        ):
            raise ValueError("The index cannot be read: its columns do not fit together.")
        return opened


def joined(parts: Sequence[FactColumns]) -> FactColumns:
    """The facts of several, one after the other, put in the order of their ids."""
    ids = np.concatenate([part.ids for part in parts])
    order = np.argsort(ids)
    counts = np.concatenate([np.diff(part.skill_starts) for part in parts])
    columns = {name: np.concatenate([getattr(part, name) for part in parts]) for name in _ALIGNED}
    unordered = FactColumns(
        skill_starts=np.concatenate([[0], np.cumsum(counts)]),
        skills=np.concatenate([part.skills for part in parts]),
        **columns,
    )
    return unordered.take(order)


def _day(value: Any) -> int:
    return (date.fromisoformat(value) - _LONG_AGO).days if value else 0


def days(day: date) -> int:
    """A day as the columns write it."""
    return (day - _LONG_AGO).days


def _code(value: Any) -> int:
    return code(value or "")


def _amount(value: Any) -> int:
    return UNNAMED if value is None else value


def _number(value: Any) -> int:
    return int(value or 0)


def _bits(languages: Any) -> int:
    return sum(1 << WORK_LANGUAGES.index(one) for one in languages or () if one in WORK_LANGUAGES)


_READ = {
    "owner": _number,
    "currency": _code,
    "minor": _amount,
    "languages": _bits,
    "availability": _code,
    "pay_kind": _code,
    "park": _number,
    "area": _code,
    "seen_until": _day,
    "created_on": _day,
    "answer_by_on": _day,
    "published": _number,
    "is_suspended": _number,
    "is_hired": _number,
}
_TYPES: dict[str, Any] = {
    **dict.fromkeys(_READ, np.int32),
    # Words of up to eight letters.
    **dict.fromkeys(("availability", "pay_kind", "area", "published"), np.int64),
    "languages": np.uint32,
    "is_suspended": np.bool_,
    "is_hired": np.bool_,
}
_ALIGNED = ("ids", *_READ)
