"""What somebody who is not signed in asks us to mail: noted by the page, granted by the worker.

The page does the same for every address, so neither its words nor its time say who has a login.
"""

from collections.abc import Mapping
from datetime import timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app import outbox
from app.accounts import letters, links
from app.accounts.models import MailedLink, PasswordLink, SignUp, User
from app.accounts.service import SignUpDraft, find_by_email
from app.clock import now
from app.permissions import Role

MOST_LETTERS = 4
WITHIN = timedelta(days=1)
"""So many letters may be asked for one address, by anybody; who uses one may ask anew."""


def join(session: Session, draft: SignUpDraft) -> None:
    """Ask for the letter that makes a login, or says that there is one."""
    _add(session, draft.email, draft.language, name=draft.name, role=draft.role.value)


def new_password(session: Session, email: str, language: str) -> None:
    """Ask for the letter with the link to a new password."""
    _add(session, email, language, name="", role="")


def again(session: Session, link: MailedLink, language: str) -> None:
    """Ask for another letter like the one whose link is over."""
    if isinstance(link, SignUp):
        join(session, SignUpDraft(link.name, link.email, link.role, language))
    elif isinstance(link, PasswordLink):
        new_password(session, link.user.email, language)


def grant(session: Session, wish: Mapping[str, str]) -> None:
    """Promise the letter that is due for a wish, if one is; does it in one transaction."""
    email = wish["email"]
    user = find_by_email(session, email)
    if _letters_of_today(session, email) >= MOST_LETTERS or (user and user.suspended_at):
        return
    if user is None:
        _begin_sign_up(session, wish)
    else:
        is_known = wish["role"] and user.email_verified_at
        letters.send_with_link(session, user, "known" if is_known else "reset")


def _begin_sign_up(session: Session, wish: Mapping[str, str]) -> None:
    given = (
        SignUpDraft(wish["name"], wish["email"], Role(wish["role"]), wish["language"])
        if wish["role"]
        else _waiting(session, wish["email"])
    )
    if given:
        sign_up = SignUp(
            name=given.name, email=given.email, role=given.role, language=given.language
        )
        letters.send_verify(session, links.to_join(session, sign_up))


def _waiting(session: Session, email: str) -> SignUp | None:
    """Who has signed up, not opened the letter and asks for a new password, means that one."""
    return session.scalar(
        select(SignUp)
        .where(SignUp.email == email, SignUp.used_at.is_(None))
        .order_by(SignUp.id.desc())
        .limit(1)
    )


def _letters_of_today(session: Session, email: str) -> int:
    since = now() - WITHIN
    to_join = select(func.count()).where(
        SignUp.email == email, SignUp.used_at.is_(None), SignUp.asked_at > since
    )
    to_password = (
        select(func.count())
        .select_from(PasswordLink)
        .join(User)
        .where(User.email == email, PasswordLink.used_at.is_(None), PasswordLink.asked_at > since)
    )
    return (session.scalar(to_join) or 0) + (session.scalar(to_password) or 0)


def _add(session: Session, email: str, language: str, *, name: str, role: str) -> None:
    outbox.add(session, "accounts.wish", email=email, language=language, name=name, role=role)
