"""A client's job, whom it was offered to, and what was proposed."""

from datetime import date, datetime
from enum import StrEnum
from typing import ClassVar

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app import lengths
from app.accounts.models import User
from app.db import Base, UtcDateTime, enum_column
from app.lifecycle import Moves
from app.profiles.models import Profile
from app.taxonomy.models import Skill


class JobStatus(StrEnum):
    """Where a job stands."""

    DRAFT = "draft"
    OPEN = "open"
    HIRED = "hired"
    CLOSED = "closed"


class PayKind(StrEnum):
    """How a job pays."""

    FIXED = "fixed"
    HOURLY = "hourly"


class Job(Base):
    """Work a client wants done. The amounts are in the smallest unit of `currency`."""

    __tablename__ = "jobs"
    __table_args__ = (
        CheckConstraint("most_minor >= least_minor AND least_minor > 0", name="pay_range"),
        CheckConstraint("weeks BETWEEN 1 AND 104", name="weeks_range"),
        UniqueConstraint("client_id", "import_key"),
        Index(None, "client_id", "status"),
        Index(None, "status", "published_at"),
    )
    MOVES: ClassVar[Moves] = {
        (JobStatus.DRAFT, "publish"): JobStatus.OPEN,
        (JobStatus.DRAFT, "close"): JobStatus.CLOSED,
        (JobStatus.OPEN, "hire"): JobStatus.HIRED,
        (JobStatus.OPEN, "close"): JobStatus.CLOSED,
        (JobStatus.CLOSED, "reopen"): JobStatus.OPEN,
    }

    id: Mapped[int] = mapped_column(primary_key=True)
    client_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    title: Mapped[str] = mapped_column(String(lengths.TITLE))
    description: Mapped[str] = mapped_column(Text)
    status: Mapped[JobStatus] = mapped_column(
        enum_column(JobStatus, "status"), default=JobStatus.DRAFT
    )
    pay_kind: Mapped[PayKind] = mapped_column(enum_column(PayKind, "pay_kind"))
    least_minor: Mapped[int]
    """Fixed: the budget. Hourly: the lower end for an hour."""
    most_minor: Mapped[int]
    """Fixed: the budget again. Hourly: the upper end for an hour."""
    currency: Mapped[str] = mapped_column(String(3))
    weeks: Mapped[int]
    """How long the work is expected to last."""
    answer_by_on: Mapped[date]
    """The last day to propose; by then every proposal gets an answer."""
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    updated_at: Mapped[datetime] = mapped_column(UtcDateTime)
    published_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    closed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    is_demo: Mapped[bool] = mapped_column(default=False)
    import_key: Mapped[str | None] = mapped_column(String(lengths.CAPTION))
    """The client's own id for the job in a file it was imported from: imported once."""
    version: Mapped[int] = mapped_column()

    __mapper_args__ = {"version_id_col": version}

    client: Mapped[User] = relationship(lazy="raise")
    skills: Mapped[list["JobSkill"]] = relationship(
        lazy="raise", order_by="JobSkill.position", cascade="all, delete-orphan"
    )
    languages: Mapped[list["JobLanguage"]] = relationship(
        lazy="raise", order_by="JobLanguage.code", cascade="all, delete-orphan"
    )


class JobSkill(Base):
    """A skill a job asks for, most wanted first."""

    __tablename__ = "job_skills"

    job_id: Mapped[int] = mapped_column(ForeignKey("jobs.id", ondelete="CASCADE"), primary_key=True)
    skill_id: Mapped[int] = mapped_column(ForeignKey("skills.id"), primary_key=True, index=True)
    position: Mapped[int]

    skill: Mapped[Skill] = relationship(lazy="raise")


class JobLanguage(Base):
    """A language the work needs (ISO 639-1); a hard condition of the match."""

    __tablename__ = "job_languages"

    job_id: Mapped[int] = mapped_column(ForeignKey("jobs.id", ondelete="CASCADE"), primary_key=True)
    code: Mapped[str] = mapped_column(String(2), primary_key=True)


