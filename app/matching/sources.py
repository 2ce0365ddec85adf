"""What profiles and jobs say, composed for the engine, and which of them are to be found at all."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Self

from sqlalchemy import Select, select
from sqlalchemy.orm import Session, joinedload, selectinload

from app.jobs.models import Job, JobSkill, JobStatus
from app.matching.engine import texts
from app.matching.introductions import introduced
from app.matching.models import Subject
from app.profiles.models import Profile, ProfileSkill

THINGS: dict[Subject, type[Profile] | type[Job]] = {Subject.PROFILE: Profile, Subject.JOB: Job}

PEOPLE = (
    joinedload(Profile.user),
    selectinload(Profile.skills).joinedload(ProfileSkill.skill),
    selectinload(Profile.past_titles),
)
JOBS = (selectinload(Job.skills).joinedload(JobSkill.skill),)
"""What a profile's and a job's text is composed of, to be loaded with it."""


@dataclass(frozen=True)
class Source:
    """A profile or a job as the engine reads it, without names, at one moment."""

    id: int
    updated_at: datetime
    body: str
    titles: tuple[str, ...]
    terms: tuple[str, ...]

    @property
    def composed(self) -> texts.Composed:
        """The text alone, without whose it is."""
        return self.body, self.titles, self.terms

    def fingerprint(self, model: str) -> str:
        """Name this text under this model; another text, or another model, has another name."""
        return texts.fingerprint(model, self.body, self.titles, self.terms)


@dataclass(frozen=True)
class Wording:
    """What a profile says, apart from who says it; or a job, whose title is its headline."""

    headline: str
    skills: tuple[str, ...]
    past_titles: tuple[str, ...]
    summary: str

    @classmethod
    def of(cls, profile: Profile) -> Self:
        """Read a profile; its skills and past titles must be loaded."""
        return cls(
            headline=profile.headline,
            skills=tuple(row.skill.label for row in profile.skills),
            past_titles=tuple(row.title for row in profile.past_titles),
            summary=profile.summary,
        )

    @classmethod
    def of_job(cls, job: Job) -> Self:
        """Read a job; its skills must be loaded."""
        return cls(job.title, tuple(row.skill.label for row in job.skills), (), job.description)


def of_profile(profile: Profile, wording: Wording | None = None) -> Source:
    """Compose a profile, or what it would be in other words; its user must be loaded.

    Without other words its skills and past titles must be loaded too.
    """
    said = wording or Wording.of(profile)
    names = [profile.user.name, *introduced(f"{said.headline}\n{said.summary}")]
    composed = texts.compose_profile(
        said.headline, said.skills, said.past_titles, said.summary, names
    )
    return Source(profile.id, profile.updated_at, *composed)


def of_job(job: Job, wording: Wording | None = None) -> Source:
    """Compose a job, or what it would be in other words; its skills must be loaded."""
    said = wording or Wording.of_job(job)
    composed = texts.compose_job(said.headline, said.skills, said.summary)
    return Source(job.id, job.updated_at, *composed)


def searched(subject: Subject) -> Select[int]:
    """Select the ids of what may be found: published profiles, open jobs."""
    if subject is Subject.PROFILE:
        return select(Profile.id).where(Profile.published_at.is_not(None))
    return select(Job.id).where(Job.status == JobStatus.OPEN)


def read(session: Session, subject: Subject, ids: Collection[int]) -> list[Source]:
    """Compose those of `ids` that may be found; the others are left out."""
    found = searched(subject).where(THINGS[subject].id.in_(ids))
    return [source_of(thing) for thing in load(session, subject, found)]


def source_of(thing: Profile | Job, wording: Wording | None = None) -> Source:
    """Compose a profile or a job, or what it would be in other words."""
    return of_profile(thing, wording) if isinstance(thing, Profile) else of_job(thing, wording)


def load(
    session: Session, subject: Subject, ids: Collection[int] | Select[int]
) -> list[Profile | Job]:
    """Load profiles or jobs with what their texts are composed of."""
    if subject is Subject.PROFILE:
        return list(session.scalars(select(Profile).where(Profile.id.in_(ids)).options(*PEOPLE)))
    return list(session.scalars(select(Job).where(Job.id.in_(ids)).options(*JOBS)))
