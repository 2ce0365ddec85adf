"""What is given as a reason brings points: take it out of the profile, and they fall."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

from app.jobs.models import Job
from app.matching import candidates, shortlist
from app.matching.proof import quoted
from app.matching.ranking import Match
from app.matching.reasons import BETWEEN_TITLES, Quote, Reasons, explain
from app.matching.sources import Source, Wording, of_profile
from app.taxonomy.skills import names_of
from tests.factories import make_job, make_profile, make_skill
from tests.matching.demo_site import DemoSite

PAIRS = 500


@dataclass
class Tally:
    """How many reasons were looked at, and those whose removal did not cost points."""

    looked_at: int = 0
    untrue: int = 0


def pairs(site: DemoSite, most: int) -> Iterator[tuple[Job, candidates.Candidates, Match]]:
    """Jobs with the first page of their shortlists, up to so many people in all."""
    seen = 0
    for job in site.open_jobs(most):
        found = candidates.find(site.session, site.matcher, job)
        for match in shortlist.for_job(site.session, site.matcher, job).matches:
            if seen < most:
                yield job, found, match
            seen += 1


def without_quote(match: Match, quote: Quote) -> Source:
    """The profile without the words, cut by hand: nothing here is the site's own way."""
    said = Wording.of(match.profile)
    sections = {
        "headline": said.headline,
        "summary": said.summary,
        "past_titles": BETWEEN_TITLES.join(said.past_titles),
    }
    text = sections[quote.section]
    assert text[quote.start : quote.end] == quote.words
    cut = f"{text[: quote.start]} {text[quote.end :]}"
    titles = tuple(cut.split(BETWEEN_TITLES)) if quote.section == "past_titles" else None
    changed = replace(said, past_titles=titles) if titles else replace(said, **{quote.section: cut})
    return of_profile(match.profile, changed)


def without_skill(match: Match, label: str) -> Source:
    said = Wording.of(match.profile)
    return of_profile(match.profile, replace(said, skills=tuple({*said.skills} - {label})))


def tally(
    site: DemoSite, reasons_of: Callable[[Job, Match], Reasons], *, most: int, listed: bool
) -> Tally:
    result = Tally()
    for job, found, match in pairs(site, most):
        reasons = reasons_of(job, match)
        had = found.values_of(match.profile.id)
        fewer = had.get("skills", 0) - 1 / max(len(job.skills), 1)
        tried = [(without_quote(match, quote), {}) for quote in quoted(reasons)]
        if listed:
            tried += [(without_skill(match, one), {"skills": fewer}) for one in reasons.listed]
        read = candidates.read_anew(site.matcher, found, [text for text, _ in tried])
        for values, (_, skills) in zip(read, tried, strict=True):
            result.looked_at += 1
            scale = found.scale()
            result.untrue += scale.total({**had, **values, **skills}) >= scale.total(had)
    return result


def test_without_the_proof_some_quotes_would_be_no_reason(demo_site):
    demo_site.fill(200, 30)
    demo_site.encode()

    def as_found(job: Job, match: Match) -> Reasons:
        return explain(match.profile, job, names_of(demo_site.session, _ids(job)))

    found = tally(demo_site, as_found, most=200, listed=False)
    assert found.untrue > 0.04 * found.looked_at > 0


def test_every_reason_of_five_hundred_pairs_brings_points(demo_site):
    demo_site.fill(200, 70)
    demo_site.encode()
    found = tally(demo_site, lambda _, match: match.reasons, most=PAIRS, listed=True)
    assert found.looked_at > 500
    assert found.untrue == 0


def test_a_word_taken_out_and_saved_costs_points_on_the_site(demo_site):
    django = make_skill(demo_site.session, "Django")
    person = make_profile(demo_site.session, summary="Six years of Django for hotels.")
    make_profile(demo_site.session, headline="Baker", summary="Bread and cakes.")
    make_profile(demo_site.session, headline="Tailor", summary="Wedding dresses.")
    given = {"title": "Booking website", "description": "Django is needed for a hotel."}
    make_job(demo_site.session, skills=(django,), **given)
    demo_site.encode()
    (job,) = demo_site.open_jobs(1)
    before = candidates.find(demo_site.session, demo_site.matcher, job)
    first = shortlist.for_job(demo_site.session, demo_site.matcher, job).matches[0]
    assert [quote.words for quote in quoted(first.reasons)] == ["Django"]
    assert [quote.words for quote in first.reasons.asked] == ["Django"]
    person.summary = "Six years of for hotels."
    demo_site.encode()
    (job,) = demo_site.open_jobs(1)
    after = candidates.find(demo_site.session, demo_site.matcher, job)
    scale = before.scale()
    assert scale.total(after.values_of(person.id)) < scale.total(before.values_of(person.id))


def _ids(job: Job) -> list[int]:
    return [row.skill_id for row in job.skills]
