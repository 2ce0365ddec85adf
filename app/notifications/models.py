"""Rows of a person's tray, and the letters a demo keeps instead of sending."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from app import lengths
from app.db import Base, UtcDateTime


class Notification(Base):
    """Something a person is told."""

    __tablename__ = "notifications"
    __table_args__ = (Index(None, "user_id", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))
    kind: Mapped[str] = mapped_column(String(40))
    """A key of `app.notifications.kinds.KINDS`, which holds the sentence."""
    params: Mapped[dict[str, Any]] = mapped_column(JSON)
    path: Mapped[str] = mapped_column(String(lengths.PATH))
    """Where on this site it leads: begins with a slash."""
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    read_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class KeptLetter(Base):
    """A letter that was kept for reading because no mail server is set."""

    __tablename__ = "kept_letters"

    id: Mapped[int] = mapped_column(primary_key=True)
    effect_id: Mapped[int] = mapped_column(unique=True)
    """The outbox row it was made for: carried out twice, it is kept once."""
    recipient: Mapped[str] = mapped_column(String(lengths.ADDRESS))
    subject: Mapped[str] = mapped_column(Text)
    body: Mapped[str] = mapped_column(Text)
    kept_at: Mapped[datetime] = mapped_column(UtcDateTime)
