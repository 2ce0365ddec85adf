"""Freelancers for a job: who may be shown, in which order, and why."""

from collections.abc import Collection, Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload, selectinload

from app.accounts.models import User
from app.errors import NotFound
from app.jobs.models import Job, JobSkill, Proposal
from app.matching import conditions, queries, ranking, sources
from app.matching.audit import Showing
from app.matching.conditions import Condition
from app.matching.engine.order import Ids
from app.matching.engine.rank import FOR_JOB, WORDS_FOR_JOB, Score, rank
from app.matching.matcher import Matcher
from app.matching.models import Subject
from app.matching.pool import Found
from app.matching.ranking import Answer, Match
from app.matching.reasons import explain
from app.parks.memberships import Standing, standing_of
from app.profiles.models import Profile, ProfileSkill
from app.taxonomy.skills import names_of


def get_own(session: Session, job_id: int, client: User) -> Job:
    """The client's own job with its skills and languages; raises `NotFound` for any other."""
    job = session.scalar(
        select(Job)
        .where(Job.id == job_id, Job.client_id == client.id)
        .options(selectinload(Job.skills).joinedload(JobSkill.skill), selectinload(Job.languages))
    )
    if job is None:
        raise NotFound("There is no such job, or it is no longer open.")
    return job


def for_job(
    session: Session,
    matcher: Matcher,
    job: Job,
    *,
    relax: Collection[Condition] = (),
    page: int = 1,
) -> Answer:
    """Rank the freelancers who fulfil a job's conditions and explain one page of them.

    The same for everyone who asks the same. `relax` sets weak conditions aside.
    """
    eligible = conditions.for_job(session, job, relax)
    encoder = matcher.encoder
    source = sources.of_job(job)
    query = queries.query_for(session, encoder, Subject.JOB, source, WORDS_FOR_JOB)
    found = matcher.profiles.find(session, encoder, query, eligible.ids)
    users = _users_of(session, found.ids)
    standings = standing_of(session, users.values())
    scores = _ranked(session, job, found, [standings.get(users[i]) for i in found.ids.tolist()])
    shown, has_more = ranking.page_of(scores, page)
    first = ranking.first_place(page)
    return Answer(
        matches=_explained(session, job, shown, standings, first),
        eligible=eligible,
        page=page,
        has_more=has_more,
        showing=Showing(Subject.JOB, job.id, encoder.name, FOR_JOB, first, shown),
    )


def ids_proposed(session: Session, job: Job) -> set[int]:
    """The ids of the profiles that have proposed for a job."""
    return set(session.scalars(select(Proposal.profile_id).where(Proposal.job_id == job.id)))


def _ranked(
    session: Session, job: Job, found: Found, standings: Sequence[Standing | None]
) -> list[Score]:
    parts = {**found.parts, "trust": ranking.trust(standings)}
    if job.skills:
        parts["skills"] = ranking.skills_listed(session, job, found.ids)
    return rank(found.ids, parts, FOR_JOB)


def _users_of(session: Session, profile_ids: Ids) -> dict[int, int]:
    rows = select(Profile.id, Profile.user_id).where(Profile.id.in_(profile_ids.tolist()))
    return dict(session.execute(rows).all())


def _explained(
    session: Session,
    job: Job,
    shown: Sequence[Score],
    standings: dict[int, Standing],
    first: int,
) -> tuple[Match, ...]:
    profiles = _profiles(session, [score.id for score in shown])
    names = names_of(session, [row.skill_id for row in job.skills])
    return tuple(
        Match(
            place=place,
            profile=profiles[score.id],
            job=job,
            score=score,
            reasons=explain(profiles[score.id], job, names),
            standing=standings.get(profiles[score.id].user_id),
        )
        for place, score in enumerate(shown, first)
    )


def _profiles(session: Session, ids: Sequence[int]) -> dict[int, Profile]:
    rows = session.scalars(
        select(Profile)
        .where(Profile.id.in_(ids))
        .options(
            joinedload(Profile.user),
            selectinload(Profile.skills).joinedload(ProfileSkill.skill),
            selectinload(Profile.past_titles),
        )
    )
    return {profile.id: profile for profile in rows}
