"""What a process holds for matching: the text model and the two pools, opened when first used."""

import json
from collections.abc import Callable
from copy import copy
from pathlib import Path
from typing import Self

from app.config import Config
from app.matching import skill_labels, titles
from app.matching.encoder import Encoder, NotReady, TextEncoder, export_folder, source_folder
from app.matching.memory import Memory
from app.matching.models import Subject
from app.matching.own_words import MOST_KEPT, Key, Read
from app.matching.pool import Pool
from app.matching.skill_labels import SkillSense
from app.matching.succession import Succession


class Matcher:
    """The text model and what it finds among. Made before a fork, it starts nothing until used."""

    def __init__(
        self,
        load_encoder: Callable[[], TextEncoder],
        folder: Path,
        load_sense: Callable[[TextEncoder], SkillSense | None] = lambda _: None,
        load_named: Callable[[str], TextEncoder | None] = lambda _: None,
        *,
        in_database: bool = False,
    ) -> None:
        self._succession = Succession(load_encoder, load_named, folder)
        self._pinned: list[TextEncoder] | None = None
        self._load_sense = load_sense
        self._senses: dict[str, SkillSense | None] = {}
        self.folder = folder
        self.own_words: Memory[Key, Read] = Memory(MOST_KEPT)
        self.profiles = Pool(folder, Subject.PROFILE, in_database=in_database)
        self.jobs = Pool(folder, Subject.JOB, in_database=in_database)

    @classmethod
    def of(cls, config: Config) -> Self:
        """The matcher of a configured site."""

        def load() -> TextEncoder:
            return _open(model_folder(config))

        def load_sense(encoder: TextEncoder) -> SkillSense | None:
            try:
                folder = model_folder(config)
            except NotReady:  # another model answers meanwhile
                folder = models_folder(config)
            return skill_labels.best(encoder, folder)

        def load_named(name: str) -> TextEncoder | None:
            return find_named(name, models_folder(config))

        return cls(
            load,
            config.index_folder,
            load_sense,
            load_named,
            in_database=config.vectors_in_database,
        )

    @property
    def encoder(self) -> TextEncoder:
        """The text model that answers; raises `NotReady` while none is exported."""
        if self._pinned is None:
            return self._succession.serving()
        if not self._pinned:
            self._pinned.append(self._succession.serving())
        return self._pinned[0]

    @property
    def configured(self) -> TextEncoder:
        """The text model that is configured, and answers once everything is encoded by it."""
        return self._succession.configured

    def in_use(self) -> list[TextEncoder]:
        """The models that what is saved now must be encoded by, the one that answers first."""
        return self._succession.in_use()

    def is_settled(self) -> bool:
        """Whether the configured model is the one that answers."""
        try:
            return self.configured.name == self.encoder.name
        except NotReady:
            return False

    def pinned(self) -> Self:
        """The same for one request, whose text model stays, whatever is switched meanwhile."""
        same = copy(self)
        same._pinned = []
        return same

    def skills_meant(self, text: str) -> list[tuple[str, str]]:
        """The keys of skills that words of a text may mean without naming them, with the words.

        About .1 s of the model for a long text, and no database. None where the text model
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


def find_named(name: str, models: Path) -> TextEncoder | None:
    """The exported model of this name, with the title side that the name tells; None if gone."""
    for card in sorted(models.glob("*/card.json")):
        try:
            if json.loads(card.read_text())["name"] != titles.text_model_named(name):
                continue
            encoder = _open(card.parent)
        except (OSError, ValueError, KeyError, NotReady):
            continue
        if encoder.name == name:
            return encoder
    return None


def model_folder(config: Config) -> Path:
    """Where the export of the configured model belongs; `NotReady` when there is no such model."""
    return export_folder(source_folder(config.encoder_model), models_folder(config))


def models_folder(config: Config) -> Path:
    """Where exported text models lie."""
    return config.instance / "models"


def _open(folder: Path) -> TextEncoder:
    return titles.best(Encoder.load(folder), folder)
