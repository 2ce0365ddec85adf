"""What a profile is told to do next."""

from app.profiles.models import (
    Availability,
    PastTitle,
    PortfolioLink,
    Profile,
    ProfileLanguage,
    ProfileSkill,
)
from app.profiles.strength import advice
from tests.conftest import MORNING


def strong(**changes) -> Profile:
    return Profile(
        **{
            "headline": "Web developer",
            "summary": "I make online shops. " * 20,
            "rate_minor": 1500,
            "availability": Availability.OPEN,
            "published_at": MORNING,
            "skills": [ProfileSkill(position=n) for n in range(6)],
            "past_titles": [PastTitle(title="Developer"), PastTitle(title="Designer")],
            "languages": [ProfileLanguage(code="en"), ProfileLanguage(code="ur")],
            "links": [PortfolioLink(url="https://example.org")],
            **changes,
        }
    )


def said(profile: Profile) -> list[str]:
    return [step.text % step.params for step in advice(profile)]


def test_a_strong_profile_needs_nothing():
    assert advice(strong()) == []


def test_missing_skills_are_counted():
    (step,) = said(strong(skills=[ProfileSkill(position=n) for n in range(3)]))
    assert step.startswith("Add 3 more skills")


def test_one_missing_skill_reads_as_one():
    (step,) = said(strong(skills=[ProfileSkill(position=n) for n in range(5)]))
    assert step.startswith("Add one more skill:")


def test_a_draft_is_told_to_publish_before_all_else():
    steps = said(strong(published_at=None, links=[], skills=[]))
    assert steps[0].startswith("Publish your profile")


def test_somebody_away_is_told_that_nobody_is_offered_to_them():
    assert said(strong(availability=Availability.AWAY))[0].startswith("Set your availability")


def test_an_empty_profile_hears_every_step_and_the_most_useful_first():
    empty = strong(
        published_at=None,
        rate_minor=None,
        summary="",
        skills=[],
        past_titles=[],
        languages=[],
        links=[],
    )
    steps = advice(empty)
    assert len(steps) == 7
    assert [step.gain for step in steps] == sorted((s.gain for s in steps), reverse=True)


def test_no_step_is_a_bare_per_cent():
    assert not any("%" in step for step in said(strong(published_at=None, skills=[], links=[])))


def test_a_second_title_and_a_link_are_asked_for():
    steps = said(strong(past_titles=[PastTitle(title="Developer")], links=[]))
    assert [step.split(":")[0] for step in steps] == [
        "Add one more title you worked under",
        "Link one piece of work",
    ]
