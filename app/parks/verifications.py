"""Seen in person: an officer of a park attests that a person stood at a desk with their papers."""

from collections.abc import Iterable
from datetime import date, timedelta

from sqlalchemy import ColumnElement, Date, bindparam, exists, func, select
from sqlalchemy.orm import Session

from app.accounts.models import User
from app.clock import now, today
from app.parks.models import Membership, Park, Verification

LASTS = timedelta(days=365)


def record(session: Session, membership: Membership, *, by: User) -> Verification:
    """Write down that `by` saw the member with their papers today; it counts for a year."""
    seen = Verification(
        user_id=membership.user_id,
        park_id=membership.park_id,
        seen_by_id=by.id,
        seen_at=now(),
        ends_on=today() + LASTS,
    )
    session.add(seen)
    session.flush()
    return seen


def holds(membership: type[Membership]) -> ColumnElement[bool]:
    """The condition that the membership's own park has seen its person and it still counts."""
    return exists().where(
        Verification.user_id == membership.user_id,
        # One park does not vouch for what another saw.
        Verification.park_id == membership.park_id,
        *_counts(),
    )


def seen_until(session: Session, park: Park, user_ids: Iterable[int]) -> dict[int, date]:
    """Until when each of a page of people counts as seen by this park; others are absent."""
    last = (
        select(Verification.user_id, func.max(Verification.ends_on))
        .where(
            Verification.park_id == park.id,
            Verification.user_id.in_(list(user_ids)),
            *_counts(),
        )
        .group_by(Verification.user_id)
    )
    return dict(session.execute(last).all())


def _counts() -> tuple[ColumnElement[bool], ...]:
    # A statement may be made long before it is carried out: the day is asked for then.
    day = bindparam(None, callable_=today, type_=Date())
    return Verification.revoked_at.is_(None), Verification.ends_on >= day
