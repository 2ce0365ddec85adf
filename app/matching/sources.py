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
    """What a profile says, apart from who says it."""

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


def of_job(job: Job) -> Source:
    """Compose a job; its skills must be loaded."""
    skills = [row.skill.label for row in job.skills]
    return Source(job.id, job.updated_at, *texts.compose_job(job.title, skills, job.description))


def searched(subject: Subject) -> Select[int]:
    """Select the ids of what may be found: published profiles, open jobs."""
    if subject is Subject.PROFILE:
        return select(Profile.id).where(Profile.published_at.is_not(None))
    return select(Job.id).where(Job.status == JobStatus.OPEN)


def read(session: Session, subject: Subject, ids: Collection[int]) -> list[Source]:
    """Compose those of `ids` that may be found; the others are left out."""
    found = searched(subject).where(THINGS[subject].id.in_(ids))
    if subject is Subject.PROFILE:
        profiles = (
            select(Profile)
            .where(Profile.id.in_(found))
            .options(
                joinedload(Profile.user),
                selectinload(Profile.skills).joinedload(ProfileSkill.skill),
                selectinload(Profile.past_titles),
            )
        )
        return [of_profile(profile) for profile in session.scalars(profiles)]
    jobs = (
        select(Job)
        .where(Job.id.in_(found))
        .options(selectinload(Job.skills).joinedload(JobSkill.skill))
    )
    return [of_job(job) for job in session.scalars(jobs)]
