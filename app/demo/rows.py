"""Writing demo people and jobs in bulk: the rows that the site's own verbs would leave behind.

What is left out on purpose: notifications and letters about them, and the outbox's promises to
encode each text, because `flask matching refresh` encodes all of them at once.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from app.accounts.models import User
from app.db import Base
from app.demo.freelancers import Freelancer, Standing
from app.demo.jobs import Post
from app.demo.people import Person
from app.jobs.models import Job, JobLanguage, JobSkill, JobStatus
from app.lifecycle import Event
from app.parks import verifications
from app.parks.models import Membership, MembershipStatus, Verification
from app.permissions import Role
from app.profiles.models import (
    PastTitle,
    PortfolioLink,
    Profile,
    ProfileLanguage,
    ProfileSkill,
)
from app.taxonomy.models import Skill

Row = dict[str, Any]


@dataclass(frozen=True)
class PlacedPark:
    """A park that is in the database, and who answers for it."""

    id: int
    manager_id: int


@dataclass(frozen=True)
class Known:
    """What rows point at."""

    password_hash: str
    skills: dict[str, int]
    """Ids by the vocabulary's keys."""
    parks: dict[str, PlacedPark]
    """By slug."""


def skill_ids(session: Session) -> dict[str, int]:
    """The ids of all skills by key."""
    return {row.key: row.id for row in session.execute(select(Skill.key, Skill.id))}


def add(session: Session, model: type[Base], rows: Sequence[Row]) -> list[int]:
    """Write rows of a table with an `id` and return their ids in the same order."""
    if not rows:
        return []
    table = Base.metadata.tables[model.__tablename__]
    written = insert(table).returning(table.c.id, sort_by_parameter_order=True)
    return list(session.execute(written, rows).scalars())


def fill(session: Session, model: type[Base], rows: Sequence[Row]) -> None:
    """Write rows whose ids nobody asks for."""
    if rows:
        session.execute(insert(Base.metadata.tables[model.__tablename__]), rows)


def user(person: Person, role: Role, created_at: datetime, password_hash: str) -> Row:
    """The row of somebody who has signed up and proved their address."""
    return {
        "email": person.email,
        "name": person.name,
        "password_hash": password_hash,
        "role": role,
        "language": "en",
        "created_at": created_at,
        "email_verified_at": created_at,
        "is_demo": True,
    }


def add_freelancers(session: Session, people: Sequence[Freelancer], known: Known) -> list[int]:
    """Write freelancers with profiles and memberships; return the ids of the profiles."""
    users = add(
        session,
        User,
        [user(f.person, Role.FREELANCER, f.created_at, known.password_hash) for f in people],
    )
    profiles = add(
        session, Profile, [_profile(f, id_) for f, id_ in zip(people, users, strict=True)]
    )
    for model, lists in (
        (ProfileSkill, [[known.skills[key] for key in f.skills] for f in people]),
        (PastTitle, [f.past_titles for f in people]),
        (ProfileLanguage, [f.languages for f in people]),
        (PortfolioLink, [f.links for f in people]),
    ):
        fill(session, model, _listed(model, profiles, lists))
    _add_memberships(session, people, users, known)
    return profiles


def _profile(one: Freelancer, user_id: int) -> Row:
    return {
        "user_id": user_id,
        "headline": one.headline,
        "summary": one.summary,
        "rate_minor": one.rate_minor,
        "currency": one.currency,
        "availability": one.availability,
        "hours_per_week": one.hours_per_week,
        "created_at": one.created_at,
        "updated_at": one.updated_at,
        "published_at": one.published_at,
        "is_demo": True,
    }


_PLACED = {
    ProfileSkill: "skill_id",
    PastTitle: "title",
    PortfolioLink: "url",
    JobSkill: "skill_id",
}
_UNPLACED = {ProfileLanguage: "code", JobLanguage: "code"}


def _listed(model: Any, owners: Sequence[int], lists: Sequence[Sequence[Any]]) -> list[Row]:
    """The rows of a list that each owner has; where the table keeps an order, with it."""
    owner_key = "job_id" if model in (JobSkill, JobLanguage) else "profile_id"
    name = (_PLACED | _UNPLACED)[model]
    rows = []
    for owner, things in zip(owners, lists, strict=True):
        for position, thing in enumerate(things):
            place = {"position": position} if model in _PLACED else {}
            rows.append({owner_key: owner, name: thing, **place})
    return rows


