"""What one process can find: the shared index, and what was encoded since, as one answer."""

import logging
import os
import threading
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

import numpy as np
from sqlalchemy.orm import Session

from app.clock import now
from app.matching.encoder import TextEncoder
from app.matching.engine.order import Ids
from app.matching.holding import PARTS, WORDS_OF, Fresh, Holding, Numbers, Query, merged
from app.matching.models import Subject
from app.matching.rows import Rows, read_all, read_some, written_since
from app.matching.snapshot import MARGIN, Damaged, Manifest, manifest_path, open_checked

log = logging.getLogger(__name__)

CANDIDATES = 200
"""How many are taken by each part before they are ranked together."""
_TRIES = 3

# What a file looked like: a change of any of these means that it was touched.
_Look = tuple[int, int, int]


@dataclass(frozen=True)
class Found:
    """Candidates by ascending id, and the score of each by each part."""

    ids: Ids
    parts: Mapping[str, Numbers]


@dataclass(frozen=True)
class _Held:
    """An index this process has open."""

    holding: Holding
    model: str
    built_from: datetime
    manifest: _Look | None
    """The manifest it was opened beside, or by; another one now means there is a newer index."""
    files: Mapping[Path, _Look] = field(default_factory=dict)
    """Its files, if it is mapped from any."""


@dataclass(frozen=True)
class _Recent:
    """What was encoded since an index was built, as this process last read it."""

    written: list[tuple[int, str]]
    fresh: Fresh
    holding: Holding


class Pool:
    """The encoded profiles, or jobs, of the site as one process finds among them.

    Answers as an index built this moment would, but for how rare words are, which is counted
    when the index is built. Threads may share it.
    """

    def __init__(self, folder: Path, subject: Subject, *, candidates: int = CANDIDATES) -> None:
        self._candidates = candidates
        self._folder = folder
        self._subject = subject
        self._lock = threading.Lock()
        self._held: _Held | None = None
        self._recent: _Recent | None = None

    def find(
        self,
        session: Session,
        encoder: TextEncoder,
        query: Query,
        allowed: Ids,
        *,
        also: tuple[int, ...] = (),
    ) -> Found:
        """Return the best of `allowed`, which ascend, by each part, and those of `also` in it."""
        held = self._current(session, encoder)
        fresh = self._fresh(session, encoder, held)
        holding = held.holding
        is_fresh = np.isin(allowed, fresh.ids, assume_unique=True)
        # What is in neither has not been encoded yet: a moment ago it did not exist.
        is_held = ~is_fresh & holding.holds(allowed)
        most = self._candidates
        ids = merged(
            most,
            holding.nearest(query, most, allowed[is_held]),
            fresh.nearest(query, most, allowed[is_fresh]),
        )
        wanted = np.isin(allowed, np.union1d(ids, np.array(also, np.int64)))
        old, new = allowed[wanted & is_held], allowed[wanted & is_fresh]
        order = np.argsort(np.concatenate([old, new]))
        one, other = holding.scores(query, old), fresh.scores(query, new)
        parts = {part: np.concatenate([one[part], other[part]])[order] for part in PARTS}
        return Found(np.concatenate([old, new])[order], parts)

    def score(
        self, session: Session, encoder: TextEncoder, query: Query, texts: Rows
    ) -> dict[str, Numbers]:
        """Score texts that need not be kept, as if they had been encoded a moment ago."""
        words = self._current(session, encoder).holding.words
        return Fresh(texts, words).scores(query, texts.ids)

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
                if manifest.model != encoder.name:
                    return None
                holding = open_checked(self._folder, manifest)
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
                place = self._folder / manifest.folder
                looks = {place / name: _look(place / name) for name in manifest.digests}
                files = {file: seen for file, seen in looks.items() if seen}
                return _Held(holding, manifest.model, manifest.built_from, look, files)
        return None

    def _built(self, session: Session, encoder: TextEncoder) -> _Held:
        moment = now()
        look = _look(manifest_path(self._folder, self._subject))
        rows = read_all(session, self._subject, encoder.name, encoder.dimension)
        return _Held(Holding.build(rows, WORDS_OF[self._subject]), encoder.name, moment, look)

    def _fresh(self, session: Session, encoder: TextEncoder, held: _Held) -> Fresh:
        """What was encoded since the index was built; read again only if it has changed."""
        since = held.built_from - MARGIN
        written = written_since(session, self._subject, encoder.name, since)
        recent = self._recent
        if recent and recent.written == written and recent.holding is held.holding:
            return recent.fresh
        ids = [subject_id for subject_id, _ in written]
        rows = read_some(session, self._subject, encoder.name, encoder.dimension, ids)
        fresh = Fresh(rows, held.holding.words)
        self._recent = _Recent(written, fresh, held.holding)
        return fresh


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
