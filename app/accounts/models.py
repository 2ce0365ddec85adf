"""People who can sign in, their sessions, and the single-use links mailed to them."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ColumnElement, ForeignKey, String
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


class MailedLink:
    """What rows of links share; with the secret key a row makes its token (`accounts.links`)."""

    __tablename__: str
    id: Mapped[int] = mapped_column(primary_key=True)
    nonce: Mapped[str] = mapped_column(String(32))
    asked_at: Mapped[datetime] = mapped_column(UtcDateTime)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    used_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    def is_one_of_them(self) -> ColumnElement[bool]:
        """The condition for all links of this kind that the same person got."""
        raise NotImplementedError


class SignUp(MailedLink, Base):
    """What somebody gave to sign up. There is no login before the mailed link is used."""

    __tablename__ = "sign_ups"

    email: Mapped[str] = mapped_column(String(lengths.ADDRESS), index=True)
    name: Mapped[str] = mapped_column(String(lengths.NAME))
    role: Mapped[Role] = mapped_column(enum_column(Role, "role"))
    language: Mapped[str] = mapped_column(String(8))

    def is_one_of_them(self) -> ColumnElement[bool]:
        return SignUp.email == self.email


class PasswordLink(MailedLink, Base):
    """A mailed link to a new password, or to the first one of a login that others made."""

    __tablename__ = "password_links"

    user_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), index=True)

    user: Mapped[User] = relationship(lazy="raise")

    def is_one_of_them(self) -> ColumnElement[bool]:
        return PasswordLink.user_id == self.user_id
