"""What is given as a reason brings points: take it out of the text, and they fall."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace

import numpy as np
import pytest

from app.matching import candidates, conditions, encoding, feed, queries, ranking, shortlist
from app.matching.candidates import Candidates
from app.matching.comparison import Compared, Comparison
from app.matching.engine.rank import FOR_PROFILE
from app.matching.holding import PARTS
from app.matching.models import Subject
from app.matching.proof import quoted
from app.matching.reasons import BETWEEN_TITLES, Quote, Reasons, explain
from app.matching.rows import Rows
from app.matching.sources import Source, Wording, of_job, of_profile
from app.profiles.models import Profile
from app.searches import filters, finding
from app.searches.models import Kind
from app.searches.wanted import Wanted
from app.searches.why import draft_of, reasons_for
from app.taxonomy.reading import named_in
from app.taxonomy.skills import names_of
from tests.factories import make_job, make_profile, make_skill
from tests.matching.demo_site import DemoSite

PAIRS = 500

Values = Mapping[str, float]


@dataclass(frozen=True)
class Pair:
    """A profile and a job, or a search: what they say of each other, and what a quote brings."""

    said: Reasons
    """Before the proof."""
    shown: Reasons
    points_lost: Callable[[Quote], float]
    points_lost_without: Callable[[str], float] | None = None
    """By taking a skill from the list."""


def cut(thing, quote: Quote) -> Source:
    """The text without the words, cut by hand: nothing here is the site's own way."""
    of_person = isinstance(thing, Profile)
    said = Wording.of(thing) if of_person else Wording.of_job(thing)
    sections = {
        "headline": said.headline,
        "summary": said.summary,
        "past_titles": BETWEEN_TITLES.join(said.past_titles),
    }
    text = sections[quote.section]
    assert text[quote.start : quote.end] == quote.words
    left = f"{text[: quote.start]} {text[quote.end :]}"
    titles = tuple(left.split(BETWEEN_TITLES)) if quote.section == "past_titles" else None
    words = replace(said, past_titles=titles) if titles else replace(said, **{quote.section: left})
    return (of_profile if of_person else of_job)(thing, words)


def without_skill(profile: Profile, label: str) -> Source:
    said = Wording.of(profile)
    left = tuple(one for one in said.skills if one != label)
    return of_profile(profile, replace(said, skills=left))


def worth(site: DemoSite, found: Compared, text: Source) -> Values:
    """What a text would be worth to what was asked, encoded here and now."""
    encoder = site.matcher.encoder
    (one,) = encoding.encode_all(encoder, [text.composed])
    record = (0, one.body.tobytes(), one.titles.tobytes(), " ".join(text.terms))
    columns = found.view.score(found.query, Rows.of([record], encoder.dimension))
    return {part: float(column[0]) for part, column in columns.items()}


def loss(found: Compared, had: Values, changed: Values) -> float:
    def total(values: Values) -> float:
        return found.scale().total(
            {part: float(found.bounded(part, np.array([one]))[0]) for part, one in values.items()}
        )

    return total(had) - total({**had, **changed})


def values_of(found: Comparison | Candidates, thing_id: int) -> Values:
    place = int(np.searchsorted(found.ids, thing_id))
    return {name: float(column[place]) for name, column in found.parts.items()}


def of_shortlists(site: DemoSite) -> Iterator[Pair]:
    for job in site.open_jobs(70):
        site.prove(shortlist.for_job(site.session, site.matcher, job).showing.due)
        found = candidates.find(site.session, site.matcher, job)
        names = names_of(site.session, [row.skill_id for row in job.skills])
        for match in shortlist.for_job(site.session, site.matcher, job).matches:
            had = found.values_of(match.profile.id)

            def lost(quote: Quote, *, found=found, match=match, had=had) -> float:
                text = cut(match.profile, quote)
                return loss(found, had, worth(site, found, text))

            def lost_without(label: str, *, found=found, match=match, had=had, job=job) -> float:
                text = without_skill(match.profile, label)
                values = worth(site, found, text)
                listed = {"skills": had["skills"] - 1 / len(job.skills)}
                return loss(found, had, {**values, **listed})

            yield Pair(explain(match.profile, job, names), match.reasons, lost, lost_without)


