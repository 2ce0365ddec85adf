"""The index that all processes share: built aside, named by a manifest, checked, memory-mapped.

The folder is a copy of the database: deleting it, or anything in it, at any time is safe.
"""

import hashlib
import json
import os
import secrets
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Self

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.clock import now
from app.matching.encoder import TextEncoder
from app.matching.holding import WORDS_OF, Holding
from app.matching.models import Embedding, Subject
from app.matching.refresh import Bind, reading
from app.matching.rows import read_all

# A row dated before a build may be committed after it: clocks differ, and commits take a while.
MARGIN = timedelta(seconds=60)
MOST_FRESH = 500
LONGEST = timedelta(hours=1)
# A folder younger than this may be another builder's, not finished yet.
_UNFINISHED_SECONDS = 120


class Damaged(ValueError):
    """What is on the disk is not what was written."""


@dataclass(frozen=True)
class Manifest:
    """Which folder holds the index now, of which model and moment, and the digests of its files."""

    folder: str
    model: str
    count: int
    built_from: datetime
    digests: dict[str, str]

    @classmethod
    def read(cls, path: Path) -> Self:
        """Read it; raises FileNotFoundError when there is none, `Damaged` when it is unreadable."""
        try:
            given = json.loads(path.read_bytes())
            manifest = cls(
                folder=str(given["folder"]),
                model=str(given["model"]),
                count=int(given["count"]),
                built_from=datetime.fromisoformat(given["built_from"]),
                digests={str(name): str(value) for name, value in given["digests"].items()},
            )
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise Damaged("The manifest cannot be read.") from error
        if manifest.built_from.tzinfo is None or Path(manifest.folder).name != manifest.folder:
            raise Damaged("The manifest cannot be meant.")
        return manifest

    def write(self, path: Path) -> None:
        """Put it in place of the last one, in one step."""
        aside = path.with_suffix(f".{secrets.token_hex(4)}.tmp")
        aside.write_text(json.dumps({**vars(self), "built_from": self.built_from.isoformat()}))
        os.replace(aside, path)


def manifest_path(folder: Path, subject: Subject) -> Path:
    """Where the manifest of a kind of index lies."""
    return folder / f"{subject}s.json"


def build(bind: Bind, encoder: TextEncoder, folder: Path, subject: Subject) -> Manifest:
    """Write the index of everything encoded into a folder of its own and point to it."""
    moment = now()  # before the reading: what is written meanwhile counts as fresh
    with reading(bind) as session:
        rows = read_all(session, subject, encoder.name, encoder.dimension)
    name = f"{subject}s-{secrets.token_hex(6)}"
    Holding.build(rows, WORDS_OF[subject]).save(folder / name)
    path = manifest_path(folder, subject)
    before = _folder_of(path)
    manifest = Manifest(name, encoder.name, len(rows.ids), moment, _digests(folder / name))
    manifest.write(path)
    _clean_up(folder, subject, keep={name, before})
    return manifest


def rebuild_if_due(bind: Bind, encoder: TextEncoder, folder: Path) -> list[Subject]:
    """Build what is missing, damaged, of another model, or too far behind; return which."""
    due = [subject for subject in Subject if _is_due(bind, encoder, folder, subject)]
    for subject in due:
        build(bind, encoder, folder, subject)
    return due


def open_checked(folder: Path, manifest: Manifest) -> Holding:
    """Open the index the manifest names, after comparing the digest of every file.

    Raises `Damaged`, or FileNotFoundError when it is gone. Faiss trusts what it reads, so a
    damaged file must never reach it.
    """
    place = folder / manifest.folder
    if not place.is_dir():
        raise FileNotFoundError(place)
    if _digests(place) != manifest.digests:
        raise Damaged(f"The files of {manifest.folder} are not those that were written.")
    try:
        holding = Holding.open(place)
    except ValueError as error:
        raise Damaged(str(error)) from error
    if len(holding.ids) != manifest.count:
        raise Damaged(f"The manifest does not fit {manifest.folder}.")
    return holding


def _is_due(bind: Bind, encoder: TextEncoder, folder: Path, subject: Subject) -> bool:
    try:
        manifest = Manifest.read(manifest_path(folder, subject))
    except (FileNotFoundError, Damaged):
        return True
    if manifest.model != encoder.name or not (folder / manifest.folder).is_dir():
        return True
    age = now() - manifest.built_from
    with reading(bind) as session:
        new = _count(session, subject, encoder.name, manifest.built_from)
        if new > MOST_FRESH:
            return True
        # Those of the minute before the build are scanned as well until the next one.
        scanned = _count(session, subject, encoder.name, manifest.built_from - MARGIN)
        if age <= LONGEST:
            return age > MARGIN and scanned > MOST_FRESH
        return new > 0 or _count(session, subject, encoder.name) != manifest.count


def _count(session: Session, subject: Subject, model: str, since: datetime | None = None) -> int:
    query = select(func.count()).where(Embedding.subject == subject, Embedding.model == model)
    if since:
        query = query.where(Embedding.updated_at > since)
    return session.scalar(query) or 0


def _digests(folder: Path) -> dict[str, str]:
    return {str(file.relative_to(folder)): _digest(file) for file in _files(folder)}


def _files(folder: Path) -> Iterator[Path]:
    return (file for file in sorted(folder.rglob("*")) if file.is_file())


def _digest(file: Path) -> str:
    with file.open("rb") as content:
        return hashlib.file_digest(content, "sha256").hexdigest()


def _folder_of(path: Path) -> str:
    try:
        return Manifest.read(path).folder
    except (FileNotFoundError, Damaged):
        return ""


def _clean_up(folder: Path, subject: Subject, keep: set[str]) -> None:
    """Remove what no manifest names any more; the last one stays for who is about to open it."""
    newest = manifest_path(folder, subject).stat().st_mtime
    for old in folder.glob(f"{subject}s*"):
        unfinished = _modified(old) > newest - _UNFINISHED_SECONDS
        if old.name in keep or old == manifest_path(folder, subject) or unfinished:
            continue
        if old.is_dir():
            shutil.rmtree(old, ignore_errors=True)
        else:
            old.unlink(missing_ok=True)


def _modified(path: Path) -> float:
    try:
        return path.stat().st_mtime
    except FileNotFoundError:
        return 0.0
