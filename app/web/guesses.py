"""How often a password may be guessed: only wrong tries count, and nobody shuts others out.

A browser that the person signed in with before has an allowance of its own, so what strangers try
does not touch it. Everyone else shares one; beyond it a mailed link opens the door. The numbers
are argued in docs/decisions/0018.
"""

import hashlib
import ipaddress
import math
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import delete
from sqlalchemy.engine import Connection, Engine
from sqlalchemy.orm import Session

from app.errors import TooMany
from app.web.limits import Allowance, Attempt, give_back, take

_SLOWER = ((10, timedelta(minutes=15)), (20, timedelta(hours=6)), (40, timedelta(days=1)))
"""Wrong tries at one login, from one place: the more, the longer the wait."""
_EVERYWHERE = ((100, timedelta(days=1)),)
"""Wrong tries at one login, from all places that it does not know."""
_PEOPLE = ((300, timedelta(minutes=15)),)
"""Logins that one place fails at; a park of hundreds of people is one place."""


@dataclass(frozen=True)
class Guess:
    """A try that counts as wrong until it is known to be right."""

    ids: list[int]
    key: str


@dataclass(frozen=True)
class Place:
    """Where a try comes from: an address, and the name of a browser that the login knows."""

    address: str | None
    device: str | None


def begin(bind: Engine | Connection, email: str, place: Place) -> Guess:
    """Count a try before the password is looked at; raises `TooMany` when it must wait."""
    person = _short(email)
    if place.device:
        try:
            key = f"device:{place.device}"
            return Guess(take(bind, [Allowance(key, _SLOWER)]), key)
        except TooMany:
            pass  # a stolen cookie helps no further; from here on it is one of the strangers
    network = network_of(place.address)
    key = f"guess:{person}:{network}"
    allowances = [
        Allowance(key, _SLOWER),
        Allowance(f"guess:{person}", _EVERYWHERE),
        Allowance(f"guesses:{network}", _PEOPLE, about=person),
    ]
    try:
        return Guess(take(bind, allowances), key)
    except TooMany as refusal:
        raise TooMany(
            "Too many wrong passwords were tried. Wait %(minutes)d minutes, "
            "or have a link to a new password sent: it lets you in at once.",
            minutes=math.ceil(refusal.retry_after_seconds / 60),
            retry_after_seconds=refusal.retry_after_seconds,
        ) from refusal


def was_right(session: Session, guess: Guess) -> None:
    """Forget the try, and the wrong ones before it from the same place."""
    give_back(session, guess.ids)
    session.execute(delete(Attempt).where(Attempt.key == guess.key))


def network_of(address: str | None) -> str:
    """Whose line it is: the address, or the network that one household gets of IPv6."""
    try:
        found = ipaddress.ip_address(address or "")
    except ValueError:
        return "unknown"
    if found.version == 6 and not found.ipv4_mapped:
        return str(ipaddress.ip_network((found, 64), strict=False))
    return str(found.ipv4_mapped if found.version == 6 else found)


def _short(email: str) -> str:
    return hashlib.sha256(email.encode()).hexdigest()[:32]
