"""Letters leave here: by SMTP where a server is set, otherwise they are kept for reading."""

import logging
import smtplib
from contextlib import suppress
from datetime import timedelta
from email.headerregistry import Address
from email.utils import parseaddr
from typing import Protocol
from urllib.parse import unquote, urlsplit

from sqlalchemy import select
from sqlalchemy.engine import Connection, Engine
from sqlalchemy.orm import Session

from app.accounts import links
from app.clock import now
from app.config import BadSetting, Config
from app.db import remove_some, transaction
from app.notifications.message import LINE, Letter, compose, in_ascii
from app.notifications.models import KeptLetter
from app.outbox import Away, Effect, Refused

log = logging.getLogger(__name__)
ANSWER_WITHIN_SECONDS = 15
"""For each of the answers of a mail server; all of them together end before a claim does."""
ABOUT_US = frozenset({421, 530, 534, 535, 538})
"""What a server answers when it will talk with nobody, or not without our password."""
KEPT_STAYS = timedelta(days=30)


class Mailer(Protocol):
    """Something that carries letters away."""

    keeps: bool
    """Whether its letters stay here; then no link that opens anything may stand in them."""

    def send(self, letter: Letter, *, effect_id: int) -> None:
        """Carry `letter` away; may be called again for the same effect."""


class Postponed(Exception):
    """The mail server takes this letter later, as servers do that do not know a sender yet."""


class SmtpMailer:
    """Sends by SMTP: smtp:// with STARTTLS where offered, smtps:// with TLS from the start."""

    keeps = False

    def __init__(self, url: str, sender: str, *, domain: str = "localhost") -> None:
        """`domain` names the site in the ids of letters, where the sender's address has none."""
        parts = urlsplit(url)
        if parts.scheme not in ("smtp", "smtps") or not parts.hostname:
            raise BadSetting("SMTP_URL must look like smtp://user:password@mail.example.org:587.")
        self._parts = parts
        self._sender = _sender(sender)
        own = self._sender.domain
        self._domain = own if "." in own else domain

    def send(self, letter: Letter, *, effect_id: int) -> None:
        message = compose(letter, sender=self._sender, number=effect_id, domain=self._domain)
        recipient = in_ascii(letter.recipient)
        try:
            server = self._connect()
            try:
                self._introduce(server)
                server.sendmail(self._sender.addr_spec, [recipient], message.as_bytes(policy=LINE))
                with suppress(OSError):  # the letter is theirs by now, whatever becomes of "QUIT"
                    server.quit()
            finally:
                server.close()
        except OSError as error:
            raise _meaning(error, recipient) from error

    def _connect(self) -> smtplib.SMTP:
        kind = smtplib.SMTP_SSL if self._parts.scheme == "smtps" else smtplib.SMTP
        default = 465 if self._parts.scheme == "smtps" else 587
        host, port = self._parts.hostname or "", self._parts.port or default
        return kind(host, port, timeout=ANSWER_WITHIN_SECONDS)

    def _introduce(self, server: smtplib.SMTP) -> None:
        server.ehlo_or_helo_if_needed()
        if self._parts.scheme == "smtp" and server.has_extn("starttls"):
            server.starttls()
        if self._parts.username:
            server.login(unquote(self._parts.username), unquote(self._parts.password or ""))


def _sender(typed: str) -> Address:
    name, address = parseaddr(typed)
    try:
        return Address(name, addr_spec=in_ascii(address))
    except Refused as error:
        raise BadSetting("MAIL_FROM must look like Hunar <no-reply@example.org>.") from error


def _meaning(error: OSError, recipient: str) -> Exception:
    """What a conversation that failed means: for this letter, or for all of them."""
    words: bytes | str
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        code, words = error.recipients[recipient]
    elif isinstance(error, smtplib.SMTPDataError):
        code, words = error.smtp_code, error.smtp_error
    else:
        return Away(f"The mail server takes no letters: {error!r}")
    words = words.decode(errors="replace") if isinstance(words, bytes) else words
    said = f"{recipient}: {code} {words}"
    if code in ABOUT_US:
        return Away(said)
    return Refused(said) if code >= 500 else Postponed(said)


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
        domain = urlsplit(config.public_url).hostname or "localhost"
        return SmtpMailer(config.smtp_url, config.mail_from, domain=domain)
    return KeepingMailer(bind)


def forget(bind: Engine | Connection) -> int:
    """Remove some of the letters that were kept long enough; return how many."""
    return remove_some(bind, KeptLetter, KeptLetter.kept_at < now() - KEPT_STAYS)


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
