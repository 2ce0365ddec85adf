"""The words for values that the database keeps as codes: statuses, kinds, areas, languages."""

from babel import Locale
from flask_babel import get_locale
from flask_babel import lazy_gettext as _l

LABELS = {
    # roles
    "freelancer": _l("Freelancer"),
    "client": _l("Client"),
    "manager": _l("Park manager"),
    "operator": _l("Operator"),
    # parks
    "technology_park": _l("Software technology park"),
    "women_park": _l("Women's technology park"),
    "freelancing_hub": _l("Freelancing hub"),
    "PK-BA": _l("Balochistan"),
    "PK-GB": _l("Gilgit-Baltistan"),
    "PK-IS": _l("Islamabad"),
    "PK-JK": _l("Azad Jammu and Kashmir"),
    "PK-KP": _l("Khyber Pakhtunkhwa"),
    "PK-PB": _l("Punjab"),
    "PK-SD": _l("Sindh"),
    # memberships
    "asked": _l("Asked"),
    "confirmed": _l("Confirmed"),
    "ended": _l("Ended"),
    # availability; "open" is a job's status too and reads the same
    "open": _l("Open"),
    "limited": _l("Some hours free"),
    "away": _l("Away"),
    # jobs
    "draft": _l("Draft"),
    "hired": _l("Hired"),
    "closed": _l("Closed"),
    "fixed": _l("Fixed price"),
    "hourly": _l("By the hour"),
    # proposals
    "sent": _l("Sent"),
    "shortlisted": _l("Shortlisted"),
    "declined": _l("Declined"),
    "withdrawn": _l("Withdrawn"),
    "accepted": _l("Accepted"),
    # contracts and milestones
    "active": _l("Active"),
    "agreed": _l("Agreed"),
}


def show_label(value: str) -> str:
    """The word for a code; raises KeyError for a code without one, so that none is forgotten."""
    return str(LABELS[str(value)])


def language_name(code: str) -> str:
    """The name of a language (ISO 639-1) in the reader's language."""
    locale = get_locale() or Locale("en")
    return str(locale.languages.get(code) or Locale("en").languages[code])
