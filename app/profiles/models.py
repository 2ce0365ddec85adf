"""A freelancer's profile and the rows it is made of."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app import lengths
from app.accounts.models import User
from app.db import Base, UtcDateTime, enum_column
from app.taxonomy.models import Skill


class Availability(StrEnum):
    """Whether a freelancer takes work now."""

    OPEN = "open"
    LIMITED = "limited"
    AWAY = "away"


class Profile(Base):
    """What a freelancer offers. A draft has no `published_at` and is shown to nobody else."""

    __tablename__ = "profiles"
    __table_args__ = (
        CheckConstraint("rate_minor IS NULL OR rate_minor > 0", name="rate_positive"),
        CheckConstraint("hours_per_week BETWEEN 1 AND 80", name="hours_range"),
        Index(None, "published_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), unique=True)
    headline: Mapped[str] = mapped_column(String(lengths.TITLE), default="")
    summary: Mapped[str] = mapped_column(Text, default="")
    rate_minor: Mapped[int | None]
    """Asked for an hour of work, in the smallest unit of `currency`."""
    currency: Mapped[str] = mapped_column(String(3), default="USD")
    availability: Mapped[Availability] = mapped_column(
        enum_column(Availability, "availability"), default=Availability.OPEN
    )
    hours_per_week: Mapped[int] = mapped_column(default=30)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    updated_at: Mapped[datetime] = mapped_column(UtcDateTime)
    published_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    is_demo: Mapped[bool] = mapped_column(default=False)
    version: Mapped[int] = mapped_column(server_default="1")

    __mapper_args__ = {"version_id_col": version}

    user: Mapped[User] = relationship(lazy="raise")
    skills: Mapped[list["ProfileSkill"]] = relationship(
        lazy="raise", order_by="ProfileSkill.position", cascade="all, delete-orphan"
    )
    past_titles: Mapped[list["PastTitle"]] = relationship(
        lazy="raise", order_by="PastTitle.position", cascade="all, delete-orphan"
    )
    languages: Mapped[list["ProfileLanguage"]] = relationship(
        lazy="raise", order_by="ProfileLanguage.code", cascade="all, delete-orphan"
    )
    links: Mapped[list["PortfolioLink"]] = relationship(
        lazy="raise", order_by="PortfolioLink.position", cascade="all, delete-orphan"
    )


class ProfileSkill(Base):
    """A skill a freelancer lists, strongest first."""

    __tablename__ = "profile_skills"

    profile_id: Mapped[int] = mapped_column(
        ForeignKey("profiles.id", ondelete="CASCADE"), primary_key=True
    )
    skill_id: Mapped[int] = mapped_column(ForeignKey("skills.id"), primary_key=True, index=True)
    position: Mapped[int]

    skill: Mapped[Skill] = relationship(lazy="raise")


class PastTitle(Base):
    """What a freelancer has worked as."""

    __tablename__ = "past_titles"
    __table_args__ = (UniqueConstraint("profile_id", "position"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    profile_id: Mapped[int] = mapped_column(ForeignKey("profiles.id", ondelete="CASCADE"))
    position: Mapped[int]
    title: Mapped[str] = mapped_column(String(lengths.TITLE))


class ProfileLanguage(Base):
    """A language a freelancer can work in (ISO 639-1)."""

    __tablename__ = "profile_languages"

    profile_id: Mapped[int] = mapped_column(
        ForeignKey("profiles.id", ondelete="CASCADE"), primary_key=True
    )
    code: Mapped[str] = mapped_column(String(2), primary_key=True)


class PortfolioLink(Base):
    """A piece of work that can be looked at."""

    __tablename__ = "portfolio_links"
    __table_args__ = (UniqueConstraint("profile_id", "position"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    profile_id: Mapped[int] = mapped_column(ForeignKey("profiles.id", ondelete="CASCADE"))
    position: Mapped[int]
    url: Mapped[str] = mapped_column(String(lengths.LINK))
