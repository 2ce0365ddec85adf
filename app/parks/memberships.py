"""Who belongs to a park: a freelancer asks, the park's manager confirms; both may end it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import Select, and_, bindparam, func, or_, select
from sqlalchemy.orm import Session, contains_eager, joinedload

from app import lifecycle, outbox
from app.accounts.models import User
from app.clock import now, today
from app.db import lock
from app.errors import Conflict, NotFound, TooMany
from app.notifications.service import notify
from app.parks import verifications
from app.parks.directory import managed_by_user
from app.parks.models import Membership, MembershipStatus, Park, ParkManager

LIVE = (MembershipStatus.ASKED, MembershipStatus.CONFIRMED)
MOST_WAITING = 50
MOST_LISTED = 50
# Asking and taking it back writes to the managers each time.
MOST_ASKED_A_DAY = 3
# SQLite binds 32,766 values and PostgreSQL plans long lists badly.
CHUNK = 500
# Beside every list of people, so made once (see accounts.sessions).
_STANDING = (
    select(Membership.user_id, Park, verifications.holds(Membership).label("seen"))
    .join(Membership.park)
    .where(
        Membership.user_id.in_(bindparam("user_ids", expanding=True)),
        Membership.status == MembershipStatus.CONFIRMED,
    )
)


@dataclass(frozen=True)
class Standing:
    """What a confirmed member may show: the park, and whether it has seen them with papers."""

    park: Park
    seen_in_person: bool


@dataclass(frozen=True)
class Roll:
    """One page of a park's members; `next` is the membership to go on after, None at the end."""

    members: list[Membership]
    next: int | None


def ask(session: Session, user: User, park: Park) -> Membership:
    """Ask a park to confirm `user`; refused while another membership is live."""
    person = session.get_one(User, user.id)  # a view's user is a stand-in for this one
    lock(session, person)
    live = current(session, user.id)
    if live:
        raise Conflict("You already belong to %(park)s, or have asked to.", park=live.park.name)
    if _asked_lately(session, user, park) >= MOST_ASKED_A_DAY:
        raise TooMany("You have asked this park often today. Try again tomorrow.")
    membership = Membership(park=park, user=person, status=MembershipStatus.ASKED, asked_at=now())
    session.add(membership)
    session.flush()
    _tell_managers(session, park, "membership.asked", person=user.name)
    return membership


def withdraw(session: Session, membership: Membership, by: User) -> None:
    """Take back the request, or leave the park: the member's own way out."""
    if membership.status is not MembershipStatus.CONFIRMED:
        lifecycle.advance(session, membership, "withdraw", by=by)
    else:
        lifecycle.advance(session, membership, "end", by=by)
        membership.to_on = today()
        _tell_matching(session, membership)
        _tell_managers(session, membership.park, "membership.left", person=membership.user.name)
    session.flush()


def confirm(session: Session, membership: Membership, by: User, *, seen_in_person: bool) -> None:
    """Take the person in; `seen_in_person` attests that `by` saw them with papers today."""
    lifecycle.advance(session, membership, "confirm", by=by)
    membership.from_on = today()
    membership.confirmed_by_id = by.id
    session.flush()
    if seen_in_person:
        verifications.record(session, membership, by=by)
    _tell_matching(session, membership)
    _tell_person(session, membership, "membership.confirmed")


def decline(session: Session, membership: Membership, by: User) -> None:
    """Turn the request down."""
    lifecycle.advance(session, membership, "decline", by=by)
    session.flush()
    _tell_person(session, membership, "membership.declined")


def end(session: Session, membership: Membership, by: User) -> None:
    """End the membership for the park; today is its last day."""
    lifecycle.advance(session, membership, "end", by=by)
    membership.to_on = today()
    session.flush()
    _tell_matching(session, membership)
    _tell_person(session, membership, "membership.ended")


def see(session: Session, membership: Membership, by: User) -> None:
    """Attest that `by` saw a confirmed member with papers today."""
    if membership.status is not MembershipStatus.CONFIRMED:
        raise Conflict("Only members who are confirmed can be seen in person.")
    verifications.record(session, membership, by=by)
    _tell_matching(session, membership)


def current(session: Session, user_id: int) -> Membership | None:
    """The person's live membership (asked or confirmed) with its park, or None."""
    return session.scalar(
        select(Membership)
        .where(Membership.user_id == user_id, Membership.status.in_(LIVE))
        .options(joinedload(Membership.park))
    )


def get_own(session: Session, membership_id: int, user: User) -> Membership:
    """A membership of `user`; raises `NotFound` for anybody else's."""
    return _get(session, select(Membership).where(Membership.user_id == user.id), membership_id)


