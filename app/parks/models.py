"""Parks, who runs them, who belongs to them, and whom they have seen in person."""

from datetime import date, datetime
from enum import StrEnum
from typing import Any, ClassVar

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app import lengths, texts
from app.accounts.models import User
from app.db import Base, UtcDateTime, enum_column
from app.lifecycle import Moves


class Operator(Base):
    """Who runs parks: PSEB, SCO, a university."""

    __tablename__ = "operators"

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(String(20), unique=True)
    name: Mapped[str] = mapped_column(String(lengths.NAME))


class ParkKind(StrEnum):
    """What sort of place it is."""

    TECHNOLOGY_PARK = "technology_park"
    WOMEN_PARK = "women_park"
    FREELANCING_HUB = "freelancing_hub"


class Area(StrEnum):
    """Pakistan's areas by ISO 3166-2 code."""

    BALOCHISTAN = "PK-BA"
    GILGIT_BALTISTAN = "PK-GB"
    ISLAMABAD = "PK-IS"
    AZAD_KASHMIR = "PK-JK"
    KHYBER_PAKHTUNKHWA = "PK-KP"
    PUNJAB = "PK-PB"
    SINDH = "PK-SD"


def park_key(name: str, city: str) -> str:
    """What tells a park from every other: its name in its city."""
    return texts.key(texts.fold(name), texts.fold(city))


def company_key(name: str) -> str:
    """What tells a company from the others of its park."""
    return texts.key(texts.fold(name))


def _park_key(context: Any) -> str:
    given = context.get_current_parameters()
    return park_key(given["name"], given["city"])


def _company_key(context: Any) -> str:
    return company_key(context.get_current_parameters()["name"])


class Park(Base):
    """A place where freelancers and companies work."""

    __tablename__ = "parks"
    __table_args__ = (Index("uq_parks_key", "key", unique=True),)

    id: Mapped[int] = mapped_column(primary_key=True)
    slug: Mapped[str] = mapped_column(String(lengths.SLUG), unique=True)
    name: Mapped[str] = mapped_column(String(lengths.NAME))
    kind: Mapped[ParkKind] = mapped_column(enum_column(ParkKind, "kind"))
    operator_id: Mapped[int] = mapped_column(ForeignKey("operators.id"))
    city: Mapped[str] = mapped_column(String(lengths.PLACE))
    district: Mapped[str] = mapped_column(String(lengths.PLACE))
    area: Mapped[Area] = mapped_column(enum_column(Area, "area"))
    about: Mapped[str] = mapped_column(Text, default="")
    opened_on: Mapped[date | None]
    seats: Mapped[int | None]
    is_demo: Mapped[bool] = mapped_column(default=False)
    key: Mapped[str] = mapped_column(String(lengths.KEY), default=_park_key)
    version: Mapped[int] = mapped_column(server_default="1")

    __mapper_args__ = {"version_id_col": version}

    operator: Mapped[Operator] = relationship(lazy="raise")
    managers: Mapped[list["ParkManager"]] = relationship(lazy="raise")
    companies: Mapped[list["TenantCompany"]] = relationship(
        lazy="raise", order_by="TenantCompany.name"
    )


class ParkManager(Base):
    """A person who answers for a park."""

    __tablename__ = "park_managers"

    park_id: Mapped[int] = mapped_column(
        ForeignKey("parks.id", ondelete="CASCADE"), primary_key=True
    )
    user_id: Mapped[int] = mapped_column(
        ForeignKey("users.id", ondelete="CASCADE"), primary_key=True
    )


class TenantCompany(Base):
    """A company that works in a park."""

    __tablename__ = "tenant_companies"
    __table_args__ = (UniqueConstraint("park_id", "key"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    park_id: Mapped[int] = mapped_column(ForeignKey("parks.id", ondelete="CASCADE"))
    name: Mapped[str] = mapped_column(String(lengths.NAME))
    about: Mapped[str] = mapped_column(String(lengths.LINE), default="")
    since_on: Mapped[date]
    is_demo: Mapped[bool] = mapped_column(default=False)
    key: Mapped[str] = mapped_column(String(lengths.KEY), default=_company_key)


class MembershipStatus(StrEnum):
    """Where a membership stands."""

    ASKED = "asked"
    CONFIRMED = "confirmed"
    DECLINED = "declined"
    ENDED = "ended"


class Membership(Base):
    """A person belongs to a park from a day to a day: they ask, the park confirms."""

    __tablename__ = "memberships"
    __table_args__ = (
        # One live membership a person: a park's earnings count each person once.
        Index(
            "uq_memberships_live",
            "user_id",
            unique=True,
            sqlite_where=text("status IN ('asked', 'confirmed')"),
            postgresql_where=text("status IN ('asked', 'confirmed')"),
        ),
        Index(None, "park_id", "status"),
    )
    MOVES: ClassVar[Moves] = {
        (MembershipStatus.ASKED, "confirm"): MembershipStatus.CONFIRMED,
        (MembershipStatus.ASKED, "decline"): MembershipStatus.DECLINED,
        (MembershipStatus.ASKED, "withdraw"): MembershipStatus.ENDED,
        (MembershipStatus.CONFIRMED, "end"): MembershipStatus.ENDED,
    }

    id: Mapped[int] = mapped_column(primary_key=True)
    park_id: Mapped[int] = mapped_column(ForeignKey("parks.id"))
    # The index above holds only what lives, which no plan with a bound status can use.
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), index=True)
    status: Mapped[MembershipStatus] = mapped_column(
        enum_column(MembershipStatus, "status"), default=MembershipStatus.ASKED
    )
    asked_at: Mapped[datetime] = mapped_column(UtcDateTime)
    from_on: Mapped[date | None]
    """The day the park confirmed it."""
    to_on: Mapped[date | None]
    """The last day; none while it lasts."""
    confirmed_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id", ondelete="SET NULL"))
    version: Mapped[int] = mapped_column()

    __mapper_args__ = {"version_id_col": version}

    park: Mapped[Park] = relationship(lazy="raise")
    user: Mapped[User] = relationship(lazy="raise", foreign_keys=[user_id])


class Verification(Base):
    """An officer of a park saw this person, with their papers, at a desk."""

    __tablename__ = "verifications"
    __table_args__ = (Index(None, "user_id", "ends_on"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))
    park_id: Mapped[int] = mapped_column(ForeignKey("parks.id"))
    seen_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id", ondelete="SET NULL"))
    seen_at: Mapped[datetime] = mapped_column(UtcDateTime)
    ends_on: Mapped[date]
    revoked_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    park: Mapped[Park] = relationship(lazy="raise")
