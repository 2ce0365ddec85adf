"""What both directions share: the parts the pool does not know, a page of the order, its answer."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.jobs.models import Job, JobSkill
from app.matching.audit import Showing
from app.matching.conditions import Eligible
from app.matching.engine.order import Ids
from app.matching.engine.rank import Score
from app.matching.engine.texts import MOST_SKILLS
from app.matching.holding import Numbers
from app.matching.reasons import Reasons
from app.parks.memberships import Standing
from app.profiles.models import Profile, ProfileSkill

PAGE = 10
"""A short list is what was asked for, and a phone scrolls past more."""
MOST_PLACES = 100
"""Nobody reads further, and behind the candidates of each part the order means little."""

CONFIRMED = 0.5
SEEN = 0.5
"""What a park's word is worth as trust: that somebody is a member, and was seen in person."""


@dataclass(frozen=True)
class Match:
    """One place of an answer: whom or what, the points, and why."""

    place: int
    profile: Profile
    job: Job
    score: Score
    reasons: Reasons
    standing: Standing | None = None
    note: str = ""
    """Why not every word of the profile counts (a message id)."""


@dataclass(frozen=True)
class Answer:
    """One page of the ranked matches, and what was removed before the ranking."""

    matches: tuple[Match, ...]
    eligible: Eligible
    page: int
    has_more: bool
    showing: Showing

    @property
    def greatest_part(self) -> float:
        """The most points any part has on this page: the length of the longest bar."""
        points = (points for match in self.matches for points in match.score.parts.values())
        return max(points, default=0.0) or 1.0


def page_of(scores: Sequence[Score], page: int) -> tuple[list[Score], bool]:
    """Return the scores of a page, the first being 1, and whether there are more behind it."""
    ranked = scores[:MOST_PLACES]
    return list(ranked[(page - 1) * PAGE : page * PAGE]), len(ranked) > page * PAGE


def first_place(page: int) -> int:
    """The place of the first match on a page."""
    return (page - 1) * PAGE + 1


def skills_listed(session: Session, job: Job, profile_ids: Ids) -> Numbers:
    """The share of the job's skills among the first that each profile lists.

    The job's skills must be loaded.
    """
    asked = [row.skill_id for row in job.skills]
    rows = session.execute(
        select(ProfileSkill.profile_id, func.count())
        .where(
            ProfileSkill.profile_id.in_(profile_ids.tolist()),
            ProfileSkill.skill_id.in_(asked),
            ProfileSkill.position < MOST_SKILLS,
        )
        .group_by(ProfileSkill.profile_id)
    )
    return _shares(profile_ids, dict(rows.all()), len(asked))


def skills_also_asked(session: Session, draft: Job, job_ids: Ids) -> Numbers:
    """The share of a draft's skills that each job asks for too; its skills must be loaded."""
    asked = [row.skill_id for row in draft.skills]
    rows = session.execute(
        select(JobSkill.job_id, func.count())
        .where(JobSkill.job_id.in_(job_ids.tolist()), JobSkill.skill_id.in_(asked))
        .group_by(JobSkill.job_id)
    )
    return _shares(job_ids, dict(rows.all()), len(asked))


def skills_asked(session: Session, profile: Profile, job_ids: Ids) -> Numbers:
    """The share of each job's skills that a profile lists; a job that asks for none is answered."""
    listed = {row.skill_id for row in profile.skills[:MOST_SKILLS]}
    rows = session.execute(
        select(JobSkill.job_id, JobSkill.skill_id).where(JobSkill.job_id.in_(job_ids.tolist()))
    )
    asked: dict[int, list[bool]] = {}
    for job_id, skill_id in rows:
        asked.setdefault(job_id, []).append(skill_id in listed)
    shares = (
        sum(asked[key]) / len(asked[key]) if key in asked else 1.0 for key in job_ids.tolist()
    )
    return np.fromiter(shares, np.float64, len(job_ids))


def trust(standings: Sequence[Standing | None]) -> Numbers:
    """Half for a confirmed member of a park, all for one whom the park has seen in person."""
    points = (CONFIRMED + SEEN * one.seen_in_person if one else 0.0 for one in standings)
    return np.fromiter(points, np.float64, len(standings))


def _shares(ids: Ids, counts: Mapping[int, int], most: int) -> Numbers:
    return np.fromiter((counts.get(key, 0) / most for key in ids.tolist()), np.float64, len(ids))