def get_managed(session: Session, membership_id: int, manager: User) -> Membership:
    """A membership of a park that `manager` manages; raises `NotFound` for any other."""
    return _get(
        session,
        select(Membership).where(Membership.park.has(managed_by_user(manager))),
        membership_id,
    )


def waiting(session: Session, park: Park) -> list[Membership]:
    """The people who ask to be confirmed, the longest waiting first."""
    asked = _of(park, MembershipStatus.ASKED).order_by(Membership.asked_at, Membership.id)
    return list(session.scalars(asked.limit(MOST_WAITING)))


def roll(session: Session, park: Park, q: str = "", *, after: int | None = None) -> Roll:
    """One page of the confirmed members whose name holds `q`, by name."""
    members = _of(park, MembershipStatus.CONFIRMED)
    if q:
        members = members.where(User.name.icontains(q, autoescape=True))
    last = _name_of(session, park, after) if after else None
    if last is not None:
        members = members.where(or_(_by_name > last, and_(_by_name == last, Membership.id > after)))
    members = members.order_by(_by_name, Membership.id).limit(MOST_LISTED + 1)
    shown = list(session.scalars(members))
    more = len(shown) > MOST_LISTED
    return Roll(shown[:MOST_LISTED], next=shown[MOST_LISTED - 1].id if more else None)


def members_count(session: Session, park: Park) -> int:
    """How many confirmed members the park has. Below 5 the public is not told the number."""
    return counts(session, [park.id]).get(park.id, 0)


def waiting_count(session: Session, park: Park) -> int:
    """How many people ask the park to confirm them."""
    return counts(session, [park.id], MembershipStatus.ASKED).get(park.id, 0)


def counts(
    session: Session,
    park_ids: Iterable[int],
    status: MembershipStatus = MembershipStatus.CONFIRMED,
) -> dict[int, int]:
    """How many memberships in `status` each of a page of parks has; parks with none are absent."""
    counted = (
        select(Membership.park_id, func.count())
        .where(Membership.park_id.in_(list(park_ids)[:CHUNK]), Membership.status == status)
        .group_by(Membership.park_id)
    )
    return dict(session.execute(counted).all())


def standing_of(session: Session, user_ids: Iterable[int]) -> dict[int, Standing]:
    """How each of these people stands with their park; only confirmed members are in it."""
    ids = sorted(set(user_ids))
    found: dict[int, Standing] = {}
    for start in range(0, len(ids), CHUNK):
        rows = session.execute(_STANDING, {"user_ids": ids[start : start + CHUNK]})
        found.update({user_id: Standing(park, bool(seen)) for user_id, park, seen in rows})
    return found


def _of(park: Park, status: MembershipStatus) -> Select[Membership]:
    return (
        select(Membership)
        .join(Membership.user)
        .where(Membership.park_id == park.id, Membership.status == status)
        .options(contains_eager(Membership.user))
    )


def _get(session: Session, scope: Select[Membership], membership_id: int) -> Membership:
    membership = session.scalar(
        scope.where(Membership.id == membership_id).options(
            joinedload(Membership.park), joinedload(Membership.user)
        )
    )
    if membership is None:
        raise NotFound("There is no such membership.")
    return membership


def _name_of(session: Session, park: Park, membership_id: int) -> str | None:
    return session.scalar(
        select(_by_name)
        .select_from(Membership)
        .join(Membership.user)
        .where(Membership.id == membership_id, Membership.park_id == park.id)
    )


def _asked_lately(session: Session, user: User, park: Park) -> int:
    asked = select(func.count(Membership.id)).where(
        Membership.park_id == park.id,
        Membership.user_id == user.id,
        Membership.asked_at > now() - timedelta(days=1),
    )
    return session.scalar(asked) or 0


def _tell_managers(session: Session, park: Park, kind: str, *, person: str) -> None:
    managers = select(User).join(ParkManager).where(ParkManager.park_id == park.id)
    for manager in session.scalars(managers.order_by(User.id)).all():
        path = f"/my-parks/{park.id}"
        notify(session, manager, kind, path=path, person=person, park=park.name)


def _tell_person(session: Session, membership: Membership, kind: str) -> None:
    park = membership.park
    notify(session, membership.user, kind, path=f"/parks/{park.slug}", park=park.name)


_by_name = func.lower(User.name)


def _tell_matching(session: Session, membership: Membership) -> None:
    """The park's word is a part of the ranking."""
    outbox.add(session, "matching.embed_person", user_id=membership.user_id)
