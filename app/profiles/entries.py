"""What one line of a profile's lists may be: a title somebody worked under, a link to work."""

import re
import unicodedata
from urllib.parse import SplitResult, urlsplit

from app import lengths, texts
from app.errors import Invalid

_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:")
# Names only: a number or "localhost" is somebody's own machine, not a place to show work.
_HOST = re.compile(r"(?:[^\W_](?:[\w-]{0,61}[^\W_])?\.)+(?:[^\W\d_]{2,63}|xn--[a-z0-9-]{1,59})")
# Browsers read a backslash as a slash; the others end an address where a text quotes one.
_NOT_IN_LINKS = frozenset('\\<>"`')


def clean_title(typed: str) -> str:
    """Return a job title on one line; raises `Invalid` with the reason."""
    return texts.clean(typed, longest=lengths.TITLE, one_line=True)


def clean_link(typed: str) -> str:
    """Return a link to a web page; raises `Invalid` with the reason.

    Only http and https, because a browser runs other kinds; no name and password, because the
    page is public. "example.org/work" is taken as https.
    """
    text = texts.clean(typed, longest=lengths.LINK, one_line=True)
    link = text if _SCHEME.match(text) else f"https://{text}"
    parts = _split(link)
    if parts.scheme not in ("http", "https"):
        raise Invalid("A link begins with https:// or http://.")
    if "@" in parts.netloc:
        raise Invalid("Leave the user name and the password out of the link.")
    if len(link) > lengths.LINK or not _HOST.fullmatch(parts.hostname or ""):
        raise _not_a_link()
    return parts.geturl()


def _split(link: str) -> SplitResult:
    if any(c in _NOT_IN_LINKS or unicodedata.category(c)[0] in "CZ" for c in link):
        raise _not_a_link()
    try:
        parts = urlsplit(link)
        parts.port  # noqa: B018  (reading it checks it)
    except ValueError as error:
        raise _not_a_link() from error
    return parts


def _not_a_link() -> Invalid:
    return Invalid("This is not a link to a web page, for example https://example.org/work.")
