"""A letter as it goes over the line: its headers, its addresses in ASCII, its text in 7 bits."""

from dataclasses import dataclass
from email import policy
from email.errors import MessageError
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import format_datetime

import idna

from app.clock import now
from app.outbox import Refused

# Lines that begin with "From" stay as they are, and every server takes 7 bits.
LINE = policy.SMTP.clone(cte_type="7bit", mangle_from_=False)


@dataclass(frozen=True)
class Letter:
    """A letter ready to go."""

    recipient: str
    subject: str
    body: str
    ends_at: str | None = None
    """Where one request ends letters of this kind (RFC 8058); None for letters that are owed."""


def compose(letter: Letter, *, sender: Address, number: int, domain: str) -> EmailMessage:
    """Write the letter of effect `number`; raises `Refused` when no server could take it."""
    message = EmailMessage(policy=LINE)
    message["From"] = sender
    message["To"] = Address(addr_spec=in_ascii(letter.recipient))
    message["Subject"] = letter.subject
    message["Date"] = format_datetime(now())
    # The same letter sent twice after a crash carries the same id; mailboxes fold it.
    message["Message-ID"] = f"<effect-{number}@{domain}>"
    message["Auto-Submitted"] = "auto-generated"
    if letter.ends_at:
        message["List-Unsubscribe"] = f"<{letter.ends_at}>"
        message["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    message.set_content(letter.body)
    return message


def in_ascii(address: str) -> str:
    """The address as every mail server takes it: a domain like bücher.example as xn--…

    Raises `Refused` where there is no such form: what stands before the @ has none.
    """
    local, _, domain = address.rpartition("@")
    if not local.isascii():
        raise Refused(f"{address}: before the @ only plain letters (a to z) can be mailed to.")
    try:
        if not domain.isascii():
            domain = idna.encode(domain, uts46=True).decode("ascii")
        return Address(addr_spec=f"{local}@{domain}").addr_spec
    except (ValueError, IndexError, MessageError) as error:
        raise Refused(f"{address}: this is no address that a letter can go to.") from error
