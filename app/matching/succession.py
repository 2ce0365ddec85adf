"""Which text model answers while another takes its place.

Pages answer with the model that the shared index names until the configured one has encoded
everything and its index is built. Vectors of different models are never compared.
"""

import logging
import threading
from collections.abc import Callable, Iterable
from pathlib import Path

from app.matching.encoder import NotReady, TextEncoder
from app.matching.manifest import Damaged, Manifest, manifest_path
from app.matching.models import Subject

log = logging.getLogger(__name__)

_Look = tuple[int, int, int]
"""What a file looked like: a change of any of these means that it was replaced."""


class Succession:
    """The configured text model and the one before it, for one process; threads may share it."""

    def __init__(
        self,
        load: Callable[[], TextEncoder],
        load_named: Callable[[str], TextEncoder | None],
        folder: Path,
    ) -> None:
        """`load_named` finds a model on this machine by its name; `folder` holds the index."""
        self._load = load
        self._load_named = load_named
        self._folder = folder
        self._lock = threading.Lock()
        self._configured: TextEncoder | None = None
        self._named: dict[str, TextEncoder | None] = {}
        self._seen: dict[Subject, tuple[_Look, str]] = {}
        self._has_warned = False

    @property
    def configured(self) -> TextEncoder:
        """The configured model; raises `NotReady` while it is not exported."""
        with self._lock:
            return self._opened()

    def serving(self) -> TextEncoder:
        """The model to answer with now; raises `NotReady` where there is none at all."""
        with self._lock:
            named = [self._named_by(subject) for subject in Subject]
            try:
                configured = self._opened()
            except NotReady:
                if before := self._first(named):
                    return before
                raise
            others = [name for name in named if name != configured.name]
            return self._first(others) or configured

    def in_use(self) -> list[TextEncoder]:
        """The models that what is saved now must be encoded by, the one that answers first."""
        serving = self.serving()
        try:
            configured = self.configured
        except NotReady as error:
            if not self._has_warned:
                log.warning("The configured text model is not used yet. %s", error)
            self._has_warned = True
            return [serving]
        return [serving] if serving.name == configured.name else [serving, configured]

    def _opened(self) -> TextEncoder:
        if self._configured is None:
            self._configured = self._load()
        return self._configured

    def _named_by(self, subject: Subject) -> str:
        """The model of an index; empty where there is none."""
        path = manifest_path(self._folder, subject)
        try:
            found = path.stat()
            look = (found.st_ino, found.st_size, found.st_mtime_ns)
            if subject not in self._seen or self._seen[subject][0] != look:
                self._seen[subject] = (look, Manifest.read(path).model)
        except (OSError, Damaged):
            return ""
        return self._seen[subject][1]

    def _first(self, names: Iterable[str]) -> TextEncoder | None:
        for name in filter(None, names):
            if name not in self._named:
                self._named[name] = self._load_named(name)
            if found := self._named[name]:
                return found
        return None
