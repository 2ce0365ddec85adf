"""The index that all processes share: built aside, named by a manifest, checked, memory-mapped.

The folder is a copy of the database: deleting it, or anything in it, at any time is safe. A big
part is built of everything, and now and then a small one of what came since, so that a save
never waits for a million texts to be read again.
"""

import os
import secrets
import shutil
from datetime import datetime, timedelta
from pathlib import Path

import numpy as np
from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from app.clock import now
from app.db import transaction
from app.matching.columns import FactColumns
from app.matching.encoder import TextEncoder
from app.matching.engine.lexical import Scheme
from app.matching.engine.rank import WORDS_FOR_JOB, WORDS_FOR_PROFILE
from app.matching.holding import Holding
from app.matching.manifest import FORMAT, Damaged, Manifest, Part, manifest_path
from app.matching.models import Embedding, Subject
from app.matching.refresh import Bind, reading
from app.matching.rows import read_all, read_some, written_since
from app.matching.view import Segment

# A row dated before a build may be committed after it: clocks differ, and commits take a while.
MARGIN = timedelta(seconds=60)
MOST_FRESH = 500
SHARE_FRESH = 1 / 8
"""So much of the small part may be fresh, if that is more, before it is built again."""
SHARE_BESIDE = 1 / 10
"""So much of the big part may lie beside it before everything is built anew."""
LONGEST = timedelta(hours=1)
SCHEMES: dict[Subject, Scheme] = {
    Subject.PROFILE: WORDS_FOR_JOB,
    Subject.JOB: WORDS_FOR_PROFILE,
}
"""How the words of each are weighed: profiles are looked for by jobs, and jobs by profiles."""
# A folder younger than this may be another builder's, not finished yet.
_UNFINISHED_SECONDS = 120


def build(bind: Bind, encoder: TextEncoder, folder: Path, subject: Subject) -> Manifest:
    """Write the index of everything encoded into a folder of its own and point to it."""
    moment = now()  # before the reading: what is written meanwhile counts as fresh
    with reading(bind) as session:
        read = read_all(session, subject, encoder.name, encoder.dimension)
    place = _new_folder(folder, subject)
    threads = len(os.sched_getaffinity(0))
    Holding.build(read.rows, SCHEMES[subject], threads=threads).save(place)
    read.facts.save(place / "facts")
    manifest = _point_to(folder, subject, encoder.name, [Part.of(place, len(read.facts), moment)])
    with transaction(bind) as session:
        _forget_gone(session, subject, moment)
    return manifest


def extend(bind: Bind, encoder: TextEncoder, folder: Path, subject: Subject, big: Part) -> Manifest:
    """Write what came since the big part was built into a folder beside it and point to both."""
    moment = now()
    with reading(bind) as session:
        changed = written_since(session, subject, encoder.name, big.built_from - MARGIN)
        read = read_some(session, subject, encoder.name, encoder.dimension, changed)
    statistics = Holding.open(big.check(folder)).words.statistics
    place = _new_folder(folder, subject)
    Holding.build(read.rows, SCHEMES[subject], statistics).save(place)
    read.facts.save(place / "facts")
    np.save(place / "changed.npy", np.array(sorted(changed), np.int64))
    small = Part.of(place, len(read.facts), moment)
    return _point_to(folder, subject, encoder.name, [big, small])


def rebuild_if_due(bind: Bind, encoder: TextEncoder, folder: Path) -> list[Subject]:
    """Build what is missing, damaged, of another model, or too far behind; return which."""
    return [one for one in Subject if _rebuild_if_due(bind, encoder, folder, one)]


def open_checked(folder: Path, manifest: Manifest) -> tuple[Segment, ...]:
    """Open the index the manifest names, after checking that every file is what was written.

    Raises `Damaged`, or FileNotFoundError when it is gone.
    """
    segments: list[Segment] = []
    for part in manifest.parts:
        place = part.check(folder)
        statistics = segments[0].holding.words.statistics if segments else None
        try:
            holding = Holding.open(place, statistics)
            segment = Segment.of(holding, FactColumns.open(place / "facts"))
            changed = np.load(place / "changed.npy") if segments else np.zeros(0, np.int64)
        except ValueError as error:
            raise Damaged(str(error)) from error
        if not len(segment.holding) == len(segment.facts) == part.count:
            raise Damaged(f"The manifest does not fit {part.folder}.")
        segments = [*(one.without(changed) for one in segments), segment]
    return tuple(segments)


def _rebuild_if_due(bind: Bind, encoder: TextEncoder, folder: Path, subject: Subject) -> bool:
    try:
        manifest = Manifest.read(manifest_path(folder, subject))
    except (FileNotFoundError, Damaged):
        build(bind, encoder, folder, subject)
        return True
    is_ours = manifest.model == encoder.name and manifest.format == FORMAT
    if not is_ours or not all((folder / part.folder).is_dir() for part in manifest.parts):
        build(bind, encoder, folder, subject)
        return True
    if not _is_behind(bind, encoder, subject, manifest):
        return False
    big = manifest.parts[0]
    with reading(bind) as session:
        beside = _count_since(session, subject, encoder.name, big.built_from - MARGIN)
    if beside > max(MOST_FRESH, big.count * SHARE_BESIDE):
        build(bind, encoder, folder, subject)
    else:
        extend(bind, encoder, folder, subject, big)
    return True


def _is_behind(bind: Bind, encoder: TextEncoder, subject: Subject, manifest: Manifest) -> bool:
    beside = sum(part.count for part in manifest.parts[1:])
    most = max(MOST_FRESH, beside * SHARE_FRESH)
    age = now() - manifest.built_from
    with reading(bind) as session:
        new = _count_since(session, subject, encoder.name, manifest.built_from)
        # Those of the minute before the build are read as well until the next one.
        scanned = _count_since(session, subject, encoder.name, manifest.built_from - MARGIN)
    return new > most or (age > MARGIN and scanned > most) or (age > LONGEST and new > 0)


def _count_since(session: Session, subject: Subject, model: str, since: datetime) -> int:
    query = select(func.count()).where(
        Embedding.subject == subject, Embedding.model == model, Embedding.updated_at > since
    )
    return session.scalar(query) or 0


def _forget_gone(session: Session, subject: Subject, moment: datetime) -> None:
    """Delete what every process has long heard is gone."""
    session.execute(
        delete(Embedding).where(
            Embedding.subject == subject,
            Embedding.facts == "",
            Embedding.updated_at < moment - LONGEST,
        )
    )


def _new_folder(folder: Path, subject: Subject) -> Path:
    return folder / f"{subject}s-{secrets.token_hex(6)}"


def _point_to(folder: Path, subject: Subject, model: str, parts: list[Part]) -> Manifest:
    path = manifest_path(folder, subject)
    before = _folders_of(path)
    manifest = Manifest(model, FORMAT, tuple(parts))
    manifest.write(path)
    _clean_up(folder, subject, keep={part.folder for part in parts} | before)
    return manifest


def _folders_of(path: Path) -> set[str]:
    try:
        return {part.folder for part in Manifest.read(path).parts}
    except (FileNotFoundError, Damaged):
        return set()


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