def of_feeds(site: DemoSite) -> Iterator[Pair]:
    encoder, jobs = site.matcher.encoder, site.matcher.jobs
    for profile in map(site.own, site.profiles()):
        site.prove(feed.for_profile(site.session, site.matcher, profile).showing.due)
        answer = feed.for_profile(site.session, site.matcher, profile)
        view = jobs.view(site.session, encoder)
        eligible = view.sort_out(conditions.for_profile(site.session, profile))
        source = of_profile(profile)
        query = queries.query_for(site.session, encoder, Subject.PROFILE, source)
        found = view.find(query, eligible)
        listed = [row.skill_id for row in profile.skills]
        parts = {**found.parts, "skills": ranking.skills_answered(listed, found.facts)}
        compared = Comparison(view, query, found.ids, parts, FOR_PROFILE)
        for match in answer.matches:
            names = names_of(site.session, [row.skill_id for row in match.job.skills])

            def lost(quote: Quote, *, match=match, compared=compared, eligible=eligible) -> float:
                text = cut(match.profile, quote).composed
                other = encoding.query_of(encoder, text)
                columns = compared.view.find(other, eligible, also=[match.job.id])
                place = int(np.searchsorted(columns.ids, match.job.id))
                changed = {part: float(columns.parts[part][place]) for part in PARTS}
                return loss(compared, values_of(compared, match.job.id), changed)

            yield Pair(explain(profile, match.job, names), match.reasons, lost)


def of_searches(site: DemoSite, kind: Kind) -> Iterator[Pair]:
    for job in site.open_jobs(70):
        labels = [row.skill.label for row in job.skills]
        wanted = Wanted(kind, words=" ".join([job.title, *labels[:2]])[:100])
        site.prove(finding.find(site.session, site.matcher, wanted).due)
        draft = draft_of(wanted.words, named_in(site.session, wanted.words))
        view = finding.pool_of(site.matcher, kind).view(site.session, site.matcher.encoder)
        eligible = view.sort_out(filters.asked_by(site.session, wanted))
        found = finding.compare(site.matcher, kind, draft, view, eligible)
        names = names_of(site.session, [row.skill_id for row in draft.skills])
        for hit in finding.find(site.session, site.matcher, wanted).hits:
            thing = hit.thing

            def lost(quote: Quote, *, found=found, thing=thing) -> float:
                changed = worth(site, found, cut(thing, quote))
                return loss(found, values_of(found, thing.id), changed)

            yield Pair(reasons_for(thing, draft, names), hit.reasons, lost)


DIRECTIONS: dict[str, Callable[[DemoSite], Iterator[Pair]]] = {
    "shortlists": of_shortlists,
    "feeds": of_feeds,
    "searches of freelancers": lambda site: of_searches(site, Kind.FREELANCERS),
    "searches of jobs": lambda site: of_searches(site, Kind.JOBS),
}


@pytest.mark.parametrize("pairs", DIRECTIONS.values(), ids=DIRECTIONS)
def test_every_reason_of_five_hundred_pairs_brings_points(demo_site, pairs):
    demo_site.fill(160, 70)
    demo_site.encode()
    seen = given = untrue = untrue_without_proof = listed = without_loss = 0
    for pair in pairs(demo_site):
        seen += 1
        assert not pair.shown.untried
        for quote in quoted(pair.said):
            falls = pair.points_lost(quote) > 0
            is_given = quote in quoted(pair.shown)
            given += is_given
            untrue += is_given and not falls
            untrue_without_proof += not falls
        if pair.points_lost_without:
            listed += len(pair.shown.listed)
            without_loss += sum(pair.points_lost_without(one) <= 0 for one in pair.shown.listed)
        if seen == PAIRS:
            break
    assert (seen, untrue) == (PAIRS, 0)
    assert given > 50
    # That a skill is listed is said as a fact and not tried: its own part always falls, and the
    # rest of the text hardly ever gains as much by its absence.
    assert without_loss <= 0.005 * listed, f"{without_loss} of {listed}"
    assert untrue_without_proof, "Without the proof nothing would be untrue: it shows nothing."


def test_a_word_taken_out_and_saved_costs_points_on_the_site(demo_site):
    django = make_skill(demo_site.session, "Django")
    person = make_profile(demo_site.session, summary="Six years of Django for hotels.")
    make_profile(demo_site.session, headline="Baker", summary="Bread and cakes.")
    make_profile(demo_site.session, headline="Tailor", summary="Wedding dresses.")
    given = {"title": "Booking website", "description": "Django is needed for a hotel."}
    make_job(demo_site.session, skills=(django,), **given)
    demo_site.encode()
    (job,) = demo_site.open_jobs(1)
    demo_site.prove(shortlist.for_job(demo_site.session, demo_site.matcher, job).showing.due)
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
