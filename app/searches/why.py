"""Why something was found: its own words that answer the typed ones."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from functools import lru_cache

from app.jobs.models import Job, JobSkill, PayKind
from app.matching.engine import texts
from app.matching.engine.explain import shared_terms
from app.matching.reasons import Reasons, explain, quotes_of
from app.money import LARGEST_MINOR
from app.profiles.models import Profile, ProfileSkill
from app.taxonomy.models import Skill

MOST_WORDS = 3
"""How many typed words that name no skill are quoted."""
MOST_REMEMBERED = 256
"""Short texts whose terms a process keeps at hand, some 100 kB: a page asks ten times for the same,
which was a third of its reasons."""


def draft_of(words: str, skills: Iterable[Skill]) -> Job:
    """Typed words as the engine reads them: a job of that title that is never saved."""
    asked = [
        JobSkill(skill=skill, skill_id=skill.id, position=place)
        for place, skill in enumerate(skills)
    ]
    return Job(
        title=words,
        description="",
        pay_kind=PayKind.HOURLY,
        least_minor=1,
        most_minor=LARGEST_MINOR,
        currency="USD",
        skills=asked,
    )


def reasons_for(thing: Profile | Job, draft: Job, names: Mapping[int, Sequence[str]]) -> Reasons:
    """The asked-for skills and the other typed words, as `thing` says them, and what it lacks."""
    page = thing if isinstance(thing, Profile) else _as_profile(thing)
    reasons = explain(page, draft, names)
    said = {term for one in reasons.covered for term in _terms(one.words)}
    known = {term for row in draft.skills for term in _terms_of(row, names)}
    others = _shared(page, draft.title, said | known)[:MOST_WORDS]
    return replace(reasons, covered=(*reasons.covered, *quotes_of(page, others)))


def says_enough(thing: Profile | Job, draft: Job, names: Mapping[int, Sequence[str]]) -> bool:
    """Whether a letter may tell of it: it says half of the skills that the words name or, where
    they name none, more than half of the words. The best of few may still be far off."""
    page = thing if isinstance(thing, Profile) else _as_profile(thing)
    if draft.skills:
        reasons = explain(page, draft, names)
        return 2 * len(reasons.missing) <= len(draft.skills)
    return 2 * len(_shared(page, draft.title, set())) > len(_telling(draft.title))


def _as_profile(job: Job) -> Profile:
    """A job's text in the places of a profile's, where the engine looks for words."""
    return Profile(
        headline=job.title,
        summary=job.description,
        currency=job.currency,
        rate_minor=None,
        skills=[ProfileSkill(skill=row.skill, skill_id=row.skill_id) for row in job.skills],
        past_titles=[],
    )


def _terms_of(row: JobSkill, names: Mapping[int, Sequence[str]]) -> Iterable[str]:
    return _terms(" ".join(names.get(row.skill_id, (row.skill.label,))))


@lru_cache(MOST_REMEMBERED)
def _terms(text: str) -> frozenset[str]:
    return frozenset(texts.tokenise(text))


@lru_cache(MOST_REMEMBERED)
def _telling(words: str) -> frozenset[str]:
    # What the composed text leaves out, such as "for", says nothing about work.
    return frozenset(texts.compose_job(words, (), "")[2])


def _shared(page: Profile, words: str, but: set[str]) -> list[str]:
    """The typed words that a page says, in its own spelling, but those that were said."""
    wanted = _telling(words) - but
    found: dict[str, str] = {}
    for text in (page.summary, page.headline):
        for one in shared_terms(words, text, len(words), idf=lambda term: 0.0):
            if one.term in wanted:
                found.setdefault(one.term, one.words)
    return list(found.values())
