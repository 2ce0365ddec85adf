"""Texts without a quote: no page encodes one, the worker does once, and they go when unused."""

from dataclasses import dataclass

import pytest
from sqlalchemy import Connection, func, select
from sqlalchemy.orm import Session

from app import db, outbox, worker
from app.cli import tasks
from app.clock import now
from app.matching import ahead, commands, refresh, trials
from app.matching.encoder import TextEncoder
from app.matching.models import Subject, Trial
from app.matching.trials import Due
from app.outbox import Effect
from app.permissions import Role
from tests.conftest import Clock
from tests.factories import make_job, make_profile, make_skill, make_user
from tests.visitor import Visitor

SUMMARY = "Six years of Django, daily."


@dataclass
class Site:
    """A site with one freelancer who writes of Django, and one open job that asks for it."""

    session: Session
    connection: Connection
    visitor: Visitor
    encoder: TextEncoder
    clock: Clock

    def __post_init__(self) -> None:
        django = make_skill(self.session, "Django")
        self.client, self.freelancer = make_user(self.session, Role.CLIENT), make_user(self.session)
        coder = {"headline": "Coder", "summary": SUMMARY}
        self.profile = make_profile(self.session, self.freelancer, **coder)
        self.job = make_job(self.session, self.client, title="Booking page", skills=(django,))
        make_profile(self.session, headline="Baker", summary="Bread and cakes.")
        self.encode()

    def encode(self) -> None:
        self.session.commit()
        refresh.refresh_all(self.connection, self.encoder)

    def look(self, path: str = "") -> list[str]:
        """The marked words of a page; the job's shortlist as its client, without a path."""
        path = path or f"/jobs/{self.job.id}/shortlist"
        return [mark.text for mark in self.visitor.get(path).soup.select("q mark")]

    def work(self) -> int:
        self.session.commit()
        return worker.drain(self.connection, tasks())

    def promised(self) -> int:
        return self.session.scalar(select(func.count()).where(Effect.task == trials.TASK))

    def kept(self) -> list[Trial]:
        self.session.expire_all()
        return list(self.session.scalars(select(Trial).order_by(Trial.digest)))

    def change(self, summary: str) -> None:
        self.clock.forward(seconds=1)
        self.profile.summary, self.profile.updated_at = summary, now()
        self.session.commit()


@pytest.fixture
def site(session, connection, app, visitor, held_clock) -> Site:
    encoder = app.extensions["hunar"].matcher.encoder
    site = Site(session, connection, visitor, encoder, held_clock)
    visitor.sign_in(site.client)
    return site


@pytest.fixture
def as_freelancer(site, visitors) -> Site:
    """The same site, seen by its freelancer, who lists nothing that a ranking could try."""
    site.visitor = visitors().sign_in(site.freelancer)
    return site


def test_a_quote_is_a_reason_at_the_second_look_and_no_page_encodes_it(site):
    before = site.encoder.encoded
    assert site.look() == []
    assert "Mentioned: Django" in site.visitor.get(f"/jobs/{site.job.id}/shortlist").text
    assert site.encoder.encoded == before
    assert site.work() == 1
    made = site.encoder.encoded
    assert made > before
    assert site.look() == ["Django"]
    assert site.encoder.encoded == made


def test_a_feed_shows_them_at_the_second_look_and_encodes_none(as_freelancer):
    before = as_freelancer.encoder.encoded
    assert as_freelancer.look("/feed") == []
    assert as_freelancer.encoder.encoded == before
    as_freelancer.work()
    made = as_freelancer.encoder.encoded
    assert as_freelancer.look("/feed") == ["Django"]
    assert as_freelancer.encoder.encoded == made


def test_how_a_job_fits_shows_them_at_the_second_look(as_freelancer):
    path = f"/jobs/{as_freelancer.job.id}/fit"
    assert as_freelancer.look(path) == []
    assert as_freelancer.work() == 1
    assert as_freelancer.look(path)[:1] == ["Django"]


def test_a_trial_serves_the_shortlist_and_the_feed_alike(site, visitors):
    site.look()
    site.work()
    site.visitor = visitors().sign_in(site.freelancer)
    assert site.look("/feed") == ["Django"]
    assert site.work() == 0


@pytest.mark.parametrize(("kind", "words"), [("freelancers", "django"), ("jobs", "booking")])
def test_a_search_encodes_what_was_typed_and_no_trial(site, visitors, kind, words):
    site.visitor = visitors()
    before = site.encoder.encoded
    path = f"/search/{kind}?words={words}"
    assert site.look(path) == []
    assert site.encoder.encoded == before + 2, "what was typed, as a text and as a title"
    site.work()
    made = site.encoder.encoded
    assert [word.lower() for word in site.look(path)] == [words]
    assert site.encoder.encoded == made + 2


def test_what_many_ask_for_is_promised_once(site, visitors):
    for _ in range(3):
        site.look()
    other = visitors()
    other.get("/search/freelancers?words=django")
    assert site.promised() == 1
    assert [trial.body for trial in site.kept()] == [None]
    assert site.work() == 1
    site.look()
    assert site.promised() == 1


def test_a_changed_profile_has_other_trials(site):
    site.look()
    site.work()
    site.change("Nine years of Django and of Flask.")
    site.encode()
    assert site.look() == []
    site.work()
    assert site.look() == ["Django"]
    assert len(site.kept()) == 2


def test_a_profile_not_encoded_since_it_changed_is_asked_nothing_and_proven_nothing(site):
    site.look()
    site.work()
    site.change("Nine years of Django and of Flask.")
    assert site.look() == []
    assert site.promised() == 1


