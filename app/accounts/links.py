"""Links mailed to a person, good once and for a while.

A row holds no token. The token is made from the row and the secret key when the letter is written,
and again to compare: neither a copy of the database nor a promised letter opens anything.
"""

import base64
import hmac
import secrets
from datetime import timedelta
from typing import TypeVar

from sqlalchemy import select, update
from sqlalchemy.engine import Connection, Engine
from sqlalchemy.orm import Session, joinedload

from app.accounts.models import MailedLink, PasswordLink, SignUp, User
from app.clock import now
from app.db import remove_some
from app.errors import Invalid

Link = TypeVar("Link", bound=MailedLink)

# Who may get no further letter today has one of today whose link is good (see `wishes`).
LASTS: dict[type[MailedLink], timedelta] = {
    SignUp: timedelta(days=3),
    PasswordLink: timedelta(days=1),
}
PATHS: dict[str, type[MailedLink]] = {"verify": SignUp, "new-password": PasswordLink}
KEPT_AFTERWARDS = timedelta(days=7)
"""How long a link that is over can still say so, and have a new letter sent."""
PLACE = "/[link]"
"""Where a letter that is kept has its link."""
_LONGEST_ID = 10


class Dead(Invalid):
    """A link that opens nothing; `mailed` is its row where there is one."""

    def __init__(self, message: str, *, link: MailedLink | None = None) -> None:
        super().__init__(message)
        self.mailed = link


def why_dead(link: MailedLink | None) -> Dead:
    """Say why this link opens nothing."""
    if link is None:
        return Dead("This link is not complete. Copy all of it from the letter.")
    if link.used_at:
        return Dead("This link, or another one of your letters, has been used already.", link=link)
    return Dead("This link is too old.", link=link)


def to_join(session: Session, sign_up: SignUp) -> SignUp:
    """Keep what a person gave to sign up, until the link to it is used."""
    return _add(session, sign_up)


def to_password(session: Session, user: User) -> PasswordLink:
    """Make a link to a new password; earlier ones stay good until one is used."""
    return _add(session, PasswordLink(user_id=user.id))


def name(link: MailedLink) -> str:
    """Name the link for an outbox row: `path` makes the real one of it."""
    return f"{link.__tablename__} {link.id}"


def path(session: Session, key: str, named: str) -> str:
    """The path of a link named by `name`, its token and all; for a letter that leaves now."""
    table, _, number = named.partition(" ")
    word, kind = next((w, k) for w, k in PATHS.items() if k.__tablename__ == table)
    link = session.get(kind, int(number))
    return f"/{word}/{token(key, link)}" if link else PLACE


def token(key: str, link: MailedLink) -> str:
    """The secret of a link, made from the row and the secret key."""
    told = f"{link.__tablename__}:{link.id}:{link.nonce}".encode()
    made = hmac.digest(key.encode(), told, "sha256")
    return f"{link.id}-{base64.urlsafe_b64encode(made).decode().rstrip('=')}"


def find(session: Session, key: str, kind: type[Link], given: str) -> Link | None:
    """The link with this token, used and old ones too; None where there is none."""
    number = given.partition("-")[0]
    if not (number.isascii() and number.isdigit() and len(number) <= _LONGEST_ID):
        return None
    with_person = [joinedload(PasswordLink.user)] if kind is PasswordLink else []
    link = session.scalar(select(kind).where(kind.id == int(number)).options(*with_person))
    if link is None or not hmac.compare_digest(token(key, link).encode(), given.encode()):
        return None
    return link


def get_live(session: Session, key: str, kind: type[Link], given: str) -> Link:
    """The link with this token; raises `Dead` when it is used, old or none of ours."""
    link = find(session, key, kind, given)
    if link is None or link.used_at or link.expires_at <= now():
        raise why_dead(link)
    return link


def use(session: Session, link: MailedLink) -> None:
    """Use the link and with it all others like it of the same person; `Dead` if one was used."""
    kind = type(link)
    # One statement, so that of sixteen at once one finds its link unused.
    used = session.scalars(
        update(kind)
        .where(link.is_one_of_them(), kind.used_at.is_(None))
        .values(used_at=now())
        .returning(kind.id)
        .execution_options(synchronize_session=False)
    ).all()
    if link.id not in used:
        session.refresh(link, ["used_at"])
        raise why_dead(link)


def forget(bind: Engine | Connection) -> int:
    """Remove some links that have long been over, with the names and addresses they hold."""
    since = now() - KEPT_AFTERWARDS
    return sum(remove_some(bind, kind, kind.expires_at < since) for kind in LASTS)


def _add(session: Session, link: Link) -> Link:
    link.nonce = secrets.token_hex(16)
    link.asked_at = now()
    link.expires_at = now() + LASTS[type(link)]
    session.add(link)
    session.flush()
    return link
