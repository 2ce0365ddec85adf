"""The verbs on a profile."""

from dataclasses import replace

import pytest
from flask_login import AnonymousUserMixin
from sqlalchemy import func, select

from app.clock import now
from app.errors import Conflict, NotFound
from app.outbox import Effect
from app.profiles import service
from app.profiles.models import Availability, PastTitle, PortfolioLink, Profile, ProfileSkill
from app.profiles.service import ProfileDraft
from tests.factories import make_profile, make_skill, make_user

NOBODY = AnonymousUserMixin()


@pytest.fixture
def full(session) -> ProfileDraft:
    """A draft that may be published."""
    return ProfileDraft(
        headline="WordPress developer",
        summary="I have made twelve online shops for small firms in Lahore.",
        skills=(make_skill(session, "WordPress"), make_skill(session, "PHP")),
        past_titles=("Web developer", "Support engineer"),
        rate_minor=1550,
        currency="EUR",
        availability=Availability.LIMITED,
        hours_per_week=20,
        languages=("en", "ur"),
        links=("https://example.org/a", "https://example.org/b"),
    )


def promised(session) -> list[dict]:
    effects = session.scalars(select(Effect).order_by(Effect.id))
    return [effect.payload for effect in effects if effect.task == "matching.embed"]


def test_a_first_save_makes_a_draft_that_says_what_was_given(session, full):
    user = make_user(session)
    profile = service.save(session, user, full)
    session.expire_all()
    found = service.of_user(session, user)
    assert found.id == profile.id
    assert found.published_at is None
    assert service.draft_of(found) == full


def test_saving_again_changes_the_same_profile(session, full):
    user = make_user(session)
    first = service.save(session, user, full)
    again = service.save(session, user, replace(full, headline="PHP developer"))
    assert again.id == first.id
    assert session.scalar(select(func.count()).select_from(Profile)) == 1


def test_lists_are_replaced_in_their_new_order_and_nothing_is_left_over(session, full):
    user = make_user(session)
    service.save(session, user, full)
    changed = replace(
        full,
        skills=(full.skills[1], make_skill(session, "SQL"), full.skills[0]),
        past_titles=("Support engineer",),
        languages=("de", "en"),
        links=("https://example.org/b", "https://example.org/a", "https://example.org/c"),
    )
    service.save(session, user, changed)
    session.expire_all()
    assert service.draft_of(service.of_user(session, user)) == changed
    service.save(session, user, ProfileDraft())
    for kind in (ProfileSkill, PastTitle, PortfolioLink):
        assert session.scalar(select(func.count()).select_from(kind)) == 0


def test_every_change_promises_an_encoding(session, full):
    user = make_user(session)
    profile = service.save(session, user, full)
    service.publish(session, profile)
    service.withdraw(session, profile)
    assert promised(session) == [{"subject": "profile", "subject_id": profile.id}] * 3


def test_a_complete_profile_is_published_and_taken_back(session, full):
    profile = service.save(session, make_user(session), full)
    service.publish(session, profile)
    assert profile.published_at == now()
    service.withdraw(session, profile)
    assert profile.published_at is None


def test_what_is_erased_is_an_empty_draft(session, full):
    user = make_user(session)
    profile = service.save(session, user, full)
    service.publish(session, profile)
    service.erase(session, profile)
    session.expire_all()
    found = service.of_user(session, user)
    assert (found.id, found.published_at) == (profile.id, None)
    assert service.draft_of(found) == ProfileDraft()
    assert promised(session)[-1] == {"subject": "profile", "subject_id": profile.id}


def test_publishing_again_keeps_the_first_date(session, full, held_clock):
    profile = service.save(session, make_user(session), full)
    service.publish(session, profile)
    first = profile.published_at
    held_clock.forward(days=3)
    promised = session.scalar(select(func.count(Effect.id)))
    service.publish(session, profile)
    assert profile.published_at == first
    assert session.scalar(select(func.count(Effect.id))) == promised


@pytest.mark.parametrize(
    ("lack", "sentence"),
    [
        ({"headline": ""}, "Write a headline."),
        ({"summary": "x" * 39}, "Write a summary of at least 40 characters."),
        ({"skills": ()}, "List at least one skill."),
        ({"rate_minor": None}, "Name your rate for an hour of work."),
        ({"languages": ()}, "Tick at least one language."),
    ],
)
def test_an_incomplete_profile_is_not_published_and_the_refusal_says_why(
    session, full, lack, sentence
):
    profile = service.save(session, make_user(session), replace(full, **lack))
    with pytest.raises(Conflict, match=sentence):
        service.publish(session, profile)
    assert profile.published_at is None


def test_an_empty_profile_is_told_everything_that_is_missing(session):
    profile = service.save(session, make_user(session), ProfileDraft())
    with pytest.raises(service.Incomplete) as refusal:
        service.publish(session, profile)
    assert list(refusal.value.missing) == ["headline", "summary", "skills", "rate", "languages"]


def test_a_summary_of_forty_characters_is_enough(full):
    assert service.missing(replace(full, summary="x" * 40)) == {}


def test_a_public_profile_stays_complete(session, full):
    user = make_user(session)
    service.publish(session, service.save(session, user, full))
    with pytest.raises(service.Incomplete):
        service.save(session, user, replace(full, skills=()))
    session.expire_all()
    assert service.draft_of(service.of_user(session, user)) == full


def test_a_public_profile_may_change_and_stays_public(session, full):
    user = make_user(session)
    service.publish(session, service.save(session, user, full))
    changed = service.save(session, user, replace(full, rate_minor=2000))
    assert changed.published_at is not None
    assert changed.rate_minor == 2000


def test_a_published_profile_is_anyones_to_see(session):
    profile = make_profile(session)
    for viewer in (NOBODY, make_user(session), profile.user):
        assert service.get(session, profile.id, viewer).id == profile.id


def test_a_draft_is_its_owners_alone(session):
    profile = make_profile(session, published=False)
    assert service.get(session, profile.id, profile.user).id == profile.id
    for viewer in (NOBODY, make_user(session)):
        with pytest.raises(NotFound):
            service.get(session, profile.id, viewer)


def test_the_profile_of_a_suspended_person_is_not_shown(session):
    profile = make_profile(session, make_user(session, suspended_at=now()))
    with pytest.raises(NotFound):
        service.get(session, profile.id, NOBODY)


def test_there_is_no_profile_of_somebody_who_made_none(session):
    assert service.of_user(session, make_user(session)) is None


def test_a_profile_comes_with_all_a_page_shows(session):
    made = make_profile(session, skills=(make_skill(session, "Go"),), past_titles=("Coder",))
    session.expunge_all()
    profile = service.get(session, made.id, NOBODY)
    session.expunge_all()
    assert profile.user.name
    assert profile.skills[0].skill.label == "Go"
    assert service.draft_of(profile).past_titles == ("Coder",)
