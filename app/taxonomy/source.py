"""Building the shipped vocabulary out of the raw folders of ESCO and O*NET."""

import hashlib
import json
import lzma
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from app.taxonomy import esco, house, onet
from app.taxonomy.gathering import Toolbox, gather
from app.taxonomy.merging import Merged

NOTICES = {
    "ESCO": (
        "This service uses the ESCO classification of the European Commission. Version 1.2. "
        "Changes: a selection; labels written with a large first letter; American spellings and "
        "alternative labels kept as names where no other skill has them; skills that coincide "
        "with those of O*NET or of the house list merged with them; descriptions shortened."
    ),
    "O*NET": (
        "O*NET 29.2 Database by the U.S. Department of Labor, Employment and Training "
        "Administration (USDOL/ETA), CC BY 4.0 (https://creativecommons.org/licenses/by/4.0/); "
        "modified: names of tools cleaned and merged, titles and tasks selected. "
        "USDOL/ETA has not approved, endorsed, or tested these modifications."
    ),
}
Row = list[Any]


@dataclass(frozen=True)
class Summary:
    """What a build made."""

    skills: int
    names: int
    occupations: int
    digital: int
    size_bytes: int


def build(esco_folder: Path, onet_folder: Path, target: Path) -> Summary:
    """Write the vocabulary to `target`; equal inputs give equal bytes."""
    lists = house.read()
    gathered = gather(esco_folder, onet_folder, lists)
    merged = gathered.vocabulary.finish(lists.digital)
    toolbox = Toolbox(gathered, onet.tools_of_occupations(onet_folder), merged)
    occupations = _onet_rows(onet_folder, lists.digital, toolbox)
    occupations += _esco_rows(esco_folder, lists.digital_esco, toolbox)
    content = {
        "notices": NOTICES,
        "inputs": _hashes(("esco", esco_folder, esco.FILES), ("onet", onet_folder, onet.FILES)),
        "skills": [_skill_row(skill) for skill in merged],
        "occupations": occupations,
    }
    packed = pack(content)
    target.write_bytes(packed)
    return Summary(
        skills=len(merged),
        names=len(merged) + sum(len(skill.aliases) for skill in merged),
        occupations=len(occupations),
        digital=sum(row[6] for row in occupations),
        size_bytes=len(packed),
    )


def pack(content: dict[str, Any]) -> bytes:
    """Compress the content of the file."""
    text = json.dumps(content, ensure_ascii=False, separators=(",", ":"))
    return lzma.compress(text.encode(), preset=9 | lzma.PRESET_EXTREME)


def _skill_row(skill: Merged) -> Row:
    draft = skill.draft
    source = "+".join(sorted(draft.sources))
    return [skill.key, draft.label, draft.kind, skill.popularity, list(skill.aliases), source]


def _onet_rows(folder: Path, digital: frozenset[str], toolbox: Toolbox) -> list[Row]:
    return [
        [
            raw.code,
            raw.title,
            list(raw.titles),
            toolbox.tools_of(raw.code),
            list(raw.tasks),
            raw.description,
            int(raw.code in digital),
        ]
        for raw in onet.occupations(folder, digital)
    ]


def _esco_rows(folder: Path, kin: dict[str, str], toolbox: Toolbox) -> list[Row]:
    rows: list[Row] = []
    for raw in esco.occupations(folder):
        code = f"esco:{raw.code}"
        tools = toolbox.tools_of(code, kin=kin[raw.code]) if raw.code in kin else []
        is_digital = int(raw.code in kin)
        rows.append([code, raw.title, list(raw.titles), tools, [], raw.description, is_digital])
    return rows


def _hashes(*folders: tuple[str, Path, Iterable[str]]) -> dict[str, str]:
    return {
        f"{source}/{name}": hashlib.sha256((folder / name).read_bytes()).hexdigest()
        for source, folder, names in folders
        for name in names
    }
