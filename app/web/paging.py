"""Addresses of pages: the part of a list that is asked for, and the page that a reader is on."""

from urllib.parse import urlsplit

from flask import request

HIGHEST_ID = 2**31 - 1  # the largest key an integer column of PostgreSQL holds


def before_id() -> int | None:
    """The id that the asked-for part of a list comes after; None for the first part."""
    given = request.args.get("before", type=int)
    return given if given and 0 < given <= HIGHEST_ID else None


def page_behind() -> str:
    """The address that shows the reader's page again: an act's own shows none, so the one before.

    A browser names the page before to us, and to no other site (`Referrer-Policy`).
    """
    own = request.full_path.rstrip("?")
    if request.method == "GET" or (request.url_rule and "GET" in (request.url_rule.methods or ())):
        return own
    before = urlsplit(request.referrer or "")
    path = before.path + (f"?{before.query}" if before.query else "")
    return path if before.netloc == request.host and path.startswith("/") else "/"
