"""Freelancers for a job: who is shown, in which order, and why."""

from dataclasses import dataclass

import pytest
from sqlalchemy.engine import Connection
from sqlalchemy.orm import Session

from app.accounts.models import User
from app.clock import now
from app.errors import NotFound
from app.jobs.models import Job, PayKind
from app.matching import refresh, shortlist, trials
from app.matching.conditions import Condition
from app.matching.matcher import Matcher
from app.matching.reasons import RateKind, explain
from app.permissions import Role
from app.profiles.models import Availability
from app.taxonomy.skills import names_of
from tests.doubles.encoder import HashingEncoder
from tests.factories import (
    make_job,
    make_membership,
    make_park,
    make_profile,
    make_skill,
    make_user,
)


@dataclass
class Desk:
    """The matching of one test: what is arranged is encoded, and a job is answered."""

    session: Session
    connection: Connection
    matcher: Matcher

    def encode(self) -> None:
        self.session.commit()
        refresh.refresh_all(self.connection, self.matcher.encoder)
        self.session.expire_all()

    def answer(self, job: Job, **kwargs) -> shortlist.Answer:
        self.session.expire_all()
        job = shortlist.get_own(self.session, job.id, self.session.get_one(User, job.client_id))
        return shortlist.for_job(self.session, self.matcher, job, **kwargs)

    def weighed(self, job: Job) -> shortlist.Answer:
        """The answer of the second look, when the worker has done what the first one needed."""
        trials.make(self.connection, self.matcher.encoder, self.answer(job).showing.due.cuts)
        return self.answer(job)

    def shown(self, job: Job, **kwargs) -> list[int]:
        return [match.profile.id for match in self.answer(job, **kwargs).matches]


@pytest.fixture
def desk(session, connection, tmp_path) -> Desk:
    return Desk(session, connection, Matcher(HashingEncoder, tmp_path / "index"))


def test_a_better_match_stands_above(desk):
    django = make_skill(desk.session, "Django")
    baker = make_profile(desk.session, headline="Baker", summary="I bake bread and cakes.")
    coder = make_profile(
        desk.session,
        headline="Django developer",
        summary="I build booking websites with Django for hotels.",
        skills=(django,),
    )
    job = make_job(
        desk.session,
        title="Django developer for a booking website",
        description="Hotels need a booking website.",
        skills=(django,),
    )
    desk.encode()
    assert desk.shown(job) == [coder.id, baker.id]


def test_a_covered_skill_is_quoted_and_a_missing_one_is_named(desk):
    django, docker = make_skill(desk.session, "Django"), make_skill(desk.session, "Docker")
    make_profile(desk.session, summary="Six years of django, mostly shops.")
    job = make_job(desk.session, skills=(django, docker))
    desk.encode()
    (match,) = desk.weighed(job).matches
    (quote,) = match.reasons.covered
    assert (quote.skill, quote.words) == ("Django", "django")
    assert (quote.before, quote.after) == ("Six years of ", ", mostly shops.")
    assert match.reasons.missing == ("Docker",)


def test_another_name_of_a_skill_covers_it(desk):
    script = make_skill(desk.session, "JavaScript", "JS")
    profile = make_profile(desk.session, summary="Ten years of JS in the browser.")
    job = make_job(desk.session, skills=(script,))
    (quote,) = explain(profile, job, names_of(desk.session, [script.id])).covered
    assert (quote.skill, quote.words) == ("JavaScript", "JS")


def test_words_that_bring_no_points_are_mentioned_and_are_no_reason(desk):
    script = make_skill(desk.session, "JavaScript", "JS")
    make_profile(desk.session, summary="Ten years of JS in the browser.")
    job = make_job(desk.session, skills=(script,))
    desk.encode()
    reasons = desk.weighed(job).matches[0].reasons  # of this bag of words JS is another word
    assert (reasons.covered, reasons.missing) == ((), ())
    assert reasons.mentioned == ("JavaScript",)


def test_a_listed_skill_is_covered_however_it_is_written(desk):
    skill = make_skill(desk.session, "C")
    make_profile(desk.session, skills=(skill,), summary="Firmware.")
    job = make_job(desk.session, skills=(skill,))
    desk.encode()
    reasons = desk.answer(job).matches[0].reasons
    assert [quote.words for quote in reasons.covered] == ["C"]
    assert reasons.missing == ()


@pytest.mark.parametrize(
    ("given", "kind"),
    [
        ({"rate_minor": 1500}, RateKind.WITHIN),
        ({"rate_minor": 500}, RateKind.BELOW),
        ({"rate_minor": None}, RateKind.UNNAMED),
        ({"rate_minor": 2500}, RateKind.ABOVE),
        ({"currency": "EUR"}, RateKind.OTHER_CURRENCY),
    ],
)
def test_the_rate_is_held_against_the_budget(desk, given, kind):
    make_profile(desk.session, **given)
    job = make_job(desk.session, pay_kind=PayKind.HOURLY, least_minor=1000, most_minor=2000)
    desk.encode()
    (match,) = desk.answer(job, relax=(Condition.RATE, Condition.CURRENCY)).matches
    assert match.reasons.rate.kind is kind


def test_a_fixed_price_says_how_many_hours_it_pays(desk):
    make_profile(desk.session, rate_minor=1500)
    job = make_job(desk.session, least_minor=50_000, most_minor=50_000)
    desk.encode()
    assert desk.answer(job).matches[0].reasons.rate.hours == 33


def test_who_was_seen_by_a_park_stands_above_an_equal(desk):
    first, second = make_profile(desk.session), make_profile(desk.session)
    make_membership(desk.session, second.user, make_park(desk.session))
    job = make_job(desk.session)
    desk.encode()
    answer = desk.answer(job)
    assert [match.profile.id for match in answer.matches] == [second.id, first.id]
    assert [bool(match.standing) for match in answer.matches] == [True, False]


