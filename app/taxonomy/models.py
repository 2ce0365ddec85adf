"""Skills and the names they go by."""

from typing import Any

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from app import lengths
from app.db import Base
from app.taxonomy.names import joined


def _joined(context: Any) -> str:
    return joined(context.get_current_parameters()["key"])


class Skill(Base):
    """One skill of the shared vocabulary."""

    __tablename__ = "skills"

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(String(lengths.SKILL), unique=True)
    """The stable name it has in the derived taxonomy file."""
    label: Mapped[str] = mapped_column(String(lengths.SKILL))
    kind: Mapped[str] = mapped_column(String(20))
    popularity: Mapped[int] = mapped_column(default=0)
    """How widely it is asked for; puts the known ones first among suggestions."""


class SkillName(Base):
    """A name people use for a skill: its label or an alias."""

    __tablename__ = "skill_names"
    __table_args__ = (Index(None, "skill_id"), Index(None, "joined"))

    id: Mapped[int] = mapped_column(primary_key=True)
    skill_id: Mapped[int] = mapped_column(ForeignKey("skills.id", ondelete="CASCADE"))
    name: Mapped[str] = mapped_column(String(lengths.SKILL))
    key: Mapped[str] = mapped_column(String(lengths.SKILL), unique=True)
    """The name as it is looked up (see `name_key`); one key names one skill."""
    joined: Mapped[str] = mapped_column(String(lengths.SKILL), default=_joined)
    """The key without blanks and dots, under which another spelling finds it."""
