"""People who can sign in, their sessions, and the single-use tokens mailed to them."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app import lengths
from app.db import Base, UtcDateTime, enum_column
from app.permissions import Role


class User(Base):
    """One person's login."""

    __tablename__ = "users"
    __allow_unmapped__ = True  # session_token is no column
    __table_args__ = (CheckConstraint("email = lower(email)", name="email_lower"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    email: Mapped[str] = mapped_column(String(lengths.ADDRESS), unique=True)
    name: Mapped[str] = mapped_column(String(lengths.NAME))
    password_hash: Mapped[str] = mapped_column(String(200))
    role: Mapped[Role] = mapped_column(enum_column(Role, "role"))
    language: Mapped[str] = mapped_column(String(8), default="en")
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    email_verified_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    suspended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    is_demo: Mapped[bool] = mapped_column(default=False)

    # What Flask-Login asks of a user; spelled here so that this file imports no login library.
    is_authenticated = True
    is_anonymous = False
    session_token: str | None = None
    """The token of the session this user was found by; not stored."""

    @property
    def is_active(self) -> bool:
        return self.suspended_at is None

    def get_id(self) -> str:
        """Name the session, not the person: ending the session row signs the browser out."""
        if self.session_token is None:
            raise RuntimeError("This user was not found by a session.")
        return self.session_token


class SignIn(Base):
    """One signed-in browser. The cookie holds a token, the row its hash."""

    __tablename__ = "sign_ins"

    id: Mapped[int] = mapped_column(primary_key=True)
    token_hash: Mapped[str] = mapped_column(String(lengths.DIGEST), unique=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), index=True)
    browser: Mapped[str] = mapped_column(String(lengths.BROWSER))
    address: Mapped[str] = mapped_column(String(lengths.NETWORK_ADDRESS))
    began_at: Mapped[datetime] = mapped_column(UtcDateTime)
    seen_at: Mapped[datetime] = mapped_column(UtcDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    user: Mapped[User] = relationship(lazy="raise")


class TokenPurpose(StrEnum):
    """What a mailed link lets its holder do."""

    VERIFY = "verify"
    RESET = "reset"


class Token(Base):
    """A link mailed to a person, good once and for a while."""

    __tablename__ = "tokens"

    id: Mapped[int] = mapped_column(primary_key=True)
    token_hash: Mapped[str] = mapped_column(String(lengths.DIGEST), unique=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), index=True)
    purpose: Mapped[TokenPurpose] = mapped_column(enum_column(TokenPurpose, "purpose"))
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime)
    used_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    user: Mapped[User] = relationship(lazy="raise")
