"""Add a park, and keep what its page says."""

import re
import unicodedata
from dataclasses import dataclass
from datetime import date
from itertools import chain, count

from sqlalchemy import select
from sqlalchemy.orm import Session

from app import texts
from app.db import take_turns
from app.errors import Conflict
from app.parks.models import Area, Operator, Park, ParkKind, park_key

MOST_OPERATORS = 100
# /parks/new is the form that adds one.
TAKEN_ADDRESSES = frozenset({"new"})


@dataclass(frozen=True)
class PageDraft:
    """What a manager keeps of a park."""

    about: str
    seats: int | None


@dataclass(frozen=True)
class ParkDraft:
    """What an operator gives to add a park. `operator` is the name or the short name of one."""

    name: str
    kind: ParkKind
    operator: str
    city: str
    district: str
    area: Area
    opened_on: date | None
    page: PageDraft


def add(session: Session, draft: ParkDraft) -> Park:
    """Add a park; a second of the same name in one city is refused."""
    take_turns(session, "parks.add")  # the address and the operator may be there only once as well
    same = select(Park.id).where(Park.key == park_key(draft.name, draft.city))
    if session.scalar(same):
        raise Conflict("There is already a park of this name in %(city)s.", city=draft.city)
    park = Park(
        slug=_free_address(session, draft.name),
        name=draft.name,
        kind=draft.kind,
        operator=_operator(session, draft.operator),
        city=draft.city,
        district=draft.district,
        area=draft.area,
        opened_on=draft.opened_on,
        about=draft.page.about,
        seats=draft.page.seats,
    )
    session.add(park)
    session.flush()
    return park


def edit(session: Session, park: Park, draft: PageDraft) -> None:
    """Change what the park's page says."""
    park.about = draft.about
    park.seats = draft.seats
    session.flush()


def operators(session: Session) -> list[Operator]:
    """Those who run parks, by name."""
    return list(session.scalars(select(Operator).order_by(Operator.name).limit(MOST_OPERATORS)))


def _operator(session: Session, typed: str) -> Operator:
    every = session.scalars(select(Operator).order_by(Operator.id)).all()
    for operator in every:
        if texts.fold(typed) in (texts.fold(operator.key), texts.fold(operator.name)):
            return operator
    taken = {operator.key for operator in every}
    operator = Operator(key=_free(_plain(typed)[:16] or "operator", taken), name=typed)
    session.add(operator)
    return operator


def _free_address(session: Session, name: str) -> str:
    plain = _plain(name)[:70].strip("-") or "park"
    near = select(Park.slug).where(Park.slug.startswith(plain, autoescape=True))
    return _free(plain, TAKEN_ADDRESSES | set(session.scalars(near)))


def _free(plain: str, taken: frozenset[str] | set[str]) -> str:
    candidates = chain([plain], (f"{plain}-{n}" for n in count(2)))
    return next(one for one in candidates if one not in taken)


def _plain(name: str) -> str:
    ascii_name = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z0-9]+", "-", ascii_name.lower()).strip("-")
