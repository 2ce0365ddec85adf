"""Letters leave here: by SMTP where a server is set, otherwise they are kept for reading."""

import logging
import smtplib
from dataclasses import dataclass
from email.message import EmailMessage
from typing import Protocol
from urllib.parse import unquote, urlsplit

from sqlalchemy import select
from sqlalchemy.engine import Connection, Engine
from sqlalchemy.orm import Session

from app.clock import now
from app.config import BadSetting, Config
from app.db import transaction
from app.notifications.models import KeptLetter

log = logging.getLogger(__name__)
SEND_WITHIN_SECONDS = 20


@dataclass(frozen=True)
class Letter:
    """A letter ready to go."""

    recipient: str
    subject: str
    body: str


class Mailer(Protocol):
    """Something that carries letters away."""

    def send(self, letter: Letter, *, effect_id: int) -> None:
        """Carry `letter` away; may be called again for the same effect."""


class SmtpMailer:
    """Sends by SMTP: smtp:// with STARTTLS where offered, smtps:// with TLS from the start."""

    def __init__(self, url: str, sender: str) -> None:
        parts = urlsplit(url)
        if parts.scheme not in ("smtp", "smtps") or not parts.hostname:
            raise BadSetting("SMTP_URL must look like smtp://user:password@mail.example.org:587.")
        self._parts = parts
        self._sender = sender

    def send(self, letter: Letter, *, effect_id: int) -> None:
        message = EmailMessage()
        message["From"] = self._sender
        message["To"] = letter.recipient
        message["Subject"] = letter.subject
        # The same letter sent twice after a crash carries the same id; mailboxes fold it.
        message["Message-ID"] = f"<effect-{effect_id}@{self._parts.hostname}>"
        message.set_content(letter.body)
        with self._connect() as server:
            server.send_message(message)

    def _connect(self) -> smtplib.SMTP:
        kind = smtplib.SMTP_SSL if self._parts.scheme == "smtps" else smtplib.SMTP
        default = 465 if self._parts.scheme == "smtps" else 587
        server = kind(
            self._parts.hostname or "", self._parts.port or default, timeout=SEND_WITHIN_SECONDS
        )
        if self._parts.scheme == "smtp" and server.has_extn("starttls"):
            server.starttls()
        if self._parts.username:
            server.login(unquote(self._parts.username), unquote(self._parts.password or ""))
        return server


class KeepingMailer:
    """Keeps letters in a table that a demo shows, and says so in the log."""

    def __init__(self, bind: Engine | Connection) -> None:
        self._bind = bind

    def send(self, letter: Letter, *, effect_id: int) -> None:
        with transaction(self._bind) as session:
            if session.scalar(select(KeptLetter.id).where(KeptLetter.effect_id == effect_id)):
                return
            session.add(
                KeptLetter(
                    effect_id=effect_id,
                    recipient=letter.recipient,
                    subject=letter.subject,
                    body=letter.body,
                    kept_at=now(),
                )
            )
        log.info("Kept a letter to %s: %s\n%s", letter.recipient, letter.subject, letter.body)


def make_mailer(config: Config, bind: Engine | Connection) -> Mailer:
    """Choose the mailer the settings ask for."""
    if config.smtp_url:
        return SmtpMailer(config.smtp_url, config.mail_from)
    return KeepingMailer(bind)


def kept_letters(session: Session, *, limit: int = 50) -> list[KeptLetter]:
    """The newest kept letters, newest first."""
    return list(session.scalars(select(KeptLetter).order_by(KeptLetter.id.desc()).limit(limit)))
