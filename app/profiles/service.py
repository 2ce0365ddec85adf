"""The verbs on a profile: save, publish, withdraw, and finding one for a viewer."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import and_, bindparam, or_, select
from sqlalchemy.orm import Session, joinedload, selectinload

from app import outbox
from app.accounts.models import User
from app.clock import now
from app.errors import Conflict, NotFound, Stale
from app.profiles.models import (
    Availability,
    PastTitle,
    PortfolioLink,
    Profile,
    ProfileLanguage,
    ProfileSkill,
)
from app.taxonomy.models import Skill
from app.texts import message

SHORTEST_SUMMARY = 40
# Made once: to make such a statement takes as long as to carry it out.
_LOADED = select(Profile).options(
    joinedload(Profile.user),
    selectinload(Profile.skills).joinedload(ProfileSkill.skill),
    selectinload(Profile.past_titles),
    selectinload(Profile.languages),
    selectinload(Profile.links),
)
_PLAIN = select(Profile).where(Profile.user_id == bindparam("user_id"))
_OF_USER = _LOADED.where(Profile.user_id == bindparam("user_id"))
_SHOWN = _LOADED.join(Profile.user).where(
    Profile.id == bindparam("profile_id"),
    or_(
        and_(Profile.published_at.is_not(None), User.suspended_at.is_(None)),
        Profile.user_id == bindparam("viewer_id"),
    ),
)


@dataclass(frozen=True)
class ProfileDraft:
    """What a freelancer says about themselves. `skills` and `past_titles`: the strongest first."""

    headline: str = ""
    summary: str = ""
    skills: tuple[Skill, ...] = ()
    past_titles: tuple[str, ...] = ()
    rate_minor: int | None = None
    currency: str = "USD"
    availability: Availability = Availability.OPEN
    hours_per_week: int = 30
    languages: tuple[str, ...] = ()
    links: tuple[str, ...] = ()


class Incomplete(Conflict):
    """A public profile needs more than this; `missing` says what, by field, as sentences."""

    def __init__(self, missing: dict[str, str]) -> None:
        super().__init__(
            message("This profile is not complete yet. %(missing)s"),
            missing=" ".join(missing.values()),
        )
        self.missing = missing


def draft_of(profile: Profile) -> ProfileDraft:
    """What a saved profile says."""
    return ProfileDraft(
        headline=profile.headline,
        summary=profile.summary,
        skills=tuple(row.skill for row in profile.skills),
        past_titles=tuple(row.title for row in profile.past_titles),
        rate_minor=profile.rate_minor,
        currency=profile.currency,
        availability=profile.availability,
        hours_per_week=profile.hours_per_week,
        languages=tuple(row.code for row in profile.languages),
        links=tuple(row.url for row in profile.links),
    )


def missing(draft: ProfileDraft) -> dict[str, str]:
    """What a profile lacks to be public: a sentence (a message id) for each field."""
    needs = {
        "headline": (bool(draft.headline), message("Write a headline.")),
        "summary": (
            len(draft.summary) >= SHORTEST_SUMMARY,
            message("Write a summary of at least 40 characters."),
        ),
        "skills": (bool(draft.skills), message("List at least one skill.")),
        "rate": (draft.rate_minor is not None, message("Name your rate for an hour of work.")),
        "languages": (bool(draft.languages), message("Tick at least one language.")),
    }
    return {field: sentence for field, (is_there, sentence) in needs.items() if not is_there}


def of_user(session: Session, user: User) -> Profile | None:
    """The person's own profile with everything loaded, or None."""
    return session.scalar(_OF_USER, {"user_id": user.id})


def find_of_user(session: Session, user: User) -> Profile | None:
    """The person's own profile without its lists, for who only asks whether it is public."""
    return session.scalar(_PLAIN, {"user_id": user.id})


def get(session: Session, profile_id: int, viewer: Any) -> Profile:
    """A published profile, or the viewer's own, with everything loaded; else `NotFound`."""
    given = {"profile_id": profile_id, "viewer_id": getattr(viewer, "id", None)}
    profile = session.scalar(_SHOWN, given)
    if profile is None:
        raise NotFound("There is no such profile, or it is not public.")
    return profile


def save(session: Session, user: User, draft: ProfileDraft, *, seen: int | None = None) -> Profile:
    """Keep what a freelancer says; a first save makes the profile, not yet public.

    `seen` is the version that is written over, 0 for none; without it, whichever there is.

    Raises `Incomplete` when the profile is public and would no longer be complete.
    """
    # Two windows of one person save one after the other: their lists must not interleave.
    session.execute(select(User.id).where(User.id == user.id).with_for_update())
    anew = {"populate_existing": True}
    found = session.scalar(_OF_USER, {"user_id": user.id}, execution_options=anew)
    if seen is not None and seen != (found.version if found else 0):
        raise Stale("Someone changed this at the same moment. Reload and look again.")
    profile = found or _begin(session, user)
    if profile.published_at and (lacks := missing(draft)):
        raise Incomplete(lacks)
    for name in ("headline", "summary", "rate_minor", "currency", "availability"):
        setattr(profile, name, getattr(draft, name))
    profile.hours_per_week = draft.hours_per_week
    profile.updated_at = now()
    _keep_lists(profile, draft)
    session.flush()
    _encode(session, profile)
    return profile


def publish(session: Session, profile: Profile) -> None:
    """Show the profile to everyone; raises `Incomplete` while something is missing."""
    if lacks := missing(draft_of(profile)):
        raise Incomplete(lacks)
    if profile.published_at is None:  # who saves a public one has asked for its encoding
        profile.published_at = now()
        _encode(session, profile)


def withdraw(session: Session, profile: Profile) -> None:
    """Make the profile a draft again, that nobody else sees."""
    profile.published_at = None
    _encode(session, profile)


def erase(session: Session, profile: Profile) -> None:
    """Remove every word of the profile; what is left is an empty draft of the person's own."""
    withdraw(session, profile)
    save(session, profile.user, ProfileDraft())


def _begin(session: Session, user: User) -> Profile:
    # The row itself: what a view passes may stand for it.
    profile = Profile(user=session.get_one(User, user.id), created_at=now())
    profile.skills, profile.past_titles, profile.languages, profile.links = [], [], [], []
    session.add(profile)
    return profile


def _keep_lists(profile: Profile, draft: ProfileDraft) -> None:
    # Rows are changed where they stand: new ones are inserted before old ones are deleted, and
    # a place or a skill may be there only once.
    listed = {row.skill.id: row for row in profile.skills}
    skills = [listed.get(skill.id) or ProfileSkill(skill=skill) for skill in draft.skills]
    for position, row in enumerate(skills):
        row.position = position
    profile.skills = skills
    codes = {row.code: row for row in profile.languages}
    profile.languages = [codes.get(c) or ProfileLanguage(code=c) for c in draft.languages]
    titles = _rows(profile.past_titles, PastTitle, len(draft.past_titles))
    for row, title in zip(titles, draft.past_titles, strict=True):
        row.title = title
    profile.past_titles = titles
    links = _rows(profile.links, PortfolioLink, len(draft.links))
    for row, url in zip(links, draft.links, strict=True):
        row.url = url
    profile.links = links


def _rows(kept: list[Any], kind: type[Any], count: int) -> list[Any]:
    return [*kept[:count], *(kind(position=n) for n in range(len(kept), count))]


def _encode(session: Session, profile: Profile) -> None:
    outbox.add(session, "matching.embed", subject="profile", subject_id=profile.id)
