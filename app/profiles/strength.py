"""What would raise the chance of being found: concrete steps, those that gain most first."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from app.profiles.models import Availability, Profile
from app.texts import message

# Enough to say what somebody does from several sides; below these a job often misses them.
GOOD_SKILLS = 6
GOOD_TITLES = 2
GOOD_SUMMARY = 300
DECISIVE = 90


@dataclass(frozen=True)
class Step:
    """One thing to do. `text` is a message id filled from `params`; `gain` orders the steps.

    A gain of 90 or more decides whether anybody finds the profile at all; below that it follows
    the weights with which a job is compared with a profile (text, titles, skills).
    """

    text: str
    gain: int
    params: dict[str, object] = field(default_factory=dict)

    @property
    def decides(self) -> bool:
        """Whether the profile is hidden until this is done."""
        return self.gain >= DECISIVE


def advice(profile: Profile) -> list[Step]:
    """What the person could do next, most useful first; empty when nothing is left."""
    steps = [*_to_be_seen(profile), *_to_fit(profile), *_to_convince(profile)]
    return sorted(steps, key=lambda step: -step.gain)


def _to_be_seen(profile: Profile) -> Iterator[Step]:
    """Without these, no search can show the profile."""
    if profile.published_at is None:
        yield Step(message("Publish your profile: clients are never shown a draft."), 100)
    if profile.availability is Availability.AWAY:
        yield Step(message("Set your availability to open: who is away is not offered jobs."), 95)
    if profile.rate_minor is None:
        yield Step(message("Name your rate: a job's budget is compared with it."), 90)


def _to_fit(profile: Profile) -> Iterator[Step]:
    """What a job is compared with."""
    lacking = GOOD_SKILLS - len(profile.skills)
    if lacking == 1:
        text = message("Add one more skill: each one a job asks for and you list moves you up.")
        yield Step(text, 45)
    elif lacking > 0:
        text = message("Add %(n)d more skills: each one a job asks for and you list moves you up.")
        yield Step(text, 40 + 5 * lacking, {"n": lacking})
    if not profile.past_titles:
        text = message("Add the titles you worked under: a job's title is compared with them.")
        yield Step(text, 60)
    elif len(profile.past_titles) < GOOD_TITLES:
        text = message("Add one more title you worked under: clients name one job in many ways.")
        yield Step(text, 35)
    if len(profile.summary) < GOOD_SUMMARY:
        text = message(
            "Describe two finished pieces of work in your summary: "
            "what you made, with which tools, and for whom."
        )
        yield Step(text, 50)
    if len(profile.languages) < 2:
        text = message("Tick every language you can work in: jobs that need one leave others out.")
        yield Step(text, 46)


def _to_convince(profile: Profile) -> Iterator[Step]:
    """What a client looks at once the profile is found."""
    if not profile.links:
        text = message("Link one piece of work: a client can look at it before inviting you.")
        yield Step(text, 30)
