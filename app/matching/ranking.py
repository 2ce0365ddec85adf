"""What both directions share: the parts the pool does not know, a page of the order, its answer."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

import numpy as np
from sqlalchemy.orm import Session

from app.clock import today
from app.jobs.models import Job
from app.matching import conditions
from app.matching.audit import Showing
from app.matching.columns import FactColumns, days
from app.matching.conditions import Asked
from app.matching.engine.rank import Score
from app.matching.holding import Numbers
from app.matching.models import Subject
from app.matching.reasons import Reasons
from app.matching.sources import searched
from app.matching.view import Eligible, View
from app.parks.memberships import Standing
from app.profiles.models import Profile

PAGE = 10
"""A short list is what was asked for, and a phone scrolls past more."""
SPARE = 3
"""So many who may no longer be shown are made up for on the page."""
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
    is_being_read: bool = False
    """Whether there is something, and none of it is encoded yet."""

    @property
    def greatest_part(self) -> float:
        """The most points any part has on this page: the length of the longest bar."""
        points = (points for match in self.matches for points in match.score.parts.values())
        return max(points, default=0.0) or 1.0


def page_of(
    session: Session, asked: Asked, scores: Sequence[Score], page: int
) -> tuple[list[Score], bool]:
    """Return the scores of a page, the first being 1, and whether there are more behind it.

    Whoever the database says may not be shown is left out, whatever the index still believes.
    """
    looked_at = scores[: min(page * PAGE + SPARE, MOST_PLACES)]
    true = conditions.still_true(session, asked, [score.id for score in looked_at])
    ranked = [score for score in looked_at if score.id in true]
    has_more = len(ranked) > page * PAGE or MOST_PLACES > page * PAGE + SPARE < len(scores)
    return ranked[(page - 1) * PAGE : page * PAGE], has_more


def is_being_read(session: Session, subject: Subject, view: View) -> bool:
    """Say whether there is something to be found, and none of it is encoded yet."""
    return view.is_empty and session.scalar(searched(subject).limit(1)) is not None


def first_place(page: int) -> int:
    """The place of the first match on a page."""
    return (page - 1) * PAGE + 1


def skills_shared(asked: Collection[int], facts: FactColumns) -> Numbers:
    """The share of `asked`, which are some, that each of n profiles or jobs has too."""
    return facts.count_of(asked) / len(asked)


def skills_answered(listed: Collection[int], jobs: FactColumns) -> Numbers:
    """The share of each job's skills that are listed; a job that asks for none is answered."""
    asked = np.diff(jobs.skill_starts)
    shares = np.divide(jobs.count_of(listed), asked, out=np.ones(len(jobs)), where=asked > 0)
    return np.asarray(shares)


def trust(people: FactColumns) -> Numbers:
    """Half for a confirmed member of a park, all for one whom the park has seen in person."""
    is_seen = people.seen_until >= days(today())
    return np.where(people.park > 0, CONFIRMED + SEEN * is_seen, 0.0)
