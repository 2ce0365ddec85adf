"""Logins: found, opened by a mailed link, given a password. No password is hashed here: that
takes long and holds no lock (see `passwords`)."""

from dataclasses import dataclass
from typing import TypeGuard

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.accounts import addresses, links
from app.accounts.models import PasswordLink, SignUp, User
from app.accounts.passwords import UNUSABLE
from app.clock import now
from app.db import take_turns
from app.errors import InvariantBroken
from app.permissions import Role


@dataclass(frozen=True)
class SignUpDraft:
    """What a person gives to sign up. `email` is canonical."""

    name: str
    email: str
    role: Role
    language: str


def find_by_email(session: Session, email: str) -> User | None:
    """The login with this address, however it is spelled, or None."""
    return session.scalar(select(User).where(User.email == addresses.lookup(email)))


def open_login(session: Session, draft: SignUpDraft) -> User | None:
    """Make a login that no password fits; a mailed link lets its person choose one.

    None when the address already has a login.
    """
    take_turns(session, f"sign-up:{draft.email}")
    if find_by_email(session, draft.email):
        return None
    user = User(
        email=draft.email,
        name=draft.name,
        password_hash=UNUSABLE,
        role=draft.role,
        language=draft.language,
        created_at=now(),
    )
    session.add(user)
    session.flush()
    return user


def join(session: Session, sign_up: SignUp, *, name: str, role: Role, password_hash: str) -> User:
    """Make the login of whoever holds the mailbox; raises `Dead` when the link was used.

    A login that others made for this address meanwhile keeps its name and role.
    """
    links.use(session, sign_up)
    user = find_by_email(session, sign_up.email)
    if user and user.email_verified_at:
        raise links.why_dead(sign_up)
    draft = SignUpDraft(name, sign_up.email, role, sign_up.language)
    user = user or open_login(session, draft)
    if user is None:
        raise InvariantBroken("An address without a login had one.")
    return _give_password(user, password_hash)


def set_password(session: Session, link: PasswordLink, password_hash: str) -> User:
    """Set a new password by a mailed link; raises `Dead` when the link was used."""
    links.use(session, link)
    return _give_password(link.user, password_hash)


def may_sign_in(user: User | None) -> TypeGuard[User]:
    """Tell whether a right password opens this login."""
    return user is not None and user.is_active and user.email_verified_at is not None


def _give_password(user: User, password_hash: str) -> User:
    user.password_hash = password_hash
    # Whoever reads the mailbox holds the address.
    user.email_verified_at = user.email_verified_at or now()
    return user
