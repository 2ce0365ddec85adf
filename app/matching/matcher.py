"""What a process holds for matching: the text model and the two pools, opened when first used."""

import threading
from collections.abc import Callable
from pathlib import Path
from typing import Self

from app.config import Config
from app.matching import titles
from app.matching.encoder import Encoder, TextEncoder, export_folder, source_folder
from app.matching.models import Subject
from app.matching.pool import Pool


class Matcher:
    """The text model and what it finds among. Made before a fork, it starts nothing until used."""

    def __init__(self, load_encoder: Callable[[], TextEncoder], folder: Path) -> None:
        self._load_encoder = load_encoder
        self._lock = threading.Lock()
        self._encoder: TextEncoder | None = None
        self.folder = folder
        self.profiles = Pool(folder, Subject.PROFILE)
        self.jobs = Pool(folder, Subject.JOB)

    @classmethod
    def of(cls, config: Config) -> Self:
        """The matcher of a configured site."""

        def load() -> TextEncoder:
            folder = model_folder(config)
            return titles.best(Encoder.load(folder), folder)

        return cls(load, config.index_folder)

    @property
    def encoder(self) -> TextEncoder:
        """The text model; raises `NotReady` while it is not exported."""
        with self._lock:
            if self._encoder is None:
                self._encoder = self._load_encoder()
            return self._encoder


def model_folder(config: Config) -> Path:
    """Where the export of the configured model belongs; `NotReady` when there is no such model."""
    return export_folder(source_folder(config.encoder_model), models_folder(config))


def models_folder(config: Config) -> Path:
    """Where exported text models lie."""
    return config.instance / "models"
