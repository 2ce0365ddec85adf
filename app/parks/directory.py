"""Find parks: the public directory, one park by its address, and the parks of a manager."""

from dataclasses import dataclass

from sqlalchemy import ColumnElement, Select, and_, func, or_, select
from sqlalchemy.orm import Session, contains_eager, joinedload, selectinload

from app.accounts.models import User
from app.errors import NotFound
from app.parks.models import Area, Operator, Park, ParkKind, ParkManager

MOST_LISTED = 24
MOST_MANAGED = 100
MOST_NAMED = 300
MOST_WORDS = 6


@dataclass(frozen=True)
class Listing:
    """One page of the directory. `next` is the address (slug) to go on after, None at the end."""

    parks: list[Park]
    total: int
    next: str | None


def find(session: Session, slug: str) -> Park | None:
    """The park at this address with its operator and managers, or None."""
    return session.scalar(select(Park).where(Park.slug == slug).options(*_SHOWN))


def get(session: Session, slug: str) -> Park:
    """The park at this address; raises `NotFound` when there is none."""
    park = find(session, slug)
    if park is None:
        raise NotFound("There is no park at this address.")
    return park


def get_managed(session: Session, park_id: int, user: User) -> Park:
    """A park that `user` manages; raises `NotFound` for any other."""
    park = session.scalar(
        select(Park).where(Park.id == park_id, managed_by_user(user)).options(*_SHOWN)
    )
    if park is None:
        raise NotFound("You manage no such park.")
    return park


def managed_by(session: Session, user: User) -> list[Park]:
    """The parks that `user` manages, by name."""
    return list(
        session.scalars(
            select(Park)
            .where(managed_by_user(user))
            .order_by(func.lower(Park.name), Park.id)
            .limit(MOST_MANAGED)
            .options(*_SHOWN)
        )
    )


def named(session: Session) -> list[tuple[str, str]]:
    """The address (slug) and name of each park, by name: what one can choose a park from."""
    parks = select(Park.slug, Park.name).order_by(_by_name, Park.id).limit(MOST_NAMED)
    return [(slug, name) for slug, name in session.execute(parks)]


def managed_by_user(user: User) -> ColumnElement[bool]:
    """The condition that `user` manages a park."""
    return Park.managers.any(ParkManager.user_id == user.id)


def browse(
    session: Session, area: Area | None = None, q: str | None = None, *, after: str | None = None
) -> Listing:
    """One page of the parks in `area` that hold every word of `q`, by name.

    `after` is the slug the last page ended with; one that no longer exists starts from the top.
    """
    matching = _matching(select(Park).join(Park.operator), area, q or "")
    total = session.scalar(select(func.count()).select_from(matching.subquery())) or 0
    last = find(session, after) if after else None
    shown = matching.options(contains_eager(Park.operator))
    if last:
        name = func.lower(last.name)
        shown = shown.where(
            or_(_by_name > name, and_(_by_name == name, Park.id > last.id)),
        )
    parks = list(session.scalars(shown.order_by(_by_name, Park.id).limit(MOST_LISTED + 1)))
    more = len(parks) > MOST_LISTED
    return Listing(parks[:MOST_LISTED], total, next=parks[MOST_LISTED - 1].slug if more else None)


def _matching(parks: Select[Park], area: Area | None, q: str) -> Select[Park]:
    if area:
        parks = parks.where(Park.area == area)
    for word in q.split()[:MOST_WORDS]:
        parks = parks.where(_holds(word))
    return parks


def _holds(word: str) -> ColumnElement[bool]:
    columns = (Park.name, Park.city, Park.district, Operator.key, Operator.name)
    return or_(
        *(column.icontains(word, autoescape=True) for column in columns),
        Park.area.in_([area for area in Area if _begins_part(word, area.name)]),
        Park.kind.in_([kind for kind in ParkKind if _begins_part(word, kind.name)]),
    )


def _begins_part(word: str, name: str) -> bool:
    return any(part.startswith(word.upper()) for part in name.split("_"))


_by_name = func.lower(Park.name)
_SHOWN = (joinedload(Park.operator), selectinload(Park.managers))
