"""A text without the words of one quote: which words those are, and what is left of the text."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any, Self

from app.jobs.models import Job
from app.matching.models import Subject
from app.matching.reasons import BETWEEN_TITLES, Quote
from app.matching.sources import Source, Wording, source_of
from app.profiles.models import Profile

Thing = Profile | Job


@dataclass(frozen=True)
class Cut:
    """The place of a quote in a profile or job, and the name of the text that is left."""

    subject: Subject
    subject_id: int
    section: str
    start: int
    end: int
    digest: str

    @classmethod
    def of(cls, thing: Thing, fingerprint: str, quote: Quote) -> Self:
        """Take `quote` out of `thing`, whose whole text has this fingerprint."""
        place = (quote.section, quote.start, quote.end)
        digest = _digest(fingerprint, *place, quote.words)
        return cls(subject_of(thing), thing.id, *place, digest)

    @classmethod
    def read(cls, given: Mapping[str, Any]) -> Self:
        """Read what `as_json` wrote."""
        return cls(**{**given, "subject": Subject(given["subject"])})

    @property
    def as_json(self) -> dict[str, Any]:
        """The same as plain values."""
        return asdict(self)

    def is_of(self, thing: Thing, fingerprint: str) -> bool:
        """Whether the thing, whose whole text has this fingerprint, still says these words."""
        words = section_of(thing, self.section)[self.start : self.end]
        place = (self.section, self.start, self.end)
        return self.digest == _digest(fingerprint, *place, words)

    def left_of(self, thing: Thing) -> Source:
        """Compose the thing without the words."""
        return without(thing, self)


def subject_of(thing: Thing) -> Subject:
    """What a thing is to the engine."""
    return Subject.PROFILE if isinstance(thing, Profile) else Subject.JOB


def wording_of(thing: Thing) -> Wording:
    """What a profile or a job says."""
    return Wording.of(thing) if isinstance(thing, Profile) else Wording.of_job(thing)


def section_of(thing: Thing, section: str) -> str:
    """The text that a quote of this section was found in."""
    said = wording_of(thing)
    if section == "past_titles":
        return BETWEEN_TITLES.join(said.past_titles)
    return said.headline if section == "headline" else said.summary


def without(thing: Thing, place: Quote | Cut) -> Source:
    """Compose a profile or a job without the words of a quote."""
    said = wording_of(thing)
    if place.section == "past_titles":
        changed = replace(said, past_titles=_cut_titles(said.past_titles, place))
    elif place.section == "headline":
        changed = replace(said, headline=_cut(said.headline, place, 0))
    else:
        changed = replace(said, summary=_cut(said.summary, place, 0))
    return source_of(thing, changed)


def _digest(*given: str | int) -> str:
    return hashlib.sha256(json.dumps(given).encode()).hexdigest()


def _cut(text: str, place: Quote | Cut, begins: int) -> str:
    return f"{text[: place.start - begins]} {text[place.end - begins :]}"


def _cut_titles(titles: Sequence[str], place: Quote | Cut) -> tuple[str, ...]:
    cut = []
    begins = 0
    for title in titles:
        is_here = begins <= place.start < begins + len(title)
        cut.append(_cut(title, place, begins) if is_here else title)
        begins += len(title) + len(BETWEEN_TITLES)
    return tuple(cut)
