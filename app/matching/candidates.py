"""Who is ranked for a job and by what: the candidates, and one of them in other words."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Self

import numpy as np
from sqlalchemy.orm import Session

from app.jobs.models import Job
from app.matching import conditions, exposure, queries, ranking, sources
from app.matching.columns import FactColumns
from app.matching.conditions import Asked, Condition
from app.matching.encoding import encode_all
from app.matching.engine import fairness
from app.matching.engine.order import Ids
from app.matching.engine.rank import FOR_JOB, Scale, Score, rank, scale_of
from app.matching.holding import PARTS, Numbers, Query
from app.matching.matcher import Matcher
from app.matching.models import Subject
from app.matching.rows import Rows
from app.matching.sources import Source
from app.matching.view import Eligible, View

Values = dict[str, float]
"""What one candidate is worth by each part, in the part's own unit."""


@dataclass(frozen=True)
class Candidates:
    """Who is ranked for a job, by ascending id, and what each is worth by each part."""

    asked: Asked
    view: View
    eligible: Eligible
    query: Query
    ids: Ids
    parts: Mapping[str, Numbers]
    facts: FactColumns
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
    encoder = matcher.encoder
    view = matcher.profiles.view(session, encoder)
    asked = conditions.for_job(job, relax)
    eligible = view.sort_out(asked)
    query = queries.query_for(session, encoder, Subject.JOB, sources.of_job(job))
    found = view.find(query, eligible, also=also)
    parts = {**found.parts, "trust": ranking.trust(found.facts)}
    if job.skills:
        wanted = [row.skill_id for row in job.skills]
        parts["skills"] = ranking.skills_shared(wanted, found.facts)
    needs = exposure.needs_of(session, found.facts, view.park_sizes)
    return Candidates(asked, view, eligible, query, found.ids, parts, found.facts, needs)


def read_anew(matcher: Matcher, found: Candidates, texts: Sequence[Source]) -> list[Values]:
    """What each of `texts` is worth by the parts that read texts. The model runs."""
    if not texts:
        return []
    encoded = encode_all(matcher.encoder, [text.composed for text in texts])
    records = [
        (place, one.body.tobytes(), one.titles.tobytes(), " ".join(text.terms))
        for place, (one, text) in enumerate(zip(encoded, texts, strict=True))
    ]
    rows = Rows.of(records, matcher.encoder.dimension)
    columns = found.view.score(found.query, rows)
    return [{part: float(columns[part][n]) for part in PARTS} for n in range(len(texts))]
