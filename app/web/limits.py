"""How often something may be tried: counted in the database, so that all workers count together.

Where the database cannot count (its disk is full, its lock is held), nobody is kept out for that.
"""

import logging
import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Index, String, delete, select
from sqlalchemy.engine import Connection, Engine
from sqlalchemy.orm import Mapped, Session, mapped_column

from app import lengths, texts
from app.clock import now
from app.db import NOTE_SECONDS, UNABLE, Base, UtcDateTime, remove_some, take_turns, transaction
from app.errors import Busy, TooMany
from app.web.database import begin_request, db

log = logging.getLogger(__name__)
LONGEST = timedelta(days=1)
"""No limit looks further back."""

Window = tuple[int, timedelta]


class Attempt(Base):
    """One try of something that is limited."""

    __tablename__ = "attempts"
    __table_args__ = (Index(None, "key", "at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(String(lengths.KEY))
    """What is counted: "search:192.0.2.1"."""
    about: Mapped[str | None] = mapped_column(String(lengths.KEY))
    """Where different things are counted and not tries: which one it was."""
    at: Mapped[datetime] = mapped_column(UtcDateTime)


@dataclass(frozen=True)
class Allowance:
    """How many tries of `key` are free in each window; with `about`, how many different ones."""

    key: str
    windows: tuple[Window, ...]
    about: str | None = None

    def __post_init__(self) -> None:
        object.__setattr__(self, "key", texts.key(self.key))
        object.__setattr__(self, "about", self.about and texts.key(self.about))


def limit(key: str, *, most: int, within: timedelta) -> None:
    """Count one more try in this request; call before the request writes anything.

    The request already holds SQLite's one write lock, and the count must outlive a refusal: so the
    request lets go, the try is counted in a transaction of its own, and the request begins again.
    """
    db.session.rollback()
    count(db.engine, key, most=most, within=within)
    begin_request()


def forget(bind: Engine | Connection) -> int:
    """Remove some of the tries that no limit looks back to; return how many."""
    return remove_some(bind, Attempt, Attempt.at < now() - LONGEST)


def count(bind: Engine | Connection, key: str, *, most: int, within: timedelta) -> None:
    """Count one more try of `key`; raises `TooMany` when `most` were made `within` this time."""
    take(bind, [Allowance(key, ((most, within),))], patience=NOTE_SECONDS)


def take(
    bind: Engine | Connection, allowances: Sequence[Allowance], *, patience: float | None = None
) -> list[int]:
    """Count one try in each allowance, or in none and raise `TooMany` when one is used up.

    Returns what `give_back` takes, for a try that turns out to be none.
    """
    try:
        with transaction(bind, patience=patience) as session:
            # Two tries at once would not see each other.
            for key in sorted(one.key for one in allowances):
                take_turns(session, key)
            taken = [(one, _times(session, one)) for one in allowances]
            wait = max(_wait(one, times) for one, times in taken)
            if not wait:
                return _note(session, [one for one, times in taken if one.about not in times])
    except (Busy, *UNABLE):
        log.exception("A try could not be counted and is let through")
        return []
    seconds = math.ceil(wait.total_seconds())
    raise TooMany(
        "Too many tries. Wait %(minutes)d minutes and try again.",
        minutes=math.ceil(seconds / 60),
        retry_after_seconds=seconds,
    )


def give_back(session: Session, ids: Sequence[int]) -> None:
    """Forget these tries."""
    session.execute(delete(Attempt).where(Attempt.id.in_(ids)))


def _times(session: Session, one: Allowance) -> dict[str | int, datetime]:
    """When each try still counts from, or each different thing, after dropping what is over."""
    since = now() - max(within for _, within in one.windows)
    session.execute(delete(Attempt).where(Attempt.key == one.key, Attempt.at < since))
    rows = session.execute(
        select(Attempt.id, Attempt.about, Attempt.at)
        .where(Attempt.key == one.key)
        .order_by(Attempt.at)
    )
    return {row.about or row.id: row.at for row in rows}


def _wait(one: Allowance, times: dict[str | int, datetime]) -> timedelta:
    if one.about in times:
        return timedelta(0)
    waits = [timedelta(0)]
    for most, within in one.windows:
        inside = sorted(at for at in times.values() if at >= now() - within)
        if len(inside) >= most:
            waits.append(max(inside[-most] + within - now(), timedelta(seconds=1)))
    return max(waits)


def _note(session: Session, allowances: Sequence[Allowance]) -> list[int]:
    rows = [Attempt(key=one.key, about=one.about, at=now()) for one in allowances]
    session.add_all(rows)
    session.flush()
    return [row.id for row in rows]