def test_hidden_people_never_appear_even_when_the_index_is_stale(desk):
    kept, draft, away, suspended = (make_profile(desk.session) for _ in range(4))
    job = make_job(desk.session)
    desk.encode()
    assert len(desk.shown(job)) == 4
    draft.published_at = None
    away.availability = Availability.AWAY
    suspended.user.suspended_at = now()
    desk.session.commit()
    relax = tuple(Condition)
    assert desk.shown(job, relax=relax) == [kept.id]


def test_a_client_who_also_freelances_is_not_shown_to_themselves(desk):
    client = make_user(desk.session, Role.CLIENT)
    make_profile(desk.session, client)
    job = make_job(desk.session, client)
    desk.encode()
    assert desk.answer(job).eligible.looked_at == 0


def test_a_deleted_profile_is_gone_at_once(desk):
    kept, gone = make_profile(desk.session), make_profile(desk.session)
    job = make_job(desk.session)
    desk.encode()
    assert len(desk.shown(job)) == 2
    desk.session.delete(gone)
    desk.session.commit()
    assert desk.shown(job) == [kept.id]


def test_every_removed_person_is_counted_once(desk):
    make_profile(desk.session)
    make_profile(desk.session, availability=Availability.AWAY, languages=("ur",))
    make_profile(desk.session, languages=("ur",), currency="EUR")
    make_profile(desk.session, languages=("ur",))
    make_profile(desk.session, currency="EUR", rate_minor=99_900)
    make_profile(desk.session, rate_minor=99_900)
    make_profile(desk.session, published=False)
    job = make_job(desk.session, languages=("de", "en"), pay_kind=PayKind.HOURLY, most_minor=60_000)
    german = make_profile(desk.session, languages=("de", "en"), rate_minor=99_900)
    desk.encode()
    eligible = desk.answer(job).eligible
    counts = {removed.condition.value: removed.count for removed in eligible.removed}
    assert counts == {"availability": 1, "language": 5, "currency": 0, "rate": 1}
    assert eligible.looked_at == 7
    assert eligible.hardest.condition is Condition.LANGUAGE
    assert desk.shown(job, relax=(Condition.RATE,)) == [german.id]


def test_a_relaxed_condition_removes_nobody(desk):
    make_profile(desk.session, languages=("ur",))
    job = make_job(desk.session)
    desk.encode()
    assert desk.shown(job) == []
    assert len(desk.shown(job, relax=(Condition.LANGUAGE,))) == 1


def test_a_name_says_nothing_to_the_ranking(desk):
    zahra = make_profile(
        desk.session,
        make_user(desk.session, name="Zahra Batool"),
        summary="Zahra here. Websites for bakeries, made by Zahra Batool.",
    )
    bilal = make_profile(
        desk.session,
        make_user(desk.session, name="Bilal Khan"),
        summary="I am Bilal Khan and paint walls.",
    )
    job = make_job(desk.session)
    desk.encode()
    before = [(match.profile.id, match.score) for match in desk.answer(job).matches]
    assert [profile_id for profile_id, _ in before] == [zahra.id, bilal.id]
    zahra.user.name, bilal.user.name = "Bilal Khan", "Zahra Batool"
    zahra.summary = "Bilal here. Websites for bakeries, made by Bilal Khan."
    bilal.summary = "I am Zahra Batool and paint walls."
    encoded = desk.matcher.encoder.encoded
    desk.encode()
    assert [(match.profile.id, match.score) for match in desk.answer(job).matches] == before
    assert desk.matcher.encoder.encoded == encoded


def test_a_job_that_is_not_encoded_yet_is_encoded_on_the_spot(desk):
    make_profile(desk.session)
    desk.encode()
    job = make_job(desk.session)
    desk.session.commit()
    before = desk.matcher.encoder.encoded
    assert len(desk.shown(job)) == 1
    assert desk.matcher.encoder.encoded == before + 2


def test_a_changed_job_is_answered_as_it_reads_now(desk):
    baker = make_profile(desk.session, headline="Baker", summary="Bread and cakes.")
    coder = make_profile(desk.session, headline="Coder", summary="Websites.")
    job = make_job(desk.session, title="Coder", description="Websites.")
    desk.encode()
    assert desk.shown(job)[0] == coder.id
    job.title, job.description = "Baker", "Bread and cakes."
    desk.session.commit()
    assert desk.shown(job)[0] == baker.id


def test_an_encoded_job_is_not_encoded_again(desk):
    make_profile(desk.session)
    job = make_job(desk.session)
    desk.encode()
    before = desk.matcher.encoder.encoded
    desk.shown(job)
    assert desk.matcher.encoder.encoded == before


def test_pages_follow_each_other_without_gap_or_repetition(desk):
    for number in range(23):
        make_profile(desk.session, summary=f"Websites number {number % 7}.")
    job = make_job(desk.session)
    desk.encode()
    pages = [desk.answer(job, page=page) for page in (1, 2, 3, 4)]
    ids = [match.profile.id for page in pages for match in page.matches]
    assert len(ids) == len(set(ids)) == 23
    assert [page.has_more for page in pages] == [True, True, False, False]
    assert [m.place for page in pages for m in page.matches] == list(range(1, 24))
    totals = [match.score.total for page in pages for match in page.matches]
    assert totals == sorted(totals, reverse=True)
    assert desk.shown(job, page=2) == ids[10:20]


def test_another_clients_job_is_not_found(desk):
    job = make_job(desk.session)
    with pytest.raises(NotFound):
        shortlist.get_own(desk.session, job.id, make_user(desk.session, Role.CLIENT))
