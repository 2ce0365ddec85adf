"""A saved search as an Atom feed (RFC 4287), for readers that are not browsers."""

import re
from collections.abc import Sequence
from datetime import UTC, datetime
from xml.etree import ElementTree

from app.jobs.models import Job
from app.profiles.models import Profile
from app.searches.alerts import path_of, title_of
from app.searches.models import SavedSearch

NAMESPACE = "http://www.w3.org/2005/Atom"
MEDIA_TYPE = "application/atom+xml"
LONGEST_SUMMARY = 300
# What XML 1.0 cannot hold at all, escaped or not.
_NEVER = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def feed(search: SavedSearch, found: Sequence[Profile | Job], *, site: str) -> bytes:
    """Write what was found as the feed of `search`; `site` is this site's address, without a slash
    at its end."""
    root = _element(None, "feed")
    here = f"{site}/feeds/{search.feed_token}.atom"
    _element(root, "id", here)
    _element(root, "title", f"Hunar: {search.name}")
    _element(root, "link", rel="self", href=here, type=MEDIA_TYPE)
    _element(root, "link", rel="alternate", href=f"{site}/search/{search.kind}", type="text/html")
    _element(_element(root, "author"), "name", "Hunar")
    times = [thing.updated_at for thing in found]
    _element(root, "updated", _written(max(times, default=search.created_at)))
    for thing in found:
        _add_entry(root, thing, site)
    return ElementTree.tostring(root, encoding="utf-8", xml_declaration=True)


def _add_entry(root: ElementTree.Element, thing: Profile | Job, site: str) -> None:
    entry = _element(root, "entry")
    place = site + path_of(thing)
    prose = thing.summary if isinstance(thing, Profile) else thing.description
    _element(entry, "id", place)
    _element(entry, "title", title_of(thing))
    _element(entry, "link", rel="alternate", href=place, type="text/html")
    _element(entry, "updated", _written(thing.updated_at))
    if thing.published_at:
        _element(entry, "published", _written(thing.published_at))
    _element(entry, "summary", _cut(prose))


def _element(
    parent: ElementTree.Element | None, name: str, text: str = "", **given: str
) -> ElementTree.Element:
    if parent is None:
        element = ElementTree.Element(name, xmlns=NAMESPACE)
    else:
        element = ElementTree.SubElement(parent, name, given)
    element.text = _NEVER.sub("", text) or None
    return element


def _written(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _cut(prose: str) -> str:
    if len(prose) <= LONGEST_SUMMARY:
        return prose
    return prose[:LONGEST_SUMMARY].rpartition(" ")[0] + "…"
