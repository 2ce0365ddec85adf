"""Why a freelancer and a job fit: quotes of the profile, what is missing, and the rate in words."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from app.jobs.models import Job, PayKind
from app.matching.engine.explain import Asked, Evidence, coverage
from app.matching.engine.texts import MOST_SKILLS
from app.money import Money
from app.profiles.models import Profile

AROUND = 36
"""How many characters of the profile are quoted on each side of the words that count."""
BETWEEN_TITLES = " · "


@dataclass(frozen=True)
class Quote:
    """Words of a profile that show a skill, with a little of what stands around them."""

    skill: str
    before: str
    words: str
    after: str
    section: str
    start: int = 0
    """Where the words stand in the section."""
    end: int = 0


class RateKind(StrEnum):
    """How a rate stands to what a job pays."""

    WITHIN = "within"
    BELOW = "below"
    ABOVE = "above"
    OTHER_CURRENCY = "other_currency"
    UNNAMED = "unnamed"
    BUDGET = "budget"


@dataclass(frozen=True)
class RateNote:
    """The rate beside the budget; `hours` is how many a fixed price pays at that rate."""

    kind: RateKind
    rate: Money | None = None
    hours: int = 0


@dataclass(frozen=True)
class Reasons:
    """The asked-for skills with the words that show them, those without, and the rate."""

    covered: tuple[Quote, ...]
    listed: tuple[str, ...]
    """Those the profile lists as its skills, whether or not its words show them too."""
    missing: tuple[str, ...]
    rate: RateNote
    mentioned: tuple[str, ...] = ()
    """Those the profile speaks of in words that bring it no points."""
    untried: tuple[str, ...] = ()
    """Those it speaks of in words that nobody has weighed yet."""
    asked: tuple[Quote, ...] = ()
    """Words of the job that ask for what is covered."""


def explain(profile: Profile, job: Job, names: Mapping[int, Sequence[str]]) -> Reasons:
    """Say how a profile answers a job; `names` are those of the skills the job asks for.

    The skills and past titles of both must be loaded.
    """
    counted = profile.skills[:MOST_SKILLS]
    sections = _sections(profile)
    asked = [Asked(row.skill.label, tuple(names.get(row.skill_id, ())[1:])) for row in job.skills]
    evidence, missing = coverage(asked, sections)
    held = {row.skill_id for row in counted}
    others = {row.skill.label for row in profile.skills[MOST_SKILLS:]}
    listed = [row.skill.label for row in job.skills if row.skill_id in held]
    shown = {one.skill: _quote(one, sections[one.section]) for one in evidence}
    # What a profile lists is covered, whatever way it is spelled in the text.
    shown |= {label: Quote(label, "", label, "", "skills") for label in missing if label in listed}
    in_job = {"description": job.description, "title": job.title}
    wanted, _ = coverage([one for one in asked if one.label in shown], in_job)
    return Reasons(
        covered=tuple(shown[one.label] for one in asked if one.label in shown),
        listed=tuple(listed),
        missing=tuple(label for label in missing if label not in {*listed, *others}),
        rate=rate_note(profile, job),
        mentioned=tuple(label for label in missing if label in others),
        asked=tuple(_quote(one, in_job[one.section]) for one in wanted),
    )


def quotes_of(profile: Profile, words: Sequence[str]) -> tuple[Quote, ...]:
    """Those of `words` that a profile says, as explained skills are quoted."""
    sections = _sections(profile)
    evidence, _ = coverage([Asked(word) for word in words], sections)
    return tuple(_quote(one, sections[one.section]) for one in evidence)


def without_quotes(reasons: Reasons) -> Reasons:
    """The same, with what only the text shows mentioned instead of quoted."""
    kept = tuple(quote for quote in reasons.covered if quote.section == "skills")
    named = {quote.skill for quote in kept} | {*reasons.listed}
    others = tuple(quote.skill for quote in reasons.covered if quote.skill not in named)
    return replace(reasons, covered=kept, mentioned=(*reasons.mentioned, *others))


def rate_note(profile: Profile, job: Job) -> RateNote:
    """Hold the rate against what the job pays."""
    if profile.rate_minor is None:
        return RateNote(RateKind.UNNAMED)
    rate = Money(profile.rate_minor, profile.currency)
    if profile.currency != job.currency:
        return RateNote(RateKind.OTHER_CURRENCY, rate)
    if job.pay_kind is PayKind.FIXED:
        return RateNote(RateKind.BUDGET, rate, job.most_minor // rate.minor)
    if rate.minor > job.most_minor:
        return RateNote(RateKind.ABOVE, rate)
    kind = RateKind.BELOW if rate.minor < job.least_minor else RateKind.WITHIN
    return RateNote(kind, rate)


def _sections(profile: Profile) -> dict[str, str]:
    return {
        "summary": profile.summary,
        "past_titles": BETWEEN_TITLES.join(row.title for row in profile.past_titles),
        "headline": profile.headline,
        "skills": " · ".join(row.skill.label for row in profile.skills[:MOST_SKILLS]),
    }


def _quote(evidence: Evidence, text: str) -> Quote:
    if evidence.section == "skills":  # its neighbours say nothing about it
        return Quote(evidence.skill, "", evidence.words, "", "skills")
    before = _end_of(text[: evidence.start].replace("\n", " "))
    after = _beginning_of(text[evidence.end :].replace("\n", " "))
    place = (evidence.section, evidence.start, evidence.end)
    return Quote(evidence.skill, before, evidence.words, after, *place)


def _beginning_of(text: str) -> str:
    """The first words of `text` that fit, with three dots where there are more."""
    if len(text) <= AROUND:
        return text.rstrip()
    return text[:AROUND].rpartition(" ")[0].rstrip() + "…"


def _end_of(text: str) -> str:
    """The last words of `text` that fit, with three dots where there are more."""
    if len(text) <= AROUND:
        return text.lstrip()
    return "…" + text[-AROUND:].partition(" ")[2].lstrip()
