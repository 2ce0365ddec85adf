"""What a process holds for matching: the text model and the two pools, opened when first used."""

import threading
from collections.abc import Callable
from pathlib import Path
from typing import Self

from app.config import Config
from app.matching import skill_labels, titles
from app.matching.encoder import Encoder, NotReady, TextEncoder, export_folder, source_folder
from app.matching.models import Subject
from app.matching.pool import Pool
from app.matching.skill_labels import SkillSense


class Matcher:
    """The text model and what it finds among. Made before a fork, it starts nothing until used."""

    def __init__(
        self,
        load_encoder: Callable[[], TextEncoder],
        folder: Path,
        load_sense: Callable[[TextEncoder], SkillSense | None] = lambda _: None,
    ) -> None:
        self._load_encoder = load_encoder
        self._load_sense = load_sense
        self._senses: dict[str, SkillSense | None] = {}
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

        def load_sense(encoder: TextEncoder) -> SkillSense | None:
            return skill_labels.best(encoder, model_folder(config))

        return cls(load, config.index_folder, load_sense)

    @property
    def encoder(self) -> TextEncoder:
        """The text model; raises `NotReady` while it is not exported."""
        with self._lock:
            if self._encoder is None:
                self._encoder = self._load_encoder()
            return self._encoder

    def skills_meant(self, text: str) -> list[tuple[str, str]]:
        """The keys of skills that words of a text may mean without naming them, with the words.

        About a second of the model for a long text, and no database. None where the text model
        is not ready: what is found by names is enough to go on with.
        """
        try:
            encoder = self.encoder
        except NotReady:
            return []
        if encoder.name not in self._senses:
            self._senses = {encoder.name: self._load_sense(encoder)}
        sense = self._senses[encoder.name]
        return sense.meant(text, encoder) if sense else []


def model_folder(config: Config) -> Path:
    """Where the export of the configured model belongs; `NotReady` when there is no such model."""
    return export_folder(source_folder(config.encoder_model), models_folder(config))


def models_folder(config: Config) -> Path:
    """Where exported text models lie."""
    return config.instance / "models"
