"""Searches that people keep, and what each of them has been told about."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app import lengths
from app.accounts.models import User
from app.db import Base, UtcDateTime, enum_column


class Kind(StrEnum):
    """What is looked for."""

    FREELANCERS = "freelancers"
    JOBS = "jobs"


class SavedSearch(Base):
    """What a person looks for again and again."""

    __tablename__ = "saved_searches"

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), index=True)
    kind: Mapped[Kind] = mapped_column(enum_column(Kind, "kind"))
    name: Mapped[str] = mapped_column(String(lengths.CAPTION))
    asked: Mapped[dict[str, Any]] = mapped_column(JSON)
    """The words and filters as the address of the search carries them (`Wanted.asked`)."""
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    alerts_began_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """Since when letters tell of what is new; none are sent while it is None."""
    looked_at: Mapped[datetime | None] = mapped_column(UtcDateTime, index=True)
    """When the worker last looked for something new."""
    last_alerted_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    feed_token: Mapped[str | None] = mapped_column(String(lengths.DIGEST), unique=True)
    """The secret in the feed's address; shown again to its owner, so it is kept as it is."""

    user: Mapped[User] = relationship(lazy="raise")


class Told(Base):
    """A profile or a job that a letter has told of: it is told once."""

    __tablename__ = "told"

    search_id: Mapped[int] = mapped_column(
        ForeignKey("saved_searches.id", ondelete="CASCADE"), primary_key=True
    )
    thing_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    """Of the profile or the job, as the search's kind says."""
    told_at: Mapped[datetime] = mapped_column(UtcDateTime)
