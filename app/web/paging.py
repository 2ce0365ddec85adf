"""Lists in parts: the id in the address that the next part comes after."""

from flask import request

HIGHEST_ID = 2**31 - 1  # the largest key an integer column of PostgreSQL holds


def before_id() -> int | None:
    """The id that the asked-for part of a list comes after; None for the first part."""
    given = request.args.get("before", type=int)
    return given if given and 0 < given <= HIGHEST_ID else None
