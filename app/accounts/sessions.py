"""Signed-in browsers as rows: begun at sign-in, listed and ended from the account page."""

import hashlib
import secrets
from datetime import timedelta

from sqlalchemy import bindparam, select, update
from sqlalchemy.orm import Session, joinedload

from app import lengths
from app.accounts.models import SignIn, User
from app.clock import now

LASTS_UNSEEN = timedelta(days=30)
SEEN_EVERY = timedelta(minutes=10)
# Asked at every request, so made once: to make a statement takes as long as to carry it out.
_FIND = (
    select(SignIn)
    .where(
        SignIn.token_hash == bindparam("token_hash"),
        SignIn.ended_at.is_(None),
        SignIn.seen_at > bindparam("since"),
    )
    .options(joinedload(SignIn.user))
)


def digest(token: str) -> str:
    """What of a token is stored: a copy of the database signs nobody in."""
    return hashlib.sha256(token.encode()).hexdigest()


def begin(session: Session, user: User, *, browser: str, address: str) -> str:
    """Open a session and return its token, which only the cookie holds."""
    token = secrets.token_urlsafe(32)
    moment = now()
    session.add(
        SignIn(
            token_hash=digest(token),
            user_id=user.id,
            browser=browser[: lengths.BROWSER],
            address=address[: lengths.NETWORK_ADDRESS],
            began_at=moment,
            seen_at=moment,
        )
    )
    user.session_token = token
    return token


def find(session: Session, token: str) -> SignIn | None:
    """The live session with this token and its person, or None."""
    given = {"token_hash": digest(token), "since": now() - LASTS_UNSEEN}
    found = session.scalar(_FIND, given)
    if found is None or not found.user.is_active:
        return None
    found.user.session_token = token
    return found


def is_due(sign_in: SignIn) -> bool:
    """Tell whether the session was last noted long enough ago to note it again."""
    return sign_in.seen_at < now() - SEEN_EVERY


def touch(session: Session, sign_in_id: int) -> None:
    """Note that the browser is still there."""
    session.execute(update(SignIn).where(SignIn.id == sign_in_id).values(seen_at=now()))


def live(session: Session, user: User) -> list[SignIn]:
    """The person's open sessions, the latest seen first."""
    return list(
        session.scalars(
            select(SignIn)
            .where(
                SignIn.user_id == user.id,
                SignIn.ended_at.is_(None),
                SignIn.seen_at > now() - LASTS_UNSEEN,
            )
            .order_by(SignIn.seen_at.desc(), SignIn.id)
            .limit(50)
        )
    )


def end(session: Session, user: User, sign_in_id: int) -> bool:
    """End one of the person's sessions; False when it is not theirs or already over."""
    ended = session.execute(
        update(SignIn)
        .where(SignIn.id == sign_in_id, SignIn.user_id == user.id, SignIn.ended_at.is_(None))
        .values(ended_at=now())
        .returning(SignIn.id)
    )
    return ended.scalar_one_or_none() is not None


def end_this(session: Session, token: str) -> None:
    """End the session with this token."""
    session.execute(update(SignIn).where(SignIn.token_hash == digest(token)).values(ended_at=now()))


def end_all(session: Session, user: User, *, but_token: str | None = None) -> None:
    """End the person's sessions, all or all but the one with `but_token`."""
    ending = update(SignIn).where(SignIn.user_id == user.id, SignIn.ended_at.is_(None))
    if but_token:
        ending = ending.where(SignIn.token_hash != digest(but_token))
    session.execute(ending.values(ended_at=now()))
