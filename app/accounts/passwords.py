"""Passwords: one spelling of each, what is too easy to guess, and the hash that is kept."""

import lzma
import re
import secrets
import unicodedata
from functools import cache
from pathlib import Path

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerifyMismatchError
from zxcvbn import zxcvbn

from app.errors import Invalid

SHORTEST, LONGEST = 10, 200
UNUSABLE = "!"
"""No hash, so no password fits; a mailed link sets the first one."""
FEWEST_GUESSES = 10**8
# The estimate takes time with the cube of the length; what is longer is judged by its beginning.
_ESTIMATED = 72
_COMMON = Path(__file__).with_name("common_passwords.txt.xz")

_hasher = PasswordHasher()
# Verified against when no such login exists, so that both answers take the same time.
_NOBODY = _hasher.hash(secrets.token_hex(16))


def normal(typed: str) -> str:
    """One spelling of what keyboards write in several ways (RFC 8265, OpaqueString)."""
    spaced = "".join(" " if unicodedata.category(one) == "Zs" else one for one in typed)
    return unicodedata.normalize("NFC", spaced)


def hash_password(password: str) -> str:
    """Hash with argon2id; takes 20 ms or far more, so limit tries first and hold no lock."""
    return _hasher.hash(normal(password))


def fits(stored: str | None, typed: str) -> bool:
    """Tell whether this password was hashed; takes the same time where there is no such login."""
    if stored is None or not stored.startswith("$argon2"):
        stored = _NOBODY
    # Older hashes were made from what was typed, as it came.
    return any(_matches(stored, one) for one in dict.fromkeys((normal(typed), typed)))


def check(password: str, about: tuple[str, ...] = ()) -> None:
    """Raise `Invalid` for what is guessed early; `about` is what others know of the person."""
    plain = normal(password).casefold()
    if is_common(plain):
        raise Invalid("Very many people use this password. Use three or four words instead.")
    if any(own in plain.replace(" ", "") for own in _own_words(about)):
        raise Invalid("Others know your name and address. Use three or four words without them.")
    words = [part for text in about for part in re.split(r"\W+", text.casefold()) if part]
    if zxcvbn(plain[:_ESTIMATED], user_inputs=[*words, "hunar"])["guesses"] < FEWEST_GUESSES:
        raise Invalid("This password is easy to guess. Use three or four words.")


def is_common(plain: str) -> bool:
    """Tell whether it is one of the 100,000 commonest that are long enough for here."""
    return "\n" not in plain and f"\n{plain}\n".encode() in _common()


@cache
def _common() -> bytes:
    # One line each. To look through all of it takes half a millisecond, a set 10 MB.
    return lzma.decompress(_COMMON.read_bytes())


def _own_words(about: tuple[str, ...]) -> set[str]:
    whole = {text.casefold().replace(" ", "") for text in about}
    return {own for text in whole for own in (text, text.partition("@")[0]) if len(own) >= 4}


def _matches(stored: str, password: str) -> bool:
    try:
        return _hasher.verify(stored, password)
    except (VerifyMismatchError, InvalidHashError):
        return False
