"""What would move a freelancer up for a job: each change is made on trial and all are ranked again.

Nothing is guessed, and nothing is saved.
"""

from dataclasses import dataclass, replace

import numpy as np
from sqlalchemy.orm import Session

from app.jobs.models import Job
from app.matching import candidates, guard, ranking
from app.matching.candidates import Candidates, Values
from app.matching.engine.texts import MOST_SKILLS as MOST_LISTED
from app.matching.matcher import Matcher
from app.matching.sources import Wording, of_profile
from app.profiles.models import Profile

MOST_SKILLS = 5
"""Skills tried; with the park's word all are ranked again six times at most."""


@dataclass(frozen=True)
class Move:
    """A change and the place it leads to; without a skill it is the confirmation by a park."""

    skill: str
    place: int


@dataclass(frozen=True)
class Outlook:
    """The place among those who fit a job now, and the changes that lead higher, best first."""

    place: int
    among: int
    moves: tuple[Move, ...]
    note: str = ""
    """Why not every word of theirs counts (a message id)."""


def outlook(session: Session, matcher: Matcher, profile: Profile, job: Job) -> Outlook | None:
    """Say where a freelancer stands for a job and what would lead higher; None if not ranked.

    The profile must be loaded as its owner sees it, the job with its skills and languages.
    The model runs: in no write transaction.
    """
    found = candidates.find(session, matcher, job, also=(profile.id,))
    if profile.id not in found.ids:
        return None
    place = _place(found, profile.id)
    tried = _with_skills(matcher, found, profile, job)
    if not found.facts.park[np.searchsorted(found.ids, profile.id)]:
        tried.append(("", {"trust": ranking.CONFIRMED}))
    moves = [
        Move(skill, _place(found.with_one(profile.id, values), profile.id))
        for skill, values in tried
    ]
    higher = sorted((move for move in moves if move.place < place), key=lambda move: move.place)
    note = guard.sentence(found.notes.get(profile.id))
    return Outlook(place, found.eligible.count, tuple(higher), note)


def _with_skills(
    matcher: Matcher, found: Candidates, profile: Profile, job: Job
) -> list[tuple[str, Values]]:
    """What the profile would be worth with each of the asked-for skills it does not list."""
    listed = {row.skill_id for row in profile.skills}
    every = [row.skill.label for row in job.skills if row.skill_id not in listed]
    missing = every[:MOST_SKILLS] if len(listed) < MOST_LISTED else []
    said = Wording.of(profile)
    texts = [of_profile(profile, replace(said, skills=(*said.skills, label))) for label in missing]
    share = (len(job.skills) - len(every) + 1) / max(len(job.skills), 1)
    read = candidates.read_anew(matcher, found, texts)
    return [
        (label, {"skills": share, **values}) for label, values in zip(missing, read, strict=True)
    ]


def _place(found: Candidates, profile_id: int) -> int:
    ordered = [score.id for score in found.scores()]
    return ordered.index(profile_id) + 1
