"""What matching keeps: the encoded texts, and what each person was shown."""

from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, Double, ForeignKey, Index, LargeBinary, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from app import lengths
from app.db import Base, UtcDateTime, enum_column


class Subject(StrEnum):
    """What a text describes."""

    PROFILE = "profile"
    JOB = "job"


class Embedding(Base):
    """One profile or job as the engine sees it: vectors, terms and facts, without names.

    What is no longer to be found stays for a while without any of them, so that every process
    hears of it (see `app.matching.pool`).
    """

    __tablename__ = "embeddings"
    __table_args__ = (Index(None, "subject", "model", "updated_at"),)

    subject: Mapped[Subject] = mapped_column(enum_column(Subject, "subject"), primary_key=True)
    subject_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    model: Mapped[str] = mapped_column(String(120), primary_key=True)
    fingerprint: Mapped[str] = mapped_column(String(lengths.DIGEST))
    """Of the model's name and the composed text: differs from the text's own when stale."""
    body: Mapped[bytes] = mapped_column(LargeBinary)
    """float32, unit length, `dimension` numbers."""
    titles: Mapped[bytes] = mapped_column(LargeBinary)
    """float32, one unit row of `dimension` numbers for each title."""
    terms: Mapped[str] = mapped_column(Text)
    """The stemmed words of the text, separated by blanks."""
    facts: Mapped[str] = mapped_column(Text)
    """See `app.matching.facts`; empty for what is no longer to be found."""
    version: Mapped[int] = mapped_column(default=1)
    """Counts the times the row was written; two may be of the same moment."""
    source_updated_at: Mapped[datetime] = mapped_column(UtcDateTime)
    """The profile's or job's `updated_at` when its text was read; another now means it is stale."""
    updated_at: Mapped[datetime] = mapped_column(UtcDateTime)


class Trial(Base):
    """A profile or job without the words of one quote, as the engine would see it.

    Made by the worker. Without vectors it is one that a page has asked for.
    """

    __tablename__ = "trials"
    __table_args__ = (
        Index(None, "subject", "subject_id"),
        Index(None, "used_on"),
        Index(
            "ix_trials_asked",
            "used_on",
            sqlite_where=text("body IS NULL"),
            postgresql_where=text("body IS NULL"),
        ),
    )

    model: Mapped[str] = mapped_column(String(120), primary_key=True)
    digest: Mapped[str] = mapped_column(String(lengths.DIGEST), primary_key=True)
    """Of the whole text's fingerprint and the quote: another text has other trials."""
    subject: Mapped[Subject] = mapped_column(enum_column(Subject, "subject"))
    subject_id: Mapped[int]
    body: Mapped[bytes | None] = mapped_column(LargeBinary)
    titles: Mapped[bytes | None] = mapped_column(LargeBinary)
    terms: Mapped[str | None] = mapped_column(Text)
    used_on: Mapped[date]
    """The last day a page looked, give or take a week."""


class Shown(Base):
    """What one person was shown, in which order and why, kept for audit."""

    __tablename__ = "shown"
    __table_args__ = (Index(None, "subject", "subject_id", "shown_at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    subject: Mapped[Subject] = mapped_column(enum_column(Subject, "subject"))
    """What was asked about: a job's shortlist or a profile's feed."""
    subject_id: Mapped[int]
    viewer_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))
    shown_at: Mapped[datetime] = mapped_column(UtcDateTime)
    model: Mapped[str] = mapped_column(String(120))
    weights: Mapped[dict[str, float]] = mapped_column(JSON)
    entries: Mapped[list[dict[str, Any]]] = mapped_column(JSON)
    """[{"id", "total", "parts"}], best first."""
    digest: Mapped[str] = mapped_column(String(lengths.DIGEST))
    """Of the entries: the same list seen again is not written again."""


class Exposure(Base):
    """How much a profile was seen lately, counted once a day, so that a day has one order."""

    __tablename__ = "exposures"

    profile_id: Mapped[int] = mapped_column(
        ForeignKey("profiles.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    seen: Mapped[float] = mapped_column(Double)
    """The sum over its places of 1 / log2(place + 1)."""


class FairnessReport(Base):
    """What a day's count found: who is seen, how unequally, and what fairness costs."""

    __tablename__ = "fairness_reports"

    counted_on: Mapped[date] = mapped_column(primary_key=True)
    figures: Mapped[dict[str, Any]] = mapped_column(JSON)
