"""Who is ranked for a job and by what: the candidates, and one of them in other words."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Self

import numpy as np
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.jobs.models import Job
from app.matching import conditions, exposure, queries, ranking, sources
from app.matching.conditions import Condition, Eligible
from app.matching.encoding import encode_all
from app.matching.engine import fairness
from app.matching.engine.order import Ids
from app.matching.engine.rank import FOR_JOB, WORDS_FOR_JOB, Scale, Score, rank, scale_of
from app.matching.holding import PARTS, Numbers, Query
from app.matching.matcher import Matcher
from app.matching.models import Subject
from app.matching.rows import Rows
from app.matching.sources import Source
from app.parks.memberships import Standing, standing_of
from app.profiles.models import Profile

Values = dict[str, float]
"""What one candidate is worth by each part, in the part's own unit."""


@dataclass(frozen=True)
class Candidates:
    """Who is ranked for a job, by ascending id, and what each is worth by each part."""

    eligible: Eligible
    query: Query
    ids: Ids
    parts: Mapping[str, Numbers]
    standings: dict[int, Standing]
    """By user."""
    needs: Mapping[int, float]
    """How much those who are seen too little should be lifted."""

    def scores(self) -> list[Score]:
        """The order that is shown, the best first."""
        return fairness.lift(self.plain_scores(), self.needs)

    def plain_scores(self) -> list[Score]:
        """The order by fit alone."""
        return rank(self.ids, self.parts, FOR_JOB)

    def with_one(self, profile_id: int, parts: Mapping[str, float]) -> Self:
        """The same, but that one of them is worth something else by `parts`."""
        place = int(np.searchsorted(self.ids, profile_id))
        changed = dict(self.parts)
        for name, value in parts.items():
            changed[name] = np.array(changed[name], np.float64)
            changed[name][place] = value
        return replace(self, parts=changed)

    def values_of(self, profile_id: int) -> Values:
        """What one of them is worth by each part."""
        place = int(np.searchsorted(self.ids, profile_id))
        return {name: float(column[place]) for name, column in self.parts.items()}

    def scale(self) -> Scale:
        """What they are measured by, to be held still."""
        return scale_of(self.parts, FOR_JOB)


def find(
    session: Session,
    matcher: Matcher,
    job: Job,
    *,
    relax: Collection[Condition] = (),
    also: tuple[int, ...] = (),
) -> Candidates:
    """Find who may be ranked for a job, and those of `also` who fulfil its conditions.

    The job's skills and languages must be loaded. `relax` sets weak conditions aside.
    """
    eligible = conditions.for_job(session, job, relax)
    encoder = matcher.encoder
    query = queries.query_for(session, encoder, Subject.JOB, sources.of_job(job), WORDS_FOR_JOB)
    found = matcher.profiles.find(session, encoder, query, eligible.ids, also=also)
    users = _users_of(session, found.ids)
    standings = standing_of(session, users.values())
    held = [standings.get(users[profile_id]) for profile_id in found.ids.tolist()]
    parts = {**found.parts, "trust": ranking.trust(held)}
    if job.skills:
        parts["skills"] = ranking.skills_listed(session, job, found.ids)
    needs = exposure.needs_of(session, users, standings)
    return Candidates(eligible, query, found.ids, parts, standings, needs)


def read_anew(
    session: Session, matcher: Matcher, found: Candidates, texts: Sequence[Source]
) -> list[Values]:
    """What each of `texts` is worth by the parts that read texts. The model runs."""
    if not texts:
        return []
    encoded = encode_all(matcher.encoder, [text.composed for text in texts])
    records = [
        (place, one.body.tobytes(), one.titles.tobytes(), " ".join(text.terms))
        for place, (one, text) in enumerate(zip(encoded, texts, strict=True))
    ]
    rows = Rows.of(records, matcher.encoder.dimension)
    columns = matcher.profiles.score(session, matcher.encoder, found.query, rows)
    return [{part: float(columns[part][n]) for part in PARTS} for n in range(len(texts))]


def _users_of(session: Session, profile_ids: Ids) -> dict[int, int]:
    rows = select(Profile.id, Profile.user_id).where(Profile.id.in_(profile_ids.tolist()))
    return dict(session.execute(rows).all())
