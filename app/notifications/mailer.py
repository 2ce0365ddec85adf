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

from app.accounts import links
from app.clock import now
from app.config import BadSetting, Config
from app.db import transaction
from app.notifications.models import KeptLetter
from app.outbox import Effect

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

    keeps: bool
    """Whether its letters stay here; then no link that opens anything may stand in them."""

    def send(self, letter: Letter, *, effect_id: int) -> None:
        """Carry `letter` away; may be called again for the same effect."""


class SmtpMailer:
    """Sends by SMTP: smtp:// with STARTTLS where offered, smtps:// with TLS from the start."""

    keeps = False

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

    keeps = True

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
        log.info("Kept a letter to %s: %s", letter.recipient, letter.subject)


def make_mailer(config: Config, bind: Engine | Connection) -> Mailer:
    """Choose the mailer the settings ask for."""
    if config.smtp_url:
        return SmtpMailer(config.smtp_url, config.mail_from)
    return KeepingMailer(bind)


def kept_letters(session: Session, key: str, *, limit: int = 50) -> list[KeptLetter]:
    """The newest kept letters, newest first, with the links that they were kept without."""
    letters = session.scalars(select(KeptLetter).order_by(KeptLetter.id.desc()).limit(limit)).all()
    effects = select(Effect).where(Effect.id.in_([letter.effect_id for letter in letters]))
    payloads = {effect.id: effect.payload for effect in session.scalars(effects)}
    for letter in letters:
        session.expunge(letter)  # the link stands on the page and never in the row
        if link := payloads.get(letter.effect_id, {}).get("link"):
            path = links.path(session, key, link)
            letter.body = letter.body.replace(links.PLACE, path)
    return list(letters)
