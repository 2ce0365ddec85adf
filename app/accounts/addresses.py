"""One mailbox, one spelling: how an e-mail address is written wherever it is typed."""

import unicodedata

from email_validator import EmailNotValidError, validate_email

from app import lengths
from app.errors import Invalid


def canonical(typed: str) -> str:
    """The address in small letters with its domain in ASCII; raises `Invalid` for no address."""
    try:
        found = validate_email(_visible(typed), check_deliverability=False)
    except EmailNotValidError as error:
        raise Invalid("This is not an e-mail address, for example amina@example.org.") from error
    if not found.local_part.isascii():
        raise Invalid(
            "Our letters do not reach an address with such letters before the @. Use another one."
        )
    address = f"{found.local_part}@{found.ascii_domain}".lower()
    if len(address) > lengths.ADDRESS:
        raise Invalid("This is not an e-mail address, for example amina@example.org.")
    return address


def lookup(typed: str) -> str:
    """What to look a typed address up by; what is no address is looked up as it is, in vain."""
    try:
        return canonical(typed)
    except Invalid:
        return _visible(typed).lower()


def _visible(typed: str) -> str:
    # Copied addresses bring invisible characters along, and a full stop at the end.
    seen = "".join(letter for letter in typed if unicodedata.category(letter) != "Cf")
    return seen.strip().rstrip(".")
