"""Who plays a part: the four demo sign-ins, the people around them, and the demo client's jobs."""

from datetime import datetime, timedelta
from typing import Any

from app.demo.freelancers import Cast, Freelancer, Standing
from app.demo.jobs import Part
from app.demo.people import Client, Person
from app.demo.sources import Sources
from app.parks.models import MembershipStatus
from app.permissions import Role
from app.profiles.models import Availability

SIGN_INS = (Role.FREELANCER, Role.CLIENT, Role.MANAGER, Role.OPERATOR)
DEMO_FREELANCER = 1
BOOKING, FILM, TEXTS, FASTER = 1, 2, 3, 4
"""The demo client's jobs: proposals, invitations, nothing yet, and a hire."""

FREELANCERS = {
    2: Cast("graphic", "gilgit", None),
    3: Cast("translation", "gilgit", None),
    4: Cast("python", "gilgit", None),
    5: Cast("front-end", "skardu"),
    6: Cast("front-end", "peshawar"),
    7: Cast("front-end", "muzaffarabad-women"),
    8: Cast("video", "lahore-1"),
    9: Cast("video", "hunza"),
    10: Cast("front-end", "karachi-2"),
}
ASKING = (2, 3, 4)
"""These ask the demo manager's park to confirm them."""


def person(sources: Sources, role: Role) -> Person:
    """The demo sign-in of a role."""
    own = sources.sign_ins[role.value]
    return Person(own["name"], own["email"])


def client(sources: Sources) -> Client:
    """The demo client and their business."""
    own = sources.sign_ins["client"]
    return Client(
        person(sources, Role.CLIENT),
        *(own[name] for name in ("country", "currency", "place", "business", "people")),
    )


def parts(sources: Sources, others: list[Client]) -> dict[int, Part]:
    """The jobs that are settled beforehand, by their numbers."""
    own = client(sources)
    return {
        BOOKING: Part(own, "front-end", 0, 9),
        FILM: Part(own, "video", 2, 4),
        TEXTS: Part(own, "content", 0, 1),
        FASTER: Part(own, "front-end", 2, 30),
        5: Part(_other(sources, others, "full-stack", 2), "full-stack", 2, 6),
        6: Part(_other(sources, others, "front-end", 3), "front-end", 3, 3),
    }


def _other(sources: Sources, others: list[Client], trade: str, seed: int) -> Client:
    """Somebody else who pays in the demo freelancer's currency and posts such jobs."""
    own, fits = client(sources), sources.trades[trade].jobs[seed].fits
    same = [other for other in others if other.currency == own.currency] or [own]
    return next((one for one in same if fits & sources.businesses[one.business]), same[0])


def demo_freelancer(sources: Sources, moment: datetime) -> Freelancer:
    """The freelancer anybody may sign in as."""
    own: dict[str, Any] = sources.sign_ins["freelancer"]
    created_at = moment - timedelta(days=400, hours=3)
    confirmed_at = created_at + timedelta(days=2)
    return Freelancer(
        person=person(sources, Role.FREELANCER),
        trade=own["trade"],
        standing=Standing(
            own["park"],
            MembershipStatus.CONFIRMED,
            created_at + timedelta(hours=1),
            confirmed_at,
            moment - timedelta(days=90),
        ),
        created_at=created_at,
        headline=own["headline"],
        summary=own["summary"].strip().replace("\n", "\n\n"),
        skills=tuple(own["skills"]),
        past_titles=tuple(own["past_titles"]),
        rate_minor=own["rate_minor"],
        currency=own["currency"],
        availability=Availability.OPEN,
        hours_per_week=own["hours_per_week"],
        languages=tuple(own["languages"]),
        links=tuple(own["links"]),
        updated_at=moment - timedelta(days=12),
        published_at=created_at + timedelta(hours=2),
    )
