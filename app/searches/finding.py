"""The answer to a search: the engine of the shortlist, asked with typed words."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from app.jobs.models import Job
from app.matching import encoding, feed, proof, ranking, sources
from app.matching.comparison import Comparison
from app.matching.conditions import Removed
from app.matching.engine import texts
from app.matching.engine.rank import FOR_JOB, FOR_PROFILE, Score
from app.matching.matcher import Matcher
from app.matching.pool import Pool
from app.matching.reasons import Reasons
from app.matching.trials import Due
from app.matching.view import Eligible, View
from app.parks.memberships import Standing, standing_of
from app.profiles.models import Profile
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
    due: Due
    """What the reasons on the page still need."""
    is_being_read: bool = False
    """Whether there is something to be found, and none of it is encoded yet."""

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
    asked = filters.asked_by(session, wanted)
    view = pool_of(matcher, wanted.kind).view(session, matcher.encoder)
    eligible = view.sort_out(asked)
    skills = named_in(session, wanted.words)
    draft = draft_of(wanted.words, skills)
    compared = compare(matcher, wanted.kind, draft, view, eligible)
    most = ranking.MOST_PLACES
    order = compared.scores(most) if compared else newest(view, eligible, most)
    scores, has_more = ranking.page_of(session, asked, order, page)
    found = things(session, wanted.kind, [score.id for score in scores])
    said = _said(session, draft, [found[score.id] for score in scores])
    due = Due(matcher.encoder.name)
    if compared:
        proven = proof.of_texts(session, matcher, compared, said)
        said = [(thing, why) for (thing, _), why in zip(said, proven.reasons, strict=True)]
        due = proven.due
    hits = _hits(session, scores, said, ranking.first_place(page))
    coming = ranking.is_being_read(session, asked.subject, view)
    return Answer(wanted, tuple(skills), hits, eligible, page, has_more, due, coming)


def pool_of(matcher: Matcher, kind: Kind) -> Pool:
    """Where a kind of thing is looked for."""
    return matcher.jobs if kind is Kind.JOBS else matcher.profiles


def compare(
    matcher: Matcher, kind: Kind, draft: Job, view: View, eligible: Eligible
) -> Comparison | None:
    """Compare all that is eligible by the words; None where no word says anything."""
    labels = [row.skill.label for row in draft.skills]
    composed = texts.compose_job(draft.title, labels, "")
    if not composed[1]:
        return None
    query = encoding.query_of(matcher.encoder, composed)
    found = view.find(query, eligible)
    parts = dict(found.parts)
    if draft.skills:
        wanted = [row.skill_id for row in draft.skills]
        parts["skills"] = ranking.skills_shared(wanted, found.facts)
    if kind is Kind.JOBS:
        return Comparison(view, query, found.ids, parts, FOR_PROFILE)
    parts["trust"] = ranking.trust(found.facts)
    return Comparison(view, query, found.ids, parts, FOR_JOB)


def newest(view: View, eligible: Eligible, most: int) -> list[Score]:
    """The order where nothing is compared."""
    return [Score(one, 0.0, {}) for one in view.newest(eligible, most)]


def things(session: Session, kind: Kind, ids: Sequence[int]) -> Mapping[int, Profile | Job]:
    """The profiles or jobs with what a list shows of them."""
    if kind is Kind.JOBS:
        jobs = select(Job).where(Job.id.in_(ids)).options(*feed.LOADED)
        return {job.id: job for job in session.scalars(jobs)}
    profiles = select(Profile).where(Profile.id.in_(ids))
    profiles = profiles.options(*sources.PEOPLE, selectinload(Profile.languages))
    return {profile.id: profile for profile in session.scalars(profiles)}


def _said(
    session: Session, draft: Job, found: Sequence[Profile | Job]
) -> list[tuple[Profile | Job, Reasons]]:
    names = names_of(session, [row.skill_id for row in draft.skills])
    return [(thing, reasons_for(thing, draft, names)) for thing in found]


def _hits(
    session: Session,
    scores: Sequence[Score],
    said: Sequence[tuple[Profile | Job, Reasons]],
    first: int,
) -> tuple[Hit, ...]:
    people = [thing.user_id for thing, _ in said if isinstance(thing, Profile)]
    standings = standing_of(session, people)
    return tuple(
        Hit(
            place=place,
            thing=thing,
            score=score if score.parts else None,
            reasons=reasons,
            standing=standings.get(thing.user_id) if isinstance(thing, Profile) else None,
        )
        for place, (score, (thing, reasons)) in enumerate(zip(scores, said, strict=True), first)
    )
