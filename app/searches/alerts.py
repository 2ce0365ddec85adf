"""Letters about what is new for a saved search: at most one a day, and each thing once.

What is searched is read first; the letter and the rows of what it tells are then written in one
transaction that looks again whether the search is still due. So a worker that dies, or a second
one beside it, tells nothing twice.
"""

from collections.abc import Sequence
from datetime import timedelta

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import Session, contains_eager

from app.accounts import letters
from app.accounts.models import User
from app.clock import now
from app.db import transaction
from app.jobs.models import Job
from app.matching import conditions
from app.matching.matcher import Matcher
from app.matching.refresh import Bind, reading
from app.profiles.models import Profile
from app.searches import endings, filters, finding
from app.searches.models import Kind, SavedSearch, Told
from app.searches.wanted import Wanted
from app.searches.why import draft_of, says_enough
from app.taxonomy.reading import named_in
from app.taxonomy.skills import names_of

BETWEEN_LETTERS = timedelta(days=1)
BETWEEN_LOOKS = timedelta(hours=1)
BEST = 20
"""What is new is told if it stands among so many of the best."""
MOST_AT_ONCE = 10


def tell_due(bind: Bind, matcher: Matcher) -> int:
    """Look at some of the searches that are due; return how many things were told."""
    with reading(bind) as session:
        due = select(SavedSearch.id).join(SavedSearch.user).where(*_is_due())
        ids = list(session.scalars(due.order_by(SavedSearch.id).limit(MOST_AT_ONCE)))
    return sum(tell(bind, matcher.pinned(), search_id) for search_id in ids)


def tell(bind: Bind, matcher: Matcher, search_id: int) -> int:
    """Promise one letter about all that is new for a search; return how much it tells."""
    with reading(bind) as session:
        search = session.get_one(SavedSearch, search_id)
        fresh = new_for(session, matcher, search)
    with transaction(bind) as session:
        return _note(session, search_id, fresh)


def new_for(session: Session, matcher: Matcher, search: SavedSearch) -> list[int]:
    """What was published since letters began, stands among the best, says enough of the typed
    words, and was not told; in the order of the search."""
    wanted = Wanted.of(search.kind, search.asked)
    told = set(session.scalars(select(Told.thing_id).where(Told.search_id == search.id)))
    thing = Job if search.kind is Kind.JOBS else Profile
    recent = select(thing.id).where(thing.published_at > search.alerts_began_at)
    fresh = set(session.scalars(recent)) - told
    return [one for one in _best(session, matcher, wanted) if one in fresh] if fresh else []


def _best(session: Session, matcher: Matcher, wanted: Wanted) -> list[int]:
    draft = draft_of(wanted.words, named_in(session, wanted.words))
    asked = filters.asked_by(session, wanted)
    view = finding.pool_of(matcher, wanted.kind).view(session, matcher.encoder)
    eligible = view.sort_out(asked)
    compared = finding.compare(matcher, wanted.kind, draft, view, eligible)
    order = compared.scores() if compared else finding.newest(view, eligible, BEST)
    first = [score.id for score in order[:BEST]]
    true = conditions.still_true(session, asked, first)
    best = [one for one in first if one in true]
    if compared is None:
        return best
    found = finding.things(session, wanted.kind, best)
    names = names_of(session, [row.skill_id for row in draft.skills])
    return [one for one in best if says_enough(found[one], draft, names)]


def _note(session: Session, search_id: int, fresh: Sequence[int]) -> int:
    search = session.scalar(
        select(SavedSearch)
        .join(SavedSearch.user)
        .where(SavedSearch.id == search_id, *_is_due())
        .options(contains_eager(SavedSearch.user))
        .with_for_update(of=SavedSearch)
    )
    if search is None:
        return 0
    search.looked_at = now()
    found = finding.things(session, search.kind, fresh)
    telling = [found[one] for one in fresh if one in found]
    if not telling:
        return 0
    search.last_alerted_at = now()
    session.add_all(
        Told(search_id=search.id, thing_id=thing.id, told_at=now()) for thing in telling
    )
    letters.send(
        session,
        search.user,
        "alert",
        search=search.name,
        titles="\n".join(title_of(thing) for thing in telling),
        paths="\n".join(path_of(thing) for thing in telling),
        ends=endings.name_of(search),
    )
    return len(telling)


def title_of(thing: Profile | Job) -> str:
    """What a list calls a profile or a job, on one line."""
    title = f"{thing.user.name} – {thing.headline}" if isinstance(thing, Profile) else thing.title
    return " ".join(title.split())


def path_of(thing: Profile | Job) -> str:
    """Where on this site a profile or a job is."""
    return f"/freelancers/{thing.id}" if isinstance(thing, Profile) else f"/jobs/{thing.id}"


def _is_due() -> tuple[ColumnElement[bool], ...]:
    moment = now()
    return (
        SavedSearch.alerts_began_at.is_not(None),
        User.email_verified_at.is_not(None),
        User.suspended_at.is_(None),
        or_(SavedSearch.looked_at.is_(None), SavedSearch.looked_at <= moment - BETWEEN_LOOKS),
        or_(
            SavedSearch.last_alerted_at.is_(None),
            SavedSearch.last_alerted_at <= moment - BETWEEN_LETTERS,
        ),
    )
