"""Tell people things: a row in their tray and a letter in the outbox, in one transaction."""

from sqlalchemy import bindparam, func, select, update
from sqlalchemy.orm import Session

from app.accounts import letters
from app.accounts.models import User
from app.clock import now
from app.notifications.kinds import KINDS
from app.notifications.models import Notification

MOST_SHOWN = 50
# Every page says it, so it is made once (see accounts.sessions).
_UNREAD = select(func.count()).where(
    Notification.user_id == bindparam("user_id"), Notification.read_at.is_(None)
)


def notify(session: Session, user: User, kind: str, *, path: str, **params: str) -> None:
    """Tell `user` about `kind` (a key of KINDS) and where to look; raises KeyError for another."""
    KINDS[kind]
    session.add(
        Notification(user_id=user.id, kind=kind, params=params, path=path, created_at=now())
    )
    if user.email_verified_at and not user.suspended_at:
        letters.send(session, user, "notice", kind=kind, path=path, **params)


def notify_once(session: Session, user: User, kind: str, *, path: str) -> None:
    """Tell `user` about `kind`, unless they have not yet seen that they were told."""
    unseen = select(Notification.id).where(
        Notification.user_id == user.id,
        Notification.kind == kind,
        Notification.read_at.is_(None),
    )
    if session.scalar(unseen.limit(1)) is None:
        notify(session, user, kind, path=path)


def tray(session: Session, user: User) -> list[Notification]:
    """The newest notifications of `user`, newest first."""
    return list(
        session.scalars(
            select(Notification)
            .where(Notification.user_id == user.id)
            .order_by(Notification.id.desc())
            .limit(MOST_SHOWN)
        )
    )


def unread_count(session: Session, user: User) -> int:
    """How many notifications `user` has not opened the tray for."""
    return session.scalar(_UNREAD, {"user_id": user.id}) or 0


def mark_read(session: Session, user: User) -> None:
    """Note that `user` has seen everything in the tray."""
    session.execute(
        update(Notification)
        .where(Notification.user_id == user.id, Notification.read_at.is_(None))
        .values(read_at=now())
    )
