"""The verbs on a saved search: keep, delete, ask for letters, give it a feed."""

import secrets

from sqlalchemy import func, select
from sqlalchemy.orm import Session, joinedload

from app.accounts.models import User
from app.clock import now
from app.db import lock
from app.errors import Conflict, NotFound
from app.searches.models import SavedSearch
from app.searches.wanted import Wanted

MOST_SAVED = 20


def save(
    session: Session, user: User, wanted: Wanted, *, name: str, with_alerts: bool
) -> SavedSearch:
    """Keep a search under a name; raises `Conflict` when the person has as many as one may."""
    lock(session, session.get_one(User, user.id))  # a view's user is a stand-in for this one
    held = session.scalar(select(func.count()).where(SavedSearch.user_id == user.id)) or 0
    if held >= MOST_SAVED:
        raise Conflict("At most %(n)d searches can be saved. Delete one first.", n=MOST_SAVED)
    search = SavedSearch(
        user_id=user.id,
        kind=wanted.kind,
        name=name,
        asked=wanted.asked,
        created_at=now(),
        alerts_began_at=now() if with_alerts else None,
    )
    session.add(search)
    session.flush()
    return search


def of_user(session: Session, user: User) -> list[SavedSearch]:
    """The searches a person has saved, the newest first."""
    own = select(SavedSearch).where(SavedSearch.user_id == user.id)
    return list(session.scalars(own.order_by(SavedSearch.id.desc()).limit(MOST_SAVED)))


def get_own(session: Session, search_id: int, user: User) -> SavedSearch:
    """A person's own saved search; raises `NotFound` for any other."""
    own = select(SavedSearch).where(SavedSearch.id == search_id, SavedSearch.user_id == user.id)
    search = session.scalar(own)
    if search is None:
        raise NotFound("You have saved no such search.")
    return search


def delete(session: Session, search: SavedSearch) -> None:
    """Forget a search, its feed, and what it was told about."""
    session.delete(search)
    session.flush()


def set_alerts(session: Session, search: SavedSearch, *, on: bool) -> None:
    """Begin letters about what is new from now on, or end them."""
    if on != bool(search.alerts_began_at):
        search.alerts_began_at = now() if on else None
    session.flush()


def give_feed(session: Session, search: SavedSearch) -> None:
    """Give the search a feed at a new secret address; one it had before answers no more."""
    search.feed_token = secrets.token_urlsafe(32)
    session.flush()


def end_feed(session: Session, search: SavedSearch) -> None:
    """Let the feed's address answer no more."""
    search.feed_token = None
    session.flush()


def by_feed(session: Session, token: str) -> SavedSearch:
    """The search whose feed has this address; raises `NotFound` when none has."""
    search = session.scalar(
        select(SavedSearch)
        .join(SavedSearch.user)
        .where(SavedSearch.feed_token == token, User.suspended_at.is_(None))
        .options(joinedload(SavedSearch.user))
    )
    if search is None:
        raise NotFound("There is no feed at this address.")
    return search
