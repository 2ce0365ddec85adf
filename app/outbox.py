"""Effects promised in a transaction and carried out after it: add, claim, finish, fail.

A row is claimed by one UPDATE, so two workers never hold the same one. Whoever carries an effect
out must be able to do it twice: a worker that dies after the effect leaves the row claimed, and
the claim runs out.
"""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import JSON, Index, SmallInteger, String, Text, func, or_, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from app.clock import now
from app.db import Base, UtcDateTime

CLAIM_LASTS = timedelta(minutes=2)
MOST_ATTEMPTS = 8
FIRST, LATER = 0, 1
"""What somebody waits for, and what merely makes a page say more."""


class Effect(Base):
    """Something the world is owed: a letter to send, a text to encode."""

    __tablename__ = "effects"
    __table_args__ = (Index(None, "finished_at", "due_at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    task: Mapped[str] = mapped_column(String(60))
    payload: Mapped[dict[str, Any]] = mapped_column(JSON)
    priority: Mapped[int] = mapped_column(SmallInteger, default=FIRST, server_default="0")
    """Of two that are due, the lower goes first."""
    due_at: Mapped[datetime] = mapped_column(UtcDateTime)
    claimed_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    attempts: Mapped[int] = mapped_column(default=0)
    finished_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    gave_up_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    last_error: Mapped[str | None] = mapped_column(Text)


def add(session: Session, task: str, *, priority: int = FIRST, **payload: Any) -> None:
    """Promise an effect, in the transaction that makes it due."""
    session.add(Effect(task=task, payload=payload, priority=priority, due_at=now()))


def claim(session: Session) -> Effect | None:
    """Take the effect that is due and comes first, for a while; None when nothing is."""
    moment = now()
    # An effect that kills whoever carries it out never comes to `fail`: it is given up here.
    session.execute(
        update(Effect)
        .where(
            Effect.finished_at.is_(None),
            Effect.gave_up_at.is_(None),
            Effect.attempts >= MOST_ATTEMPTS,
            Effect.claimed_until < moment,
        )
        .values(gave_up_at=moment, last_error="The worker died at every try.")
        .execution_options(synchronize_session=False)
    )
    due = (
        select(Effect.id)
        .where(
            Effect.finished_at.is_(None),
            Effect.gave_up_at.is_(None),
            Effect.due_at <= moment,
            or_(Effect.claimed_until.is_(None), Effect.claimed_until < moment),
        )
        .order_by(Effect.priority, Effect.due_at, Effect.id)
        .limit(1)
        .with_for_update(skip_locked=True)
    )
    taken = session.execute(
        update(Effect)
        .where(Effect.id == due.scalar_subquery())
        .values(claimed_until=moment + CLAIM_LASTS, attempts=Effect.attempts + 1)
        .returning(Effect.id)
        .execution_options(synchronize_session=False)
    ).scalar_one_or_none()
    return session.get(Effect, taken, populate_existing=True) if taken else None


def count_due(session: Session) -> int:
    """How many effects wait to be claimed now."""
    moment = now()
    due = (
        Effect.finished_at.is_(None),
        Effect.gave_up_at.is_(None),
        Effect.due_at <= moment,
        or_(Effect.claimed_until.is_(None), Effect.claimed_until < moment),
    )
    return session.scalar(select(func.count()).where(*due)) or 0


def finish(session: Session, effect: Effect) -> None:
    """Note that the effect has been carried out."""
    session.get_one(Effect, effect.id).finished_at = now()


def fail(session: Session, effect: Effect, error: str) -> None:
    """Note a failure; try again later and later, and give up after a bounded number of tries."""
    row = session.get_one(Effect, effect.id)
    row.last_error = error[:2000]
    row.claimed_until = None
    row.due_at = now() + timedelta(seconds=2 ** min(row.attempts, 10))
    if row.attempts >= MOST_ATTEMPTS:
        row.gave_up_at = now()
