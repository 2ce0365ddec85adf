"""Writing the parks that public sources name, with invented managers and tenant companies."""

from datetime import date, datetime, timedelta

from sqlalchemy.orm import Session

from app.accounts.models import User
from app.demo import people, rows
from app.demo.dice import Dice
from app.demo.people import Person
from app.demo.rows import PlacedPark, Row
from app.demo.sources import Sources
from app.parks.models import Operator, Park, ParkKind, ParkManager, TenantCompany
from app.permissions import Role

_DAYS_BEFORE = 500


def add(
    session: Session, sources: Sources, seed: int, moment: datetime, password_hash: str
) -> dict[str, PlacedPark]:
    """Write all parks; the manager of one of them is the demo's own."""
    since = moment - timedelta(days=_DAYS_BEFORE)
    operators = dict(
        zip(
            (operator["key"] for operator in sources.operators),
            rows.add(session, Operator, list(sources.operators)),
            strict=True,
        )
    )
    slugs = list(sources.parks)
    parks = rows.add(session, Park, [_park(sources, slug, operators) for slug in slugs])
    managers = rows.add(
        session,
        User,
        [
            rows.user(_manager(sources, seed, slug), Role.MANAGER, since, password_hash)
            for slug in slugs
        ],
    )
    placed = {
        slug: PlacedPark(park_id, manager_id)
        for slug, park_id, manager_id in zip(slugs, parks, managers, strict=True)
    }
    rows.fill(
        session,
        ParkManager,
        [{"park_id": park.id, "user_id": park.manager_id} for park in placed.values()],
    )
    for slug, park in placed.items():
        rows.fill(session, TenantCompany, _companies(sources, seed, slug, park.id, moment.date()))
    return placed


def _park(sources: Sources, slug: str, operators: dict[str, int]) -> Row:
    given = sources.parks[slug]
    return {
        **{name: given[name] for name in ("slug", "name", "kind", "city", "district", "area")},
        "about": given["about"],
        "operator_id": operators[given["operator"]],
        "opened_on": date.fromisoformat(given["opened_on"]) if given["opened_on"] else None,
        "is_demo": True,
    }


def _manager(sources: Sources, seed: int, slug: str) -> Person:
    own = sources.sign_ins["manager"]
    if own["park"] == slug:
        return Person(own["name"], own["email"])
    park = sources.parks[slug]
    dice = Dice(seed, "manager", slug)
    woman = park["kind"] == ParkKind.WOMEN_PARK
    person = people.of_area(dice, sources, park["area"], 0, woman=woman)
    return Person(person.name, f"{slug}@parks.example.org")


def _companies(sources: Sources, seed: int, slug: str, park_id: int, today: date) -> list[Row]:
    wording = sources.wording["company"]
    dice = Dice(seed, "companies", slug)
    park = sources.parks[slug]
    is_hub = park["kind"] == ParkKind.FREELANCING_HUB
    earliest = date.fromisoformat(park["opened_on"]) if park["opened_on"] else date.min
    found = []
    for first in dice.some(wording["first"], dice.between(*((0, 1) if is_hub else (3, 7)))):
        kind, about = dice.pick(wording["kinds"])
        since = max(earliest, today - timedelta(days=dice.between(30, 1100)))
        found.append(
            {
                "park_id": park_id,
                "name": f"{first} {dice.pick(wording['last'])}",
                "about": f"{kind[0].upper()}{kind[1:]}. {about}",
                "since_on": since,
                "is_demo": True,
            }
        )
    return found
