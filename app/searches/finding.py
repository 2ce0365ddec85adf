"""The answer to a search: the engine of the shortlist, asked with typed words."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload, selectinload

from app.jobs.models import Job, JobSkill
from app.matching import encoding, ranking
from app.matching.conditions import Eligible, Removed
from app.matching.engine import texts
from app.matching.engine.order import Ids
from app.matching.engine.rank import FOR_JOB, FOR_PROFILE, Score, rank
from app.matching.holding import Numbers
from app.matching.matcher import Matcher
from app.matching.reasons import Reasons
from app.parks.memberships import Standing, standing_of
from app.profiles.models import Profile, ProfileSkill
from app.searches import filters
from app.searches.models import Kind
from app.searches.wanted import Wanted
from app.searches.why import draft_of, reasons_for
from app.taxonomy.models import Skill
from app.taxonomy.reading import named_in
from app.taxonomy.skills import names_of


@dataclass(frozen=True)
class Hit:
    """One place of an answer; without typed words nothing is compared, and `score` is None."""

    place: int
    thing: Profile | Job
    score: Score | None
    reasons: Reasons
    standing: Standing | None


@dataclass(frozen=True)
class Answer:
    """One page of what was found, and what the filters removed."""

    wanted: Wanted
    skills: tuple[Skill, ...]
    """What the words were understood to ask for."""
    hits: tuple[Hit, ...]
    eligible: Eligible
    page: int
    has_more: bool

    @property
    def greatest_part(self) -> float:
        """The most points any part has on this page: the length of the longest bar."""
        scores = (hit.score for hit in self.hits if hit.score)
        return max((most for one in scores for most in one.parts.values()), default=0.0) or 1.0

    def can_drop(self, removed: Removed) -> bool:
        """Whether a filter that was asked for removed these: nobody away is called back."""
        return not filters.FIELDS[removed.condition].isdisjoint(self.wanted.asked)

    def asked_without(self, removed: Removed) -> dict[str, str]:
        """The search as an address, without the filter that removed these."""
        given_up = filters.FIELDS[removed.condition]
        return {name: value for name, value in self.wanted.asked.items() if name not in given_up}


def find(session: Session, matcher: Matcher, wanted: Wanted, *, page: int = 1) -> Answer:
    """Answer a search, the same for everyone: best first, or newest first without words."""
    eligible = filters.eligible(session, wanted)
    skills = named_in(session, wanted.words)
    draft = draft_of(wanted.words, skills)
    order = in_order(session, matcher, wanted, draft, eligible)
    if order is None:
        newest = filters.newest(session, wanted, most=ranking.MOST_PLACES)
        order = [Score(one, 0.0, {}) for one in newest]
    scores, has_more = ranking.page_of(order, page)
    hits = _explained(session, wanted.kind, draft, scores, ranking.first_place(page))
    return Answer(wanted, tuple(skills), hits, eligible, page, has_more)


def in_order(
    session: Session, matcher: Matcher, wanted: Wanted, draft: Job, eligible: Eligible
) -> list[Score] | None:
    """Rank all that is eligible by the words; None where no word says anything."""
    labels = [row.skill.label for row in draft.skills]
    composed = texts.compose_job(draft.title, labels, "")
    if not composed[1]:
        return None
    is_jobs = wanted.kind is Kind.JOBS
    query = encoding.query_of(matcher.encoder, composed, "tfidf" if is_jobs else "bm25")
    pool = matcher.jobs if is_jobs else matcher.profiles
    found = pool.find(session, matcher.encoder, query, eligible.ids)
    parts = dict(found.parts)
    if draft.skills:
        parts["skills"] = _skills_shared(session, wanted.kind, draft, found.ids)
    if is_jobs:
        return rank(found.ids, parts, FOR_PROFILE)
    parts["trust"] = _trust(session, found.ids)
    return rank(found.ids, parts, FOR_JOB)


def _skills_shared(session: Session, kind: Kind, draft: Job, ids: Ids) -> Numbers:
    if kind is Kind.FREELANCERS:
        return ranking.skills_listed(session, draft, ids)
    return ranking.skills_also_asked(session, draft, ids)


def _trust(session: Session, ids: Ids) -> Numbers:
    rows = select(Profile.id, Profile.user_id).where(Profile.id.in_(ids.tolist()))
    users = dict(session.execute(rows).all())
    standings = standing_of(session, users.values())
    return ranking.trust([standings.get(users[one]) for one in ids.tolist()])


def things(session: Session, kind: Kind, ids: Sequence[int]) -> Mapping[int, Profile | Job]:
    """The profiles or jobs with what a list shows of them."""
    if kind is Kind.JOBS:
        jobs = (
            select(Job)
            .where(Job.id.in_(ids))
            .options(
                joinedload(Job.client),
                selectinload(Job.skills).joinedload(JobSkill.skill),
                selectinload(Job.languages),
            )
        )
        return {job.id: job for job in session.scalars(jobs)}
    profiles = (
        select(Profile)
        .where(Profile.id.in_(ids))
        .options(
            joinedload(Profile.user),
            selectinload(Profile.skills).joinedload(ProfileSkill.skill),
            selectinload(Profile.past_titles),
            selectinload(Profile.languages),
        )
    )
    return {profile.id: profile for profile in session.scalars(profiles)}


def _explained(
    session: Session, kind: Kind, draft: Job, scores: Sequence[Score], first: int
) -> tuple[Hit, ...]:
    found = things(session, kind, [score.id for score in scores])
    names = names_of(session, [row.skill_id for row in draft.skills])
    people = [one.user_id for one in found.values() if isinstance(one, Profile)]
    standings = standing_of(session, people)
    return tuple(
        Hit(
            place=place,
            thing=(thing := found[score.id]),
            score=score if score.parts else None,
            reasons=reasons_for(thing, draft, names),
            standing=standings.get(thing.user_id) if isinstance(thing, Profile) else None,
        )
        for place, score in enumerate(scores, first)
    )
