"""The people who answer for a park: appointed by an operator, by their e-mail address."""

from dataclasses import dataclass

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from app.accounts import letters
from app.accounts import service as accounts
from app.accounts.models import User
from app.db import lock
from app.errors import Conflict, Invalid, InvariantBroken, NotFound
from app.notifications.service import notify
from app.parks.models import Park, ParkManager
from app.permissions import Role

MOST_APPOINTED = 20


@dataclass(frozen=True)
class AppointmentDraft:
    """Whom an operator appoints; `name` is needed where the address has no login yet."""

    email: str
    name: str
    language: str


def of_park(session: Session, park: Park) -> list[User]:
    """The people who manage the park, by name."""
    managers = select(User).join(ParkManager).where(ParkManager.park_id == park.id)
    return list(session.scalars(managers.order_by(User.name, User.id).limit(MOST_APPOINTED)))


def appoint(session: Session, park: Park, draft: AppointmentDraft) -> User:
    """Let a person manage the park; who has no login gets one and a letter to open it.

    Raises `Conflict` for a login in another role: one login has one role.
    """
    lock(session, park)
    user = accounts.find_by_email(session, draft.email)
    if user and (user.role is not Role.MANAGER or user.suspended_at):
        raise Conflict("This address has an account that cannot manage parks. Use another.")
    if user and session.get(ParkManager, (park.id, user.id)):
        raise Conflict("%(person)s already manages this park.", person=user.name)
    if len(of_park(session, park)) >= MOST_APPOINTED:
        raise Conflict("At most %(n)d people manage a park.", n=MOST_APPOINTED)
    user = user or _make_login(session, draft)
    session.add(ParkManager(park_id=park.id, user_id=user.id))
    session.flush()
    notify(session, user, "park.appointed", path=f"/my-parks/{park.id}", park=park.name)
    if user.email_verified_at is None:
        letters.send_with_link(session, user, "appointed", park=park.name)
    return user


def dismiss(session: Session, park: Park, user_id: int) -> User:
    """Take the park out of a manager's hands; `NotFound` when they do not manage it."""
    gone = session.scalar(
        delete(ParkManager)
        .where(ParkManager.park_id == park.id, ParkManager.user_id == user_id)
        .returning(ParkManager.user_id)
    )
    if gone is None:
        raise NotFound("This person does not manage the park.")
    return session.get_one(User, gone)


def _make_login(session: Session, draft: AppointmentDraft) -> User:
    if not draft.name:
        raise Invalid("Nobody has joined with this address yet. Give a name to invite them.")
    wanted = accounts.SignUpDraft(draft.name, draft.email, Role.MANAGER, draft.language)
    user = accounts.open_login(session, wanted)
    if user is None:
        raise InvariantBroken("An address without a login had one.")
    return user
