"""Freelancers for a job: who may be shown, in which order, and why."""

from collections.abc import Collection, Mapping, Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload, selectinload

from app.accounts.models import User
from app.errors import NotFound
from app.jobs.models import Job, JobSkill, Proposal
from app.matching import candidates, guard, proof, ranking, sources
from app.matching.audit import Showing
from app.matching.candidates import Candidates
from app.matching.conditions import Condition
from app.matching.engine import fairness
from app.matching.engine.rank import FOR_JOB, Score
from app.matching.matcher import Matcher
from app.matching.models import Subject
from app.matching.ranking import Answer, Match
from app.matching.reasons import Reasons, explain, without_quotes
from app.matching.trials import Due
from app.parks.memberships import standing_of
from app.profiles.models import Profile
from app.taxonomy.skills import names_of

WEIGHTS = {**FOR_JOB, fairness.PART: fairness.MOST_POINTS / 100}
"""What is written down beside a list: the weights, and the most fairness gave of all points."""

Places = Sequence[tuple[int, Score]]


def get_own(session: Session, job_id: int, client: User) -> Job:
    """The client's own job with its skills and languages; raises `NotFound` for any other."""
    found = session.scalars(
        select(Job)
        .where(Job.id == job_id, Job.client_id == client.id)
        .options(selectinload(Job.skills).joinedload(JobSkill.skill), joinedload(Job.languages))
    )
    job = found.unique().one_or_none()
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
    found = candidates.find(session, matcher, job, relax=relax)
    scores = found.scores(ranking.MOST_PLACES)
    shown, has_more = ranking.page_of(session, found.asked, scores, page)
    first = ranking.first_place(page)
    matches, due = _matches(session, matcher, job, found, list(enumerate(shown, first)))
    return Answer(
        matches=matches,
        eligible=found.eligible,
        page=page,
        has_more=has_more,
        showing=Showing(Subject.JOB, job.id, matcher.encoder.name, WEIGHTS, first, shown, due),
        is_being_read=ranking.is_being_read(session, Subject.PROFILE, found.view),
    )


def ids_proposed(session: Session, job: Job) -> set[int]:
    """The ids of the profiles that have proposed for a job."""
    return set(session.scalars(select(Proposal.profile_id).where(Proposal.job_id == job.id)))


def _matches(
    session: Session, matcher: Matcher, job: Job, found: Candidates, shown: Places
) -> tuple[tuple[Match, ...], Due]:
    profiles = people(session, [score.id for _, score in shown])
    names = names_of(session, [row.skill_id for row in job.skills])
    ordered = [profiles[score.id] for _, score in shown]
    said = [(person, _explained(found, person, job, names)) for person in ordered]
    proven = proof.of_texts(session, matcher, found, said)
    standings = standing_of(session, [person.user_id for person in ordered])
    matches = (
        Match(
            place,
            person,
            job,
            score,
            why,
            standings.get(person.user_id),
            guard.sentence(found.notes.get(person.id)),
        )
        for (place, score), person, why in zip(shown, ordered, proven.reasons, strict=True)
    )
    return tuple(matches), proven.due


def _explained(
    found: Candidates, person: Profile, job: Job, names: Mapping[int, Sequence[str]]
) -> Reasons:
    """Say how somebody answers a job; words that do not count in full are no reason."""
    reasons = explain(person, job, names)
    return without_quotes(reasons) if person.id in found.notes else reasons


def people(session: Session, ids: Sequence[int]) -> dict[int, Profile]:
    """The profiles of these ids, with what their reasons are read from."""
    rows = session.scalars(select(Profile).where(Profile.id.in_(ids)).options(*sources.PEOPLE))
    return {profile.id: profile for profile in rows}
