"""What one process can find: the shared index, and what was encoded since, as one view."""

import logging
import os
import threading
from collections.abc import Collection, Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from typing import Any

import numpy as np
from sqlalchemy.orm import Session

from app.clock import now
from app.matching import vector_table
from app.matching.encoder import TextEncoder
from app.matching.holding import Holding
from app.matching.manifest import FORMAT, Damaged, Manifest, manifest_path
from app.matching.models import Subject
from app.matching.pgvector import PgVectorIndex
from app.matching.rows import Versions, read_all, read_some, sign_of, written_since
from app.matching.snapshot import MARGIN, SCHEMES, open_checked
from app.matching.view import CANDIDATES, Segment, View

log = logging.getLogger(__name__)

_TRIES = 3
_GROWTH = 4
"""Each segment in memory is so many times as large as the next, so that there are few."""

# What a file looked like: a change of any of these means that it was touched.
_Look = tuple[int, int, int]


@dataclass(frozen=True)
class _Held:
    """An index this process has open."""

    segments: tuple[Segment, ...]
    model: str
    built_from: datetime
    manifest: _Look | None
    """The manifest it was opened beside, or by; another one now means there is a newer index."""
    files: Mapping[Path, _Look] = field(default_factory=dict)
    """Its files, if it is mapped from any."""


@dataclass(frozen=True)
class _Recent:
    """The index with what was encoded since, as this process last read it."""

    held: _Held
    sign: Any
    versions: Versions
    view: View


class Pool:
    """The encoded profiles, or jobs, of the site as one process finds among them.

    Answers as an index built this moment would, but for how rare words are, which is counted
    when the index is built. Threads may share it.
    """

    def __init__(
        self,
        folder: Path,
        subject: Subject,
        *,
        candidates: int = CANDIDATES,
        in_database: bool = False,
    ) -> None:
        """`in_database` has PostgreSQL search the vectors of what is in the index."""
        self._in_database = in_database
        self._candidates = candidates
        self._folder = folder
        self._subject = subject
        self._lock = threading.Lock()
        self._held: _Held | None = None
        self._recent: _Recent | None = None

    def view(self, session: Session, encoder: TextEncoder) -> View:
        """What can be found now; what has changed since the last look is read."""
        view = self._read(session, encoder)
        is_there = self._in_database and vector_table.is_there(session.connection())
        if not is_there or encoder.dimension != vector_table.DIMENSION:
            return view
        # Not kept: it searches inside this session's transaction.
        big, *others = view.segments
        ids = big.holding.ids
        bodies = PgVectorIndex(session.connection(), self._subject, encoder.name, ids)
        return replace(view, segments=(big.searching(bodies), *others))

    def _read(self, session: Session, encoder: TextEncoder) -> View:
        held = self._current(session, encoder)
        since = held.built_from - MARGIN
        sign = sign_of(session, self._subject, encoder.name, since)
        recent = self._recent
        if recent is None or recent.held is not held:
            recent = self._begun(held)
        elif recent.sign == sign:
            return recent.view
        versions = written_since(session, self._subject, encoder.name, since)
        known = recent.versions
        # One that is no longer among them was deleted, or dated back by another machine's clock.
        changed = {one for one, version in versions.items() if known.get(one) != version}
        changed |= known.keys() - versions.keys()
        recent = self._with(session, encoder, recent, changed)
        self._recent = replace(recent, sign=sign, versions=versions)
        return recent.view

    def _begun(self, held: _Held) -> _Recent:
        return _Recent(held, None, {}, View(held.segments, self._candidates))

    def _with(
        self, session: Session, encoder: TextEncoder, recent: _Recent, changed: Collection[int]
    ) -> _Recent:
        """Read the changed ones into a new segment, together with those as small as it."""
        if not changed:
            return recent
        dead = np.array(sorted(changed), np.int64)
        older = [one.without(dead) for one in recent.view.segments]
        known, fresh = older[: len(recent.held.segments)], older[len(recent.held.segments) :]
        wanted = set(changed)
        while fresh and len(fresh[-1].holding) < _GROWTH * len(wanted):
            last = fresh.pop()
            wanted |= set(last.facts.ids[last.is_alive].tolist())
        read = read_some(session, self._subject, encoder.name, encoder.dimension, wanted)
        words = known[0].holding.words
        holding = Holding.build(read.rows, words.scheme, words.statistics)
        segments = (*known, *fresh, Segment.of(holding, read.facts))
        return replace(recent, view=View(segments, self._candidates))

    def _current(self, session: Session, encoder: TextEncoder) -> _Held:
        """The index to answer from: opened when its manifest has changed, else the one held."""
        path = manifest_path(self._folder, self._subject)
        held = self._held
        if held and _is_current(held, encoder.name, _look(path)):
            return held
        with self._lock:
            if self._held is None or not _is_current(self._held, encoder.name, _look(path)):
                self._held = self._opened(path, encoder) or self._built(session, encoder)
            return self._held

    def _opened(self, path: Path, encoder: TextEncoder) -> _Held | None:
        for _ in range(_TRIES):
            look = _look(path)
            try:
                manifest = Manifest.read(path)
                if (manifest.model, manifest.format) != (encoder.name, FORMAT):
                    return None
                segments = open_checked(self._folder, manifest)
            except FileNotFoundError:
                if _look(path) == look:  # else it was replaced while we looked
                    return None
            except (Damaged, OSError):
                log.exception("The index of %ss is damaged; it is put away", self._subject)
                # Without a manifest the worker builds anew.
                with suppress(OSError):
                    path.unlink(missing_ok=True)
                return None
            else:
                files = _looks(self._folder, manifest)
                return _Held(segments, manifest.model, manifest.built_from, look, files)
        return None

    def _built(self, session: Session, encoder: TextEncoder) -> _Held:
        moment = now()
        look = _look(manifest_path(self._folder, self._subject))
        read = read_all(session, self._subject, encoder.name, encoder.dimension)
        holding = Holding.build(read.rows, SCHEMES[self._subject])
        return _Held((Segment.of(holding, read.facts),), encoder.name, moment, look)


def _looks(folder: Path, manifest: Manifest) -> dict[Path, _Look]:
    paths = (folder / part.folder / name for part in manifest.parts for name in part.files)
    return {path: seen for path in paths if (seen := _look(path))}


def _is_current(held: _Held, model: str, manifest: _Look | None) -> bool:
    if held.model != model:
        return False
    # No manifest: the folder was deleted. What is mapped stays good, and the worker builds anew.
    if manifest is not None and manifest != held.manifest:
        return False
    # A file that is gone is still mapped; one that was touched is no longer what was checked.
    return all(_look(file) in (seen, None) for file, seen in held.files.items())


def _look(path: Path) -> _Look | None:
    try:
        seen = os.stat(path)
    except OSError:
        return None
    return seen.st_ino, seen.st_size, seen.st_mtime_ns
