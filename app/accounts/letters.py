"""Letters to a person: promised in the outbox, rendered and sent by the worker."""

from sqlalchemy.orm import Session

from app import outbox
from app.accounts import links
from app.accounts.models import MailedLink, SignUp, User


def send(session: Session, user: User, letter: str, **params: str) -> None:
    """Promise `templates/email/<letter>.txt` to `user` in their language."""
    outbox.add(
        session,
        "mail.send",
        to=user.email,
        name=user.name,
        language=user.language,
        letter=letter,
        params=params,
    )


def send_with_link(session: Session, user: User, letter: str, **params: str) -> None:
    """Promise a letter with a link to a new password. The promise only names the link, and no
    name: what a stranger may have typed goes to nobody."""
    link = links.to_password(session, user)
    _send_link(session, user.email, user.language, letter, link, params)


def send_verify(session: Session, sign_up: SignUp) -> None:
    """Promise the letter with the link that makes the login."""
    _send_link(session, sign_up.email, sign_up.language, "verify", sign_up, {})


def send_imported(session: Session, user: User, *, page: str, is_public: bool) -> None:
    """Tell somebody who never signed up of their login, and on which `page` all of theirs is."""
    send_with_link(session, user, "imported", page=page, public="yes" if is_public else "")


def _send_link(
    session: Session, to: str, language: str, letter: str, link: MailedLink, params: dict[str, str]
) -> None:
    outbox.add(
        session,
        "mail.send",
        to=to,
        name="",
        language=language,
        letter=letter,
        link=links.name(link),
        params=params,
    )
