"""Who is seen how much, and who is new or of a small park: counted from what was shown."""

from collections import defaultdict
from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta

import numpy as np
from sqlalchemy import bindparam, delete, exists, select
from sqlalchemy.orm import Session

from app.clock import today
from app.contracts.models import Contract
from app.matching.columns import FactColumns, days
from app.matching.engine.fairness import needs, seen_at
from app.matching.models import Exposure, Shown, Subject
from app.matching.view import Counts
from app.profiles.models import Profile

NEW_FOR = timedelta(days=90)
SMALL_PARK = 20
"""A park of which fewer people can be found is small."""
COUNTED = timedelta(days=30)

# Made once: every page asks for some five hundred.
_SEEN = select(Exposure.profile_id, Exposure.seen).where(
    Exposure.profile_id.in_(bindparam("ids", expanding=True))
)


def needs_of(session: Session, people: FactColumns, park_sizes: Counts) -> dict[int, float]:
    """How much each profile should be lifted; `park_sizes[i]` are in the park numbered i."""
    ids: list[int] = people.ids.tolist()
    seen: dict[int, float] = dict(session.execute(_SEEN, {"ids": ids}).all())
    # By the day, so that a list does not change within one.
    is_new = (people.created_on >= days(today() - NEW_FOR)) & ~people.is_hired
    in_small = (people.park > 0) & (park_sizes[people.park] < SMALL_PARK)
    lifted = needs(is_new | in_small, np.array([seen.get(key, 0.0) for key in ids], np.float64))
    return dict(zip(ids, lifted.tolist(), strict=True))


def newcomers(session: Session) -> set[int]:
    """The profiles that are young and have had no contract yet."""
    hired = exists().where(Contract.freelancer_id == Profile.user_id)
    since = _start_of(today() - NEW_FOR)
    return set(session.scalars(select(Profile.id).where(Profile.created_at >= since, ~hired)))


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
