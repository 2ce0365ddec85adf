"""Letters to a person: promised in the outbox, rendered and sent by the worker."""

from sqlalchemy.orm import Session

from app import outbox
from app.accounts import service
from app.accounts.models import TokenPurpose, User


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


def send_verify(session: Session, user: User) -> None:
    """Mail the link that proves the address."""
    token = service.issue_token(session, user, TokenPurpose.VERIFY)
    send(session, user, "verify", path=f"/verify/{token}")


def send_reset(session: Session, user: User) -> None:
    """Mail the link to a new password."""
    token = service.issue_token(session, user, TokenPurpose.RESET)
    send(session, user, "reset", path=f"/new-password/{token}")


def send_imported(session: Session, user: User, *, page: str, is_public: bool) -> None:
    """Tell somebody who never signed up of their login, and on which `page` all of theirs is."""
    token = service.issue_token(session, user, TokenPurpose.RESET)
    public = "yes" if is_public else ""
    send(session, user, "imported", path=f"/new-password/{token}", page=page, public=public)


def send_known(session: Session, user: User) -> None:
    """Tell someone who signs up again that they have a login; the page does not say it."""
    send(session, user, "known", path="/sign-in")
