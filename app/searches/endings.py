"""The address in a letter that ends the letters of its search: signed, so that no login is needed.

Programs that read mail call it as well (RFC 8058). It does nothing else and never runs out: who
has the letter was written to.
"""

import hashlib
import hmac

from sqlalchemy.orm import Session

from app.errors import NotFound
from app.searches.models import SavedSearch


def name_of(search: SavedSearch) -> str:
    """What the address says of a search: enough that a later one with its number is another."""
    return f"{search.id}.{search.user_id}.{int(search.created_at.timestamp())}"


def sign(key: str, name: str) -> str:
    """What only the site can write behind a name."""
    return hmac.new(key.encode(), f"letters end: {name}".encode(), hashlib.sha256).hexdigest()


def path(key: str, name: str) -> str:
    """Where on this site the letters end."""
    return f"/letters/{name}/{sign(key, name)}/ending"


def find(session: Session, key: str, name: str, signature: str) -> SavedSearch:
    """The search whose letters the address ends; raises `NotFound` for an address not ours."""
    if hmac.compare_digest(sign(key, name).encode(), signature.encode()):
        search = session.get(SavedSearch, int(name.partition(".")[0]))
        if search is not None and name_of(search) == name:
            return search
    raise NotFound("There are no such letters any more, or the address is not complete.")