def _add_memberships(
    session: Session, people: Sequence[Freelancer], users: Sequence[int], known: Known
) -> None:
    members = [(f.standing, id_) for f, id_ in zip(people, users, strict=True) if f.standing]
    ids = add(
        session,
        Membership,
        [_membership(standing, user_id, known) for standing, user_id in members],
    )
    confirmed = [
        (standing, user_id, id_)
        for (standing, user_id), id_ in zip(members, ids, strict=True)
        if standing.confirmed_at
    ]
    fill(session, Event, [_confirmation(s, id_, known) for s, _, id_ in confirmed])
    fill(
        session,
        Verification,
        [
            _verification(s.seen_at, user_id, known.parks[s.park])
            for s, user_id, _ in confirmed
            if s.seen_at
        ],
    )


def _membership(standing: Standing, user_id: int, known: Known) -> Row:
    park = known.parks[standing.park]
    confirmed_at = standing.confirmed_at
    return {
        "park_id": park.id,
        "user_id": user_id,
        "status": standing.status,
        "asked_at": standing.asked_at,
        "from_on": confirmed_at.date() if confirmed_at else None,
        "confirmed_by_id": park.manager_id if confirmed_at else None,
        "version": 2 if confirmed_at else 1,
    }


def _confirmation(standing: Standing, membership_id: int, known: Known) -> Row:
    return {
        "subject": Membership.__tablename__,
        "subject_id": membership_id,
        "act": "confirm",
        "before": MembershipStatus.ASKED.value,
        "after": MembershipStatus.CONFIRMED.value,
        "by_id": known.parks[standing.park].manager_id,
        "at": standing.confirmed_at,
    }


def _verification(seen_at: datetime, user_id: int, park: PlacedPark) -> Row:
    return {
        "user_id": user_id,
        "park_id": park.id,
        "seen_by_id": park.manager_id,
        "seen_at": seen_at,
        "ends_on": seen_at.date() + verifications.LASTS,
    }


def add_jobs(
    session: Session, posts: Sequence[Post], clients: dict[str, int], known: Known
) -> list[int]:
    """Write jobs with their moves so far; `clients` are ids by e-mail. Returns the jobs' ids."""
    owners = [clients[post.client.person.email] for post in posts]
    ids = add(session, Job, [_job(post, owner) for post, owner in zip(posts, owners, strict=True)])
    skills = [[known.skills[key] for key in post.skills] for post in posts]
    fill(session, JobSkill, _listed(JobSkill, ids, skills))
    fill(session, JobLanguage, _listed(JobLanguage, ids, [post.languages for post in posts]))
    moves = [
        move
        for post, owner, id_ in zip(posts, owners, ids, strict=True)
        for move in _moves(post, owner, id_)
    ]
    fill(session, Event, moves)
    return ids


def _job(post: Post, client_id: int) -> Row:
    return {
        "client_id": client_id,
        "title": post.title,
        "description": post.description,
        "status": post.status,
        "pay_kind": post.pay_kind,
        "least_minor": post.least_minor,
        "most_minor": post.most_minor,
        "currency": post.client.currency,
        "weeks": post.weeks,
        "answer_by_on": post.answer_by_on,
        "created_at": post.created_at,
        "updated_at": post.created_at + timedelta(minutes=2),
        "published_at": post.published_at,
        "closed_at": post.closed_at,
        "is_demo": True,
        "version": 1 + sum(1 for at in (post.published_at, post.closed_at) if at),
    }


def _moves(post: Post, client_id: int, job_id: int) -> list[Row]:
    made = [
        ("publish", JobStatus.DRAFT, JobStatus.OPEN, post.published_at),
        ("close", JobStatus.OPEN, JobStatus.CLOSED, post.closed_at),
    ]
    return [
        {
            "subject": Job.__tablename__,
            "subject_id": job_id,
            "act": act,
            "before": before.value,
            "after": after.value,
            "by_id": client_id,
            "at": at,
        }
        for act, before, after, at in made
        if at
    ]
