"""The contract an accepted proposal makes, and its milestones."""

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app import lengths
from app.accounts.models import User
from app.db import Base, UtcDateTime, enum_column
from app.jobs.models import Job, Proposal
from app.parks.models import Park


class ContractStatus(StrEnum):
    """Where a contract stands."""

    ACTIVE = "active"


class MilestoneStatus(StrEnum):
    """Where a milestone stands."""

    AGREED = "agreed"


class Contract(Base):
    """What two people agreed on when a proposal was accepted. Its terms never change."""

    __tablename__ = "contracts"
    __table_args__ = (Index(None, "client_id"), Index(None, "freelancer_id"))

    id: Mapped[int] = mapped_column(primary_key=True)
    proposal_id: Mapped[int] = mapped_column(ForeignKey("proposals.id"), unique=True)
    job_id: Mapped[int] = mapped_column(ForeignKey("jobs.id"), unique=True)
    client_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    freelancer_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    park_id: Mapped[int | None] = mapped_column(ForeignKey("parks.id"))
    """The freelancer's park on the day of the hire: its earnings stay there if they move."""
    title: Mapped[str] = mapped_column(String(lengths.TITLE))
    currency: Mapped[str] = mapped_column(String(3))
    total_minor: Mapped[int]
    status: Mapped[ContractStatus] = mapped_column(
        enum_column(ContractStatus, "status"), default=ContractStatus.ACTIVE
    )
    began_at: Mapped[datetime] = mapped_column(UtcDateTime)

    job: Mapped[Job] = relationship(lazy="raise")
    proposal: Mapped[Proposal] = relationship(lazy="raise")
    client: Mapped[User] = relationship(lazy="raise", foreign_keys=[client_id])
    freelancer: Mapped[User] = relationship(lazy="raise", foreign_keys=[freelancer_id])
    park: Mapped[Park | None] = relationship(lazy="raise")
    milestones: Mapped[list["Milestone"]] = relationship(
        lazy="raise", order_by="Milestone.position", cascade="all, delete-orphan"
    )


class Milestone(Base):
    """A part of the work with its price, in the contract's currency."""

    __tablename__ = "milestones"
    __table_args__ = (
        UniqueConstraint("contract_id", "position"),
        CheckConstraint("amount_minor > 0", name="amount_positive"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    contract_id: Mapped[int] = mapped_column(ForeignKey("contracts.id", ondelete="CASCADE"))
    position: Mapped[int]
    title: Mapped[str] = mapped_column(String(lengths.TITLE))
    amount_minor: Mapped[int]
    due_on: Mapped[date]
    status: Mapped[MilestoneStatus] = mapped_column(
        enum_column(MilestoneStatus, "status"), default=MilestoneStatus.AGREED
    )
