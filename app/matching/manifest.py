"""Which folders hold the index now, of which model and moment, and what their files were."""

import hashlib
import json
import os
import secrets
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Self

from app.matching.models import Subject
from app.profiles.languages import WORK_LANGUAGES

_LAYOUT = 2  # raised when the files change, so that older indexes are built anew
FORMAT = hashlib.sha256(f"{_LAYOUT} {' '.join(WORK_LANGUAGES)}".encode()).hexdigest()[:12]


class Damaged(ValueError):
    """What is on the disk is not what was written."""


@dataclass(frozen=True)
class File:
    """A file as it was written."""

    size: int
    modified: int
    """Nanoseconds since 1970."""
    digest: str
    """SHA-256."""

    @classmethod
    def of(cls, path: Path) -> Self:
        """Look at a file that was just written."""
        seen = path.stat()
        return cls(seen.st_size, seen.st_mtime_ns, _digest(path))

    def is_at(self, path: Path) -> bool:
        """Say whether the file is still this one; read only if its date says it was touched."""
        try:
            seen = path.stat()
        except OSError:
            return False
        if (seen.st_size, seen.st_mtime_ns) == (self.size, self.modified):
            return True
        return seen.st_size == self.size and _digest(path) == self.digest


@dataclass(frozen=True)
class Part:
    """A folder of the index: what was encoded until a moment."""

    folder: str
    count: int
    built_from: datetime
    files: Mapping[str, File]

    @classmethod
    def of(cls, folder: Path, count: int, built_from: datetime) -> Self:
        """Describe a folder that was just written."""
        files = {str(one.relative_to(folder)): File.of(one) for one in _files(folder)}
        return cls(folder.name, count, built_from, files)

    @classmethod
    def read(cls, given: Mapping[str, Any]) -> Self:
        """Read one out of a manifest."""
        return cls(
            folder=str(given["folder"]),
            count=int(given["count"]),
            built_from=datetime.fromisoformat(given["built_from"]),
            files={str(name): File(**file) for name, file in given["files"].items()},
        )

    def check(self, folder: Path) -> Path:
        """Return where it lies under `folder`; `Damaged` when it is not as it was written.

        FileNotFoundError when it is gone. Faiss trusts what it reads, so that a damaged file
        must never reach it.
        """
        place = folder / self.folder
        if not place.is_dir():
            raise FileNotFoundError(place)
        there = {str(one.relative_to(place)) for one in _files(place)}
        if there != set(self.files) or not all(
            file.is_at(place / name) for name, file in self.files.items()
        ):
            raise Damaged(f"The files of {self.folder} are not those that were written.")
        return place


@dataclass(frozen=True)
class Manifest:
    """The index as it stands: a big part, and what came since beside it."""

    model: str
    format: str
    parts: tuple[Part, ...]

    @classmethod
    def read(cls, path: Path) -> Self:
        """Read it; raises FileNotFoundError when there is none, `Damaged` when it is unreadable."""
        try:
            given = json.loads(path.read_bytes())
            parts = tuple(map(Part.read, given["parts"]))
            manifest = cls(str(given["model"]), str(given["format"]), parts)
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise Damaged("The manifest cannot be read.") from error
        if not parts or any(
            part.built_from.tzinfo is None or Path(part.folder).name != part.folder
            for part in parts
        ):
            raise Damaged("The manifest cannot be meant.")
        return manifest

    def write(self, path: Path) -> None:
        """Put it in place of the last one, in one step."""
        aside = path.with_suffix(f".{secrets.token_hex(4)}.tmp")
        aside.write_text(json.dumps(asdict(self), default=datetime.isoformat))
        os.replace(aside, path)

    @property
    def built_from(self) -> datetime:
        """The moment up to which it knows everything."""
        return self.parts[-1].built_from

    @property
    def count(self) -> int:
        """How many texts its parts hold; a text that changed since is in both."""
        return sum(part.count for part in self.parts)


def manifest_path(folder: Path, subject: Subject) -> Path:
    """Where the manifest of a kind of index lies."""
    return folder / f"{subject}s.json"


def _files(folder: Path) -> Iterator[Path]:
    return (file for file in sorted(folder.rglob("*")) if file.is_file())


def _digest(file: Path) -> str:
    with file.open("rb") as content:
        return hashlib.file_digest(content, "sha256").hexdigest()