class Invitation(Base):
    """A client asks a freelancer to propose."""

    __tablename__ = "invitations"
    __table_args__ = (UniqueConstraint("job_id", "profile_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    job_id: Mapped[int] = mapped_column(ForeignKey("jobs.id", ondelete="CASCADE"))
    profile_id: Mapped[int] = mapped_column(
        ForeignKey("profiles.id", ondelete="CASCADE"), index=True
    )
    message: Mapped[str] = mapped_column(Text, default="")
    sent_at: Mapped[datetime] = mapped_column(UtcDateTime)

    job: Mapped[Job] = relationship(lazy="raise")
    profile: Mapped[Profile] = relationship(lazy="raise")


class ProposalStatus(StrEnum):
    """Where a proposal stands."""

    SENT = "sent"
    SHORTLISTED = "shortlisted"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"
    ACCEPTED = "accepted"


class Proposal(Base):
    """A freelancer's offer for a job."""

    __tablename__ = "proposals"
    __table_args__ = (
        CheckConstraint("price_minor > 0", name="price_positive"),
        # Two clicks, or two people, cannot hire twice for one job.
        Index(
            "uq_proposals_accepted",
            "job_id",
            unique=True,
            sqlite_where=text("status = 'accepted'"),
            postgresql_where=text("status = 'accepted'"),
        ),
        # One live proposal for each freelancer and job.
        Index(
            "uq_proposals_live",
            "job_id",
            "profile_id",
            unique=True,
            sqlite_where=text("status IN ('sent', 'shortlisted', 'accepted')"),
            postgresql_where=text("status IN ('sent', 'shortlisted', 'accepted')"),
        ),
        Index(None, "profile_id", "status"),
    )
    MOVES: ClassVar[Moves] = {
        (ProposalStatus.SENT, "shortlist"): ProposalStatus.SHORTLISTED,
        (ProposalStatus.SENT, "decline"): ProposalStatus.DECLINED,
        (ProposalStatus.SENT, "withdraw"): ProposalStatus.WITHDRAWN,
        (ProposalStatus.SENT, "accept"): ProposalStatus.ACCEPTED,
        (ProposalStatus.SHORTLISTED, "decline"): ProposalStatus.DECLINED,
        (ProposalStatus.SHORTLISTED, "withdraw"): ProposalStatus.WITHDRAWN,
        (ProposalStatus.SHORTLISTED, "accept"): ProposalStatus.ACCEPTED,
    }

    id: Mapped[int] = mapped_column(primary_key=True)
    job_id: Mapped[int] = mapped_column(ForeignKey("jobs.id"))
    profile_id: Mapped[int] = mapped_column(ForeignKey("profiles.id"))
    letter: Mapped[str] = mapped_column(Text)
    questions: Mapped[str] = mapped_column(Text, default="")
    """What the freelancer wants to know from the client."""
    price_minor: Mapped[int]
    """For the whole job, in the job's currency; the sum of the milestones."""
    status: Mapped[ProposalStatus] = mapped_column(
        enum_column(ProposalStatus, "status"), default=ProposalStatus.SENT
    )
    decline_reason: Mapped[str | None] = mapped_column(Text)
    sent_at: Mapped[datetime] = mapped_column(UtcDateTime)
    decided_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    version: Mapped[int] = mapped_column()

    __mapper_args__ = {"version_id_col": version}

    job: Mapped[Job] = relationship(lazy="raise")
    profile: Mapped[Profile] = relationship(lazy="raise")
    steps: Mapped[list["ProposalStep"]] = relationship(
        lazy="raise", order_by="ProposalStep.position", cascade="all, delete-orphan"
    )


class ProposalStep(Base):
    """A milestone as proposed."""

    __tablename__ = "proposal_steps"
    __table_args__ = (
        UniqueConstraint("proposal_id", "position"),
        CheckConstraint("amount_minor > 0", name="amount_positive"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    proposal_id: Mapped[int] = mapped_column(ForeignKey("proposals.id", ondelete="CASCADE"))
    position: Mapped[int]
    title: Mapped[str] = mapped_column(String(lengths.TITLE))
    amount_minor: Mapped[int]
    days: Mapped[int]
    """How many days of work from the start of this step."""
