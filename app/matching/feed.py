"""Jobs for a freelancer: the shortlist's other direction, with the same kind of reasons."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload, selectinload

from app.jobs.models import Job, JobSkill
from app.matching import conditions, proof, queries, ranking, sources
from app.matching.audit import Showing
from app.matching.comparison import Comparison
from app.matching.conditions import Condition
from app.matching.engine.rank import FOR_PROFILE, Score
from app.matching.engine.texts import MOST_SKILLS
from app.matching.holding import Query
from app.matching.matcher import Matcher
from app.matching.models import Subject
from app.matching.outlook import Outlook, outlook
from app.matching.ranking import Answer, Match
from app.matching.reasons import Reasons, explain
from app.matching.trials import Due
from app.matching.view import Eligible, View
from app.profiles.models import Profile
from app.taxonomy.skills import names_of

LOADED = (
    joinedload(Job.client),
    selectinload(Job.skills).joinedload(JobSkill.skill),
    selectinload(Job.languages),
)


@dataclass(frozen=True)
class Fit:
    """How one job fits a freelancer: why, what stands against it, and its place among all."""

    reasons: Reasons
    against: tuple[str, ...]
    """Why it is not among the jobs for them (message ids); empty if it is."""
    score: Score | None
    place: int
    among: int
    outlook: Outlook | None = None
    """Where they stand for the client, and what would move them up; None if not shown to them."""
    due: Due | None = None
    """What the reasons still need."""


def for_profile(
    session: Session,
    matcher: Matcher,
    profile: Profile,
    *,
    relax: Collection[Condition] = (),
    page: int = 1,
) -> Answer:
    """Rank the open jobs that a freelancer may take and explain one page of them.

    The profile must be loaded as its owner sees it. `relax` sets weak conditions aside.
    """
    asked = conditions.for_profile(session, profile, relax)
    view = matcher.jobs.view(session, matcher.encoder)
    eligible = view.sort_out(asked)
    source = sources.of_profile(profile)
    query = queries.query_for(session, matcher.encoder, Subject.PROFILE, source)
    compared = _compared(profile, query, view, eligible)
    scores = compared.scores(ranking.MOST_PLACES)
    shown, has_more = ranking.page_of(session, asked, scores, page)
    first = ranking.first_place(page)
    model = matcher.encoder.name
    said = _said(session, profile, shown)
    asker = (profile, source.fingerprint(model))
    proven = proof.of_query(session, matcher, compared, asker, said)
    matches = (
        Match(place, profile, job, score, why)
        for place, (score, (job, _), why) in enumerate(
            zip(shown, said, proven.reasons, strict=True), first
        )
    )
    return Answer(
        matches=tuple(matches),
        eligible=eligible,
        page=page,
        has_more=has_more,
        showing=Showing(Subject.PROFILE, profile.id, model, FOR_PROFILE, first, shown, proven.due),
        is_being_read=ranking.is_being_read(session, Subject.JOB, view),
    )


def fit(session: Session, matcher: Matcher, profile: Profile, job: Job) -> Fit:
    """Say how `job`, with its skills loaded, fits a freelancer."""
    names = names_of(session, [row.skill_id for row in job.skills])
    reasons = explain(profile, job, names)
    against = tuple(conditions.against(session, profile, job))
    if against:
        return Fit(reasons, against, None, 0, 0)
    view = matcher.jobs.view(session, matcher.encoder)
    eligible = view.sort_out(conditions.for_profile(session, profile))
    source = sources.of_profile(profile)
    query = queries.query_for(session, matcher.encoder, Subject.PROFILE, source)
    compared = _compared(profile, query, view, eligible, also=(job.id,))
    scores = compared.scores()
    places: Mapping[int, int] = {score.id: place for place, score in enumerate(scores, 1)}
    place = places.get(job.id, 0)
    score = scores[place - 1] if place else None
    ahead = outlook(session, matcher, profile, job)
    asker = (profile, source.fingerprint(matcher.encoder.name))
    said = [(job, reasons)] if score else []
    proven = proof.of_query(session, matcher, compared, asker, said)
    (why,) = proven.reasons or (reasons,)
    return Fit(why, (), score, place, eligible.count, ahead, proven.due)


def _compared(
    profile: Profile, query: Query, view: View, eligible: Eligible, also: tuple[int, ...] = ()
) -> Comparison:
    found = view.find(query, eligible, also=also)
    listed = [row.skill_id for row in profile.skills[:MOST_SKILLS]]
    parts = {**found.parts, "skills": ranking.skills_answered(listed, found.facts)}
    return Comparison(view, query, found.ids, parts, FOR_PROFILE)


def _said(session: Session, profile: Profile, shown: Sequence[Score]) -> list[tuple[Job, Reasons]]:
    jobs = _jobs(session, [score.id for score in shown])
    names = names_of(session, {row.skill_id for job in jobs.values() for row in job.skills})
    found = (jobs[score.id] for score in shown)
    return [(job, explain(profile, job, names)) for job in found]


def _jobs(session: Session, ids: Sequence[int]) -> dict[int, Job]:
    rows = session.scalars(select(Job).where(Job.id.in_(ids)).options(*LOADED))
    return {job.id: job for job in rows}
