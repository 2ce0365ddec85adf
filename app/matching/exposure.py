"""Who is seen how much, and who is new or of a small park: counted from what was shown."""

from collections import defaultdict
from collections.abc import Collection, Mapping
from datetime import UTC, date, datetime, time, timedelta

import numpy as np
from sqlalchemy import delete, exists, func, select
from sqlalchemy.orm import Session

from app.clock import today
from app.contracts.models import Contract
from app.matching.engine.fairness import needs, seen_at
from app.matching.models import Exposure, Shown, Subject
from app.parks.memberships import Standing
from app.parks.models import Membership, MembershipStatus
from app.profiles.models import Profile

NEW_FOR = timedelta(days=90)
SMALL_PARK = 20
"""A park with fewer members is small."""
COUNTED = timedelta(days=30)


def needs_of(
    session: Session, users: Mapping[int, int], standings: Mapping[int, Standing]
) -> dict[int, float]:
    """How much each profile should be lifted; `users` by profile, `standings` by user."""
    ids = sorted(users)
    new = newcomers(session, ids)
    small = small_parks(session, {standing.park.id for standing in standings.values()})
    in_small = {user for user, standing in standings.items() if standing.park.id in small}
    rows = select(Exposure.profile_id, Exposure.seen).where(Exposure.profile_id.in_(ids))
    seen: dict[int, float] = dict(session.execute(rows).all())
    is_favoured = np.array([key in new or users[key] in in_small for key in ids], np.bool_)
    lifted = needs(is_favoured, np.array([seen.get(key, 0.0) for key in ids], np.float64))
    return dict(zip(ids, lifted.tolist(), strict=True))


def newcomers(session: Session, ids: Collection[int] | None = None) -> set[int]:
    """Those of the profiles, or of all, that are young and have had no contract yet."""
    hired = exists().where(Contract.freelancer_id == Profile.user_id)
    # By the day, so that a list does not change within one.
    since = _start_of(today() - NEW_FOR)
    young = select(Profile.id).where(Profile.created_at >= since, ~hired)
    if ids is not None:
        young = young.where(Profile.id.in_(ids))
    return set(session.scalars(young))


def small_parks(session: Session, ids: Collection[int]) -> set[int]:
    """Those of the parks that have few members."""
    members = (
        select(Membership.park_id)
        .where(Membership.park_id.in_(ids), Membership.status == MembershipStatus.CONFIRMED)
        .group_by(Membership.park_id)
        .having(func.count() < SMALL_PARK)
    )
    return set(session.scalars(members))


def count_seen(session: Session) -> dict[int, float]:
    """How much each profile was seen on the shortlists of the last month."""
    since = _start_of(today() - COUNTED)
    query = select(Shown.entries).where(Shown.subject == Subject.JOB, Shown.shown_at >= since)
    seen: defaultdict[int, float] = defaultdict(float)
    for entries in session.scalars(query.execution_options(yield_per=500)):
        for entry in entries:
            seen[entry["id"]] += seen_at(entry["place"])
    return seen


def keep(session: Session, seen: Mapping[int, float]) -> None:
    """Put a new count in place of the last one; profiles that are gone are left out."""
    session.execute(delete(Exposure))
    there = set(session.scalars(select(Profile.id)))
    rows = [Exposure(profile_id=key, seen=value) for key, value in seen.items() if key in there]
    session.add_all(rows)
    session.flush()


def _start_of(day: date) -> datetime:
    return datetime.combine(day, time.min, UTC)