def test_what_changed_before_the_worker_came_is_dropped(site):
    site.look()
    site.change("Nine years of Flask.")
    before = site.encoder.encoded
    assert site.work() == 1
    assert (site.encoder.encoded, site.kept()) == (before, [])


def test_what_is_made_twice_is_encoded_once(site):
    site.look()
    (effect,) = site.session.scalars(select(Effect))
    commands.try_cuts(effect)
    before = site.encoder.encoded
    commands.try_cuts(effect)
    assert site.encoder.encoded == before
    assert len(site.kept()) == 1


def test_a_job_just_posted_has_its_reasons_at_the_first_look(site):
    outbox.add(site.session, "matching.embed", subject="job", subject_id=site.job.id)
    assert site.work() == 2
    assert site.look() == ["Django"]
    assert site.promised() == 1, "by the worker; the page asked for nothing"


def test_a_job_that_is_closed_needs_no_reasons_ahead(site, app):
    site.job.status = "closed"
    site.session.commit()
    matcher = app.extensions["hunar"].matcher
    ahead.ask_for_first_page(site.connection, matcher, site.job.id)
    assert site.kept() == []


def test_an_import_is_encoded_before_any_reason(site, app):
    for _ in range(ahead.MOST_WAITING + 1):
        outbox.add(site.session, "mail.send")
    site.session.commit()
    matcher = app.extensions["hunar"].matcher
    ahead.ask_for_first_page(site.connection, matcher, site.job.id)
    assert site.kept() == []


def test_what_is_saved_is_encoded_before_reasons_that_were_asked_for_earlier(site):
    site.look()
    site.clock.forward(seconds=1)
    outbox.add(site.session, "matching.embed", subject="profile", subject_id=site.profile.id)
    site.session.commit()
    assert outbox.claim(site.session).task == "matching.embed"
    assert outbox.claim(site.session).task == trials.TASK


def test_many_reasons_are_made_a_few_at_a_time(site, monkeypatch):
    monkeypatch.setattr(trials, "AT_A_TIME", 1)
    make_profile(site.session, headline="Programmer", summary="Django shops, two years.")
    site.encode()
    site.look()
    assert site.promised() == len(site.kept()) == 2
    assert site.work() == 2
    assert site.look() == ["Django", "Django"]


def test_what_nobody_used_for_a_month_goes(site, held_clock):
    site.look()
    site.work()
    held_clock.forward(days=30)
    assert trials.prune(site.connection, site.encoder.name) == 0
    held_clock.forward(days=1)
    assert trials.prune(site.connection, site.encoder.name) == 1
    assert site.kept() == []


def test_what_is_used_stays_and_is_noted_once_a_week(site, held_clock):
    site.look()
    site.work()
    first = site.kept()[0].used_on
    held_clock.forward(days=6)
    site.look()
    assert site.kept()[0].used_on == first
    held_clock.forward(days=2)
    site.look()
    assert (site.kept()[0].used_on - first).days == 8
    held_clock.forward(days=30)
    assert trials.prune(site.connection, site.encoder.name) == 0
    assert site.promised() == 1


def test_what_another_model_made_goes(site):
    site.look()
    site.work()
    assert trials.prune(site.connection, "another model") == 1
    assert site.kept() == []


def test_trials_of_a_deleted_profile_go(site):
    site.look()
    site.work()
    site.session.delete(site.profile)
    site.session.commit()
    assert trials.prune(site.connection, site.encoder.name) == 1


def test_what_was_asked_for_and_never_made_is_forgotten_and_asked_again(site, held_clock):
    site.look()
    held_clock.forward(days=1)
    assert trials.prune(site.connection, site.encoder.name) == 1
    site.look()
    assert site.promised() == 2


def test_the_ones_used_longest_ago_give_way(site, held_clock, monkeypatch):
    site.look()
    site.work()
    old = site.kept()[0].digest
    held_clock.forward(days=1)
    site.change("Nine years of Django and of Flask.")
    site.encode()
    site.look()
    site.work()
    monkeypatch.setattr(trials, "MOST_KEPT", 1)
    assert trials.prune(site.connection, site.encoder.name) == 1
    assert old not in [trial.digest for trial in site.kept()]


def test_no_more_is_asked_for_than_the_worker_makes_in_a_few_seconds(site, monkeypatch):
    monkeypatch.setattr(trials, "MOST_ASKED", 0)
    site.look()
    assert site.promised() == 0
    monkeypatch.undo()
    site.look()
    assert site.promised() == 1


def test_who_searches_without_end_is_answered_but_keeps_the_worker_from_nobody(
    site, monkeypatch, held_clock
):
    monkeypatch.setattr(trials, "MOST_ASKED", 0)
    for number in range(61):
        held_clock.forward(seconds=2)  # more at once are refused as searches already
        page = site.visitor.get(f"/search/freelancers?words=django+{number}")
        assert page.status == 200
    monkeypatch.undo()
    site.look("/search/freelancers?words=django")
    assert site.promised() == 0


def test_a_page_is_not_refused_because_nothing_can_be_asked_for(site, caplog):
    empty = db.connect("sqlite://")
    trials.note(empty, Due("a model", used=("a digest",)))
    assert "A note was not written" in caplog.text


def test_the_sweep_removes_what_is_of_no_use(site, held_clock):
    site.look()
    site.work()
    held_clock.forward(days=31)
    (sweep,) = commands.sweeps()
    sweep()
    assert site.kept() == []


def test_a_trial_says_whose_it_is(site):
    site.look()
    site.work()
    (trial,) = site.kept()
    assert (trial.subject, trial.subject_id) == (Subject.PROFILE, site.profile.id)
    assert len(trial.body) == 4 * site.encoder.dimension
    assert "django" not in trial.terms
