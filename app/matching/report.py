"""What fairness does and costs, measured once a day on open jobs and on what was really shown."""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload, selectinload

from app.clock import today
from app.db import transaction
from app.jobs.models import Job, JobSkill, JobStatus
from app.matching import candidates, exposure
from app.matching.engine.fairness import gain, gini, seen_at
from app.matching.engine.rank import Score
from app.matching.matcher import Matcher
from app.matching.models import FairnessReport
from app.matching.refresh import Bind, reading
from app.parks.models import Membership, MembershipStatus, Park
from app.profiles.models import Profile

MOST_JOBS = 100
FIRST = 10
MOST_PARKS = 60


def measure_if_due(bind: Bind, matcher: Matcher) -> int:
    """Count once a day; return whether it was done. No model runs within the writing."""
    with reading(bind) as session:
        if session.get(FairnessReport, today()):
            return 0
    measure(bind, matcher)
    return 1


def measure(bind: Bind, matcher: Matcher) -> dict[str, Any]:
    """Count who was seen, keep it for the ranking of the day, and keep what was found."""
    with reading(bind) as session:
        seen = exposure.count_seen(session)
        figures = {**_shares(session, seen), **_trial(session, matcher)}
    with transaction(bind) as session:
        exposure.keep(session, seen)
        session.merge(FairnessReport(counted_on=today(), figures=figures))
    return figures


def latest(session: Session) -> FairnessReport | None:
    """The last count; None before the first."""
    query = select(FairnessReport).order_by(FairnessReport.counted_on.desc()).limit(1)
    return session.scalar(query)


def _shares(session: Session, seen: Mapping[int, float]) -> dict[str, Any]:
    """The share of what is seen beside the share of people: by park, and newcomers."""
    query = (
        select(Profile.id, Park.name)
        .outerjoin(
            Membership,
            (Membership.user_id == Profile.user_id)
            & (Membership.status == MembershipStatus.CONFIRMED),
        )
        .outerjoin(Park, Park.id == Membership.park_id)
        .where(Profile.published_at.is_not(None))
    )
    park_of: dict[int, str | None] = dict(session.execute(query).all())
    new = exposure.newcomers(session)
    group_of = {key: key in new for key in park_of}
    parks = _table(park_of, seen)
    return {"parks": parks[:MOST_PARKS], "newcomers": _table(group_of, seen)}


def _table(group_of: Mapping[int, Any], seen: Mapping[int, float]) -> list[dict[str, Any]]:
    people = Counter(group_of.values())
    views: defaultdict[Any, float] = defaultdict(float)
    for key, group in group_of.items():
        views[group] += seen.get(key, 0.0)
    every = sum(views.values()) or 1.0
    rows = [
        {
            "group": group,
            "people": count,
            "share_of_people": count / len(group_of),
            "share_seen": views[group] / every,
        }
        for group, count in people.items()
    ]
    return sorted(rows, key=lambda row: (-row["people"], str(row["group"])))


def _trial(session: Session, matcher: Matcher) -> dict[str, Any]:
    """Rank the newest open jobs with and without fairness, and compare."""
    jobs = session.scalars(
        select(Job)
        .where(Job.status == JobStatus.OPEN)
        .order_by(Job.id.desc())
        .limit(MOST_JOBS)
        .options(
            joinedload(Job.client),
            selectinload(Job.skills).joinedload(JobSkill.skill),
            selectinload(Job.languages),
        )
    ).all()
    plain: Counter[int] = Counter()
    fair: Counter[int] = Counter()
    kept: list[float] = []
    for job in jobs:
        found = candidates.find(session, matcher, job)
        before, after = found.plain_scores(), found.scores()
        plain.update(_seen(before))
        fair.update(_seen(after))
        worth = {score.id: score.total for score in before}
        best = gain([score.total for score in before[:FIRST]])
        kept.append(gain([worth[score.id] for score in after[:FIRST]]) / best if best else 1.0)
        for score in before[FIRST:]:
            plain.setdefault(score.id, 0)
            fair.setdefault(score.id, 0)
    return {
        "jobs": len(jobs),
        "gini_plain": gini(list(plain.values())),
        "gini_fair": gini([fair[key] for key in plain]),
        "ndcg_given_up": 1 - sum(kept) / len(kept) if kept else 0.0,
    }


def _seen(scores: Sequence[Score]) -> dict[int, float]:
    return {score.id: seen_at(place) for place, score in enumerate(scores[:FIRST], 1)}
