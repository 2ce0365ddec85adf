"""Browsers that somebody signed in with before: known by a signed cookie, for each login anew.

Only how often such a browser may guess wrong depends on it; it signs nobody in.
"""

import hashlib
import secrets
from datetime import timedelta

from itsdangerous import BadData, URLSafeTimedSerializer

from app.accounts.models import User

LASTS = timedelta(days=400)
MOST_LOGINS = 5
"""How many people of one shared browser it remembers, the latest."""

Known = list[list[str]]


def of(key: str, cookie: str | None, user: User | None) -> str | None:
    """The name of this browser, where this person signed in with their present password."""
    for who, name, mark in _read(key, cookie):
        if user and who == str(user.id) and mark == _mark(user):
            return name
    return None


def note(key: str, cookie: str | None, user: User) -> str:
    """The cookie that remembers this person too."""
    name = of(key, cookie, user) or secrets.token_hex(8)
    others = [one for one in _read(key, cookie) if one[0] != str(user.id)]
    known = [*others, [str(user.id), name, _mark(user)]]
    return _signer(key).dumps(known[-MOST_LOGINS:])


def _read(key: str, cookie: str | None) -> Known:
    try:
        return _signer(key).loads(cookie or "", max_age=int(LASTS.total_seconds()))
    except BadData:
        return []


def _signer(key: str) -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(key, salt="known-device")


def _mark(user: User) -> str:
    # A new password is a new hash, so it ends what was known of the old one.
    return hashlib.sha256(user.password_hash.encode()).hexdigest()[:32]
