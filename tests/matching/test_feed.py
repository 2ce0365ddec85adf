"""Jobs for a freelancer: which are shown, in which order, and why."""

from datetime import date

import pytest

from app.accounts.models import User
from app.clock import now
from app.jobs.models import Job, JobStatus, PayKind, ProposalStatus
from app.matching import feed, refresh, trials
from app.matching.conditions import Condition
from app.matching.matcher import Matcher
from app.profiles import service as profiles
from tests.doubles.encoder import HashingEncoder
from tests.factories import make_job, make_profile, make_proposal, make_skill, make_user


@pytest.fixture
def matcher(tmp_path) -> Matcher:
    return Matcher(HashingEncoder, tmp_path / "index")


@pytest.fixture
def answer(session, connection, matcher):
    """Encode what is arranged and answer a freelancer."""

    def ask(profile, **given) -> feed.Answer:
        session.commit()
        refresh.refresh_all(connection, matcher.encoder)
        session.expire_all()
        own = profiles.of_user(session, session.get_one(User, profile.user_id))
        return feed.for_profile(session, matcher, own, **given)

    return ask


@pytest.fixture
def fit(session, connection, matcher):
    """Encode what is arranged and say how a job fits a freelancer."""

    def ask(profile, job) -> feed.Fit:
        session.commit()
        refresh.refresh_all(connection, matcher.encoder)
        session.expire_all()
        own = profiles.of_user(session, session.get_one(User, profile.user_id))
        return feed.fit(session, matcher, own, loaded(session, job))

    return ask


def loaded(session, job: Job) -> Job:
    """A job as its page has it."""
    return session.get_one(Job, job.id, options=feed.LOADED, populate_existing=True)


def shown(answer: feed.Answer) -> list[int]:
    return [match.job.id for match in answer.matches]


def test_a_better_job_stands_above(session, answer):
    django = make_skill(session, "Django")
    cook = make_job(session, title="Cook", description="Soup for forty guests.")
    site = make_job(
        session, title="Django website", description="A booking website.", skills=(django,)
    )
    profile = make_profile(
        session, headline="Django developer", summary="Booking website.", skills=(django,)
    )
    assert shown(answer(profile)) == [site.id, cook.id]


def test_the_reasons_are_words_of_the_own_profile(session, connection, matcher, answer):
    django, docker = make_skill(session, "Django"), make_skill(session, "Docker")
    make_job(session, skills=(django, docker))
    profile = make_profile(session, summary="Six years of Django.")
    trials.make(connection, matcher.encoder, answer(profile).showing.due.cuts)
    (match,) = answer(profile).matches
    assert [quote.words for quote in match.reasons.covered] == ["Django"]
    assert match.reasons.missing == ("Docker",)


HIDDEN = {
    "draft": {"status": JobStatus.DRAFT},
    "closed": {"status": JobStatus.CLOSED},
    "hired": {"status": JobStatus.HIRED},
    "past": {"answer_by_on": date(2026, 11, 22)},
}


@pytest.mark.parametrize("given", HIDDEN.values(), ids=HIDDEN)
def test_a_job_that_takes_no_proposals_is_not_looked_at(session, answer, given):
    make_job(session, **given)
    assert answer(make_profile(session)).eligible.looked_at == 0


def test_a_job_is_shown_on_its_last_day(session, answer):
    job = make_job(session, answer_by_on=date(2026, 11, 23))
    assert shown(answer(make_profile(session))) == [job.id]


def test_a_suspended_clients_job_is_not_looked_at(session, answer):
    job = make_job(session)
    job.client.suspended_at = now()
    assert answer(make_profile(session)).eligible.looked_at == 0


UNFIT = {
    Condition.LANGUAGE: {"languages": ("de", "en")},
    Condition.CURRENCY: {"currency": "EUR"},
    Condition.RATE: {"pay_kind": PayKind.HOURLY, "least_minor": 500, "most_minor": 1000},
}


@pytest.mark.parametrize("condition", UNFIT)
def test_a_job_that_does_not_fit_the_terms_is_counted_and_can_be_shown(
    session, answer, fit, condition
):
    job = make_job(session, **UNFIT[condition])
    profile = make_profile(session, rate_minor=1500)
    found = answer(profile)
    assert shown(found) == []
    assert found.eligible.hardest.condition is condition
    assert shown(answer(profile, relax=(condition,))) == [job.id]
    assert len(fit(profile, job).against) == 1


def test_a_job_already_proposed_for_is_not_shown_again(session, answer, fit):
    job, profile = make_job(session), make_profile(session)
    proposal = make_proposal(session, job, profile)
    found = answer(profile, relax=tuple(Condition))
    assert shown(found) == []
    assert found.eligible.hardest.condition is Condition.PROPOSED
    assert fit(profile, job).against == ("You have proposed already",)
    proposal.status = ProposalStatus.WITHDRAWN
    assert shown(answer(profile)) == [job.id]


def test_an_hourly_job_that_pays_enough_is_shown(session, answer):
    job = make_job(session, pay_kind=PayKind.HOURLY, least_minor=1000, most_minor=1500)
    assert shown(answer(make_profile(session, rate_minor=1500))) == [job.id]


def test_a_draft_profile_sees_its_jobs_before_anyone_sees_it(session, answer):
    job = make_job(session)
    assert shown(answer(make_profile(session, published=False))) == [job.id]


def test_a_fit_names_its_place_among_all(session, fit):
    profile = make_profile(session, headline="Tailor", summary="Wedding dresses.")
    make_job(session, title="Tailor", description="Wedding dresses.")
    job = make_job(session, title="Cook", description="Soup for forty guests.")
    found = fit(profile, job)
    assert (found.place, found.among, found.against) == (2, 2, ())
    assert found.score.id == job.id


def test_a_fit_far_down_the_list_is_scored_too(session, connection, matcher):
    user = make_user(session)
    make_profile(session, user, headline="Tailor", summary="Wedding dresses.")
    jobs = [
        make_job(session, title="Tailor", description=f"Wedding dresses, {number} of them.")
        for number in range(6)
    ]
    last = make_job(session, title="Cook", description="Soup.")
    session.commit()
    refresh.refresh_all(connection, matcher.encoder)
    matcher.jobs._candidates = 2
    profile = profiles.of_user(session, user)
    found = feed.fit(session, matcher, profile, loaded(session, last))
    assert found.score
    assert found.among == len(jobs) + 1


def test_a_fit_of_a_job_against_the_terms_says_every_reason(session, fit):
    profile = make_profile(session, rate_minor=1500)
    job = make_job(session, languages=("de",), currency="EUR", answer_by_on=date(2026, 11, 1))
    found = fit(profile, job)
    assert found.score is None
    assert found.against == (
        "It takes no proposals now",
        "A language is missing on your profile",
        "Paid in another currency than you ask for",
    )
