"""The newest matches of a search, for a feed: who reads one sees first what is new."""

from sqlalchemy.orm import Session

from app.jobs.models import Job
from app.matching import conditions
from app.matching.engine import texts
from app.matching.matcher import Matcher
from app.profiles.models import Profile
from app.searches import filters
from app.searches.finding import pool_of, things
from app.searches.wanted import Wanted
from app.searches.why import draft_of, says_enough
from app.taxonomy.reading import named_in
from app.taxonomy.skills import names_of

MOST = 20
LOOKED_AT = 400
"""So many of the newest that pass the filters are looked at for the typed words."""
_AT_ONCE = 50


def matches(session: Session, matcher: Matcher, wanted: Wanted) -> list[Profile | Job]:
    """Return what passes the filters and says enough of the words, the newest first.

    By the words alone, as a letter tells of it: no model, because the order is that of days.
    """
    draft = draft_of(wanted.words, named_in(session, wanted.words))
    names = names_of(session, [row.skill_id for row in draft.skills])
    says_nothing = not texts.compose_job(wanted.words, (), "")[1]
    found: list[Profile | Job] = []
    asked = filters.asked_by(session, wanted)
    view = pool_of(matcher, wanted.kind).view(session, matcher.encoder)
    newest = view.newest(view.sort_out(asked), LOOKED_AT)
    true = conditions.still_true(session, asked, newest)
    ids = [one for one in newest if one in true]
    for start in range(0, len(ids), _AT_ONCE):
        part = things(session, wanted.kind, ids[start : start + _AT_ONCE])
        ordered = (part[one] for one in ids[start : start + _AT_ONCE])
        found += (one for one in ordered if says_nothing or says_enough(one, draft, names))
        if len(found) >= MOST:
            break
    return found[:MOST]
