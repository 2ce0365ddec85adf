"""Sign up, prove an address, change a password: the verbs on a login."""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import timedelta

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerifyMismatchError
from sqlalchemy import select, update
from sqlalchemy.orm import Session, joinedload

from app import texts
from app.accounts.models import Token, TokenPurpose, User
from app.clock import now
from app.db import take_turns
from app.errors import Invalid
from app.permissions import Role

TOKEN_LASTS = {TokenPurpose.VERIFY: timedelta(days=3), TokenPurpose.RESET: timedelta(hours=1)}
SHORTEST_PASSWORD = 10

_hasher = PasswordHasher()
# Verified against when no such login exists, so that both answers take the same time.
_NOBODY = _hasher.hash(secrets.token_hex(16))


@dataclass(frozen=True)
class SignUpDraft:
    """What a person gives to sign up. `email` is lower-cased."""

    name: str
    email: str
    password: str
    role: Role
    language: str


def hash_password(password: str) -> str:
    """Hash with argon2id; takes about 20 ms, so limit tries first."""
    return _hasher.hash(password)


def digest(token: str) -> str:
    """What of a token is stored: a copy of the database signs nobody in."""
    return hashlib.sha256(token.encode()).hexdigest()


def find_by_email(session: Session, email: str) -> User | None:
    """The login with this address, or None."""
    return session.scalar(select(User).where(User.email == texts.address(email)))


def sign_up(session: Session, draft: SignUpDraft) -> User | None:
    """Make a login; None when the address already has one (the caller must not say which)."""
    hashed = hash_password(draft.password)
    take_turns(session, f"sign-up:{draft.email}")
    if find_by_email(session, draft.email):
        return None
    user = User(
        email=draft.email,
        name=draft.name,
        password_hash=hashed,
        role=draft.role,
        language=draft.language,
        created_at=now(),
    )
    session.add(user)
    session.flush()
    return user


def open_login(
    session: Session, *, name: str, email: str, role: Role, language: str
) -> User | None:
    """Make a login whose password nobody knows; a mailed link lets its person choose one.

    None when the address already has a login. `email` is lower-cased.
    """
    password = secrets.token_urlsafe(32)
    return sign_up(session, SignUpDraft(name, email, password, role, language))


def check_password(session: Session, email: str, password: str) -> User | None:
    """The person whose address and password these are, or None; both take the same time."""
    user = find_by_email(session, email)
    try:
        _hasher.verify(user.password_hash if user else _NOBODY, password)
    except (VerifyMismatchError, InvalidHashError):
        return None
    return user if user and user.is_active else None


def issue_token(session: Session, user: User, purpose: TokenPurpose) -> str:
    """Make a single-use token for a mailed link; earlier ones for the same purpose stop working."""
    session.execute(
        update(Token)
        .where(Token.user_id == user.id, Token.purpose == purpose, Token.used_at.is_(None))
        .values(used_at=now())
    )
    token = secrets.token_urlsafe(32)
    session.add(
        Token(
            token_hash=digest(token),
            user_id=user.id,
            purpose=purpose,
            expires_at=now() + TOKEN_LASTS[purpose],
        )
    )
    return token


def holder_of(session: Session, token: str, purpose: TokenPurpose) -> User:
    """The person a live token was mailed to; raises `Invalid` for any other token."""
    row = _find_token(session, token, purpose)
    return row.user


def verify_email(session: Session, token: str) -> User:
    """Note that the address is theirs; raises `Invalid` for a used, old or unknown token."""
    row = _find_token(session, token, TokenPurpose.VERIFY)
    row.used_at = now()
    row.user.email_verified_at = row.user.email_verified_at or now()
    return row.user


def reset_password(session: Session, token: str, password: str) -> User:
    """Set a new password with a mailed token; raises `Invalid` for a used, old or unknown one."""
    row = _find_token(session, token, TokenPurpose.RESET)
    row.used_at = now()
    row.user.password_hash = hash_password(password)
    # Whoever reads the mailbox holds the address.
    row.user.email_verified_at = row.user.email_verified_at or now()
    return row.user


def _find_token(session: Session, token: str, purpose: TokenPurpose) -> Token:
    row = session.scalar(
        select(Token)
        .where(
            Token.token_hash == digest(token),
            Token.purpose == purpose,
            Token.used_at.is_(None),
            Token.expires_at > now(),
        )
        .options(joinedload(Token.user))
    )
    if row is None:
        raise Invalid("This link has been used or is too old. Ask for a new one.")
    return row
