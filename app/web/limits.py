"""How often something may be tried: counted in the database, so that all workers count together."""

from datetime import datetime, timedelta

from sqlalchemy import Index, String, delete, func, select
from sqlalchemy.engine import Connection, Engine
from sqlalchemy.orm import Mapped, Session, mapped_column

from app import lengths, texts
from app.clock import now
from app.db import Base, UtcDateTime, transaction
from app.errors import TooMany
from app.web.database import begin_request, db

LONGEST = timedelta(days=1)
"""No limit looks further back."""
_AT_ONCE = 500


class Attempt(Base):
    """One try of something that is limited."""

    __tablename__ = "attempts"
    __table_args__ = (Index(None, "key", "at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(String(lengths.KEY))
    """What is counted: "sign-in:someone@example.org" or "sign-in:192.0.2.1"."""
    at: Mapped[datetime] = mapped_column(UtcDateTime)


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
    with Session(bind, join_transaction_mode="create_savepoint") as session:
        old = select(Attempt.id).where(Attempt.at < now() - LONGEST).limit(_AT_ONCE)
        ids = session.scalars(old).all()
    if ids:  # looked for without the write lock, which is everyone's
        with transaction(bind) as session:
            session.execute(delete(Attempt).where(Attempt.id.in_(ids)))
    return len(ids)


def count(bind: Engine | Connection, key: str, *, most: int, within: timedelta) -> None:
    """Count one more try of `key`; raises `TooMany` when `most` were made `within` this time."""
    key, moment = texts.key(key), now()
    with transaction(bind) as session:
        if bind.dialect.name == "postgresql":
            # Two tries at once would not see each other; SQLite's writers come one by one anyway.
            session.execute(select(func.pg_advisory_xact_lock(func.hashtext(key))))
        session.execute(delete(Attempt).where(Attempt.key == key, Attempt.at < moment - within))
        made = session.scalar(select(func.count()).where(Attempt.key == key)) or 0
        if made < most:
            session.add(Attempt(key=key, at=moment))
            return
    raise TooMany(
        "Too many tries. Wait %(minutes)d minutes and try again.",
        minutes=max(1, round(within.total_seconds() / 60)),
    )
