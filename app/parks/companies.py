"""The companies that rent rooms in a park."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from app.db import lock
from app.errors import Conflict, NotFound
from app.parks.models import Park, TenantCompany, company_key

MOST_LISTED = 12


@dataclass(frozen=True)
class CompanyDraft:
    """What a manager writes about a company."""

    name: str
    about: str
    since_on: date


@dataclass(frozen=True)
class Tenants:
    """One page of a park's companies; `next` is the name to go on after, None at the end."""

    companies: list[TenantCompany]
    total: int
    next: str | None


def add(session: Session, park: Park, draft: CompanyDraft) -> TenantCompany:
    """Write a company into the park's list; one name stands there once."""
    lock(session, park)
    same = select(TenantCompany.id).where(
        TenantCompany.park_id == park.id, TenantCompany.key == company_key(draft.name)
    )
    if session.scalar(same):
        raise Conflict("%(company)s is already on the list.", company=draft.name)
    company = TenantCompany(
        park_id=park.id, name=draft.name, about=draft.about, since_on=draft.since_on
    )
    session.add(company)
    session.flush()
    return company


def remove(session: Session, park: Park, company_id: int) -> str:
    """Take a company off the park's list and return its name; `NotFound` for another park's."""
    gone = session.scalar(
        delete(TenantCompany)
        .where(TenantCompany.id == company_id, TenantCompany.park_id == park.id)
        .returning(TenantCompany.name)
    )
    if gone is None:
        raise NotFound("There is no such company in this park.")
    return gone


def of_park(session: Session, park: Park, *, after: str | None = None) -> Tenants:
    """One page of the park's companies, by name."""
    every = select(TenantCompany).where(TenantCompany.park_id == park.id)
    shown = every.where(TenantCompany.name > after) if after else every
    companies = list(session.scalars(shown.order_by(TenantCompany.name).limit(MOST_LISTED + 1)))
    more = len(companies) > MOST_LISTED
    return Tenants(
        companies[:MOST_LISTED],
        total=counts(session, [park.id]).get(park.id, 0),
        next=companies[MOST_LISTED - 1].name if more else None,
    )


def counts(session: Session, park_ids: Iterable[int]) -> dict[int, int]:
    """How many companies each of a page of parks has; parks with none are absent."""
    counted = (
        select(TenantCompany.park_id, func.count())
        .where(TenantCompany.park_id.in_(list(park_ids)))
        .group_by(TenantCompany.park_id)
    )
    return dict(session.execute(counted).all())
