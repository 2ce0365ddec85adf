"""Status moves along a table, and every move is written down: what, from where, by whom, when."""

from datetime import datetime
from enum import StrEnum
from typing import Any, ClassVar, Protocol

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, Session, mapped_column

from app.clock import now
from app.db import Base, UtcDateTime
from app.errors import Conflict

Moves = dict[tuple[StrEnum, str], StrEnum]


class Event(Base):
    """One move of one thing. Rows are added, never changed."""

    __tablename__ = "events"
    __table_args__ = (Index(None, "subject", "subject_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    subject: Mapped[str] = mapped_column(String(40))
    """The table of the thing that moved."""
    subject_id: Mapped[int]
    act: Mapped[str] = mapped_column(String(40))
    before: Mapped[str] = mapped_column(String(40))
    after: Mapped[str] = mapped_column(String(40))
    by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id", ondelete="SET NULL"))
    at: Mapped[datetime] = mapped_column(UtcDateTime)


class Actor(Protocol):
    """Whoever makes a move: anything with an id."""

    id: Any


class Movable(Protocol):
    """A thing with an id, a status, and `MOVES`, the table of its moves."""

    __tablename__: str
    MOVES: ClassVar[Moves]
    id: Any
    status: Any


def can_move(thing: Movable, act: str) -> bool:
    """Tell whether the table allows `act` from where the thing stands."""
    return (thing.status, act) in thing.MOVES


def advance(session: Session, thing: Movable, act: str, *, by: Actor | None) -> None:
    """Move `thing` along its table and write the move down.

    Raises `Conflict` when the table has no such move. `by` None is the platform itself.
    """
    target = thing.MOVES.get((thing.status, act))
    if target is None:
        raise Conflict("This cannot be done now. Its status: %(status)s.", status=str(thing.status))
    session.add(
        Event(
            subject=thing.__tablename__,
            subject_id=thing.id,
            act=act,
            before=thing.status,
            after=target,
            by_id=by.id if by else None,
            at=now(),
        )
    )
    thing.status = target
