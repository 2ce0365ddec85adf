"""What the worker does for saved searches."""

from collections.abc import Callable

from flask import current_app

from app.matching.encoder import NotReady
from app.searches import alerts
from app.web.database import db


def sweeps() -> list[Callable[[], object]]:
    """What the worker does for saved searches again and again."""
    return [tell_due]


def tell_due() -> int:
    """Promise the letters that are due; return how many things they tell."""
    try:
        return alerts.tell_due(db.engine, current_app.extensions["hunar"].matcher)
    except NotReady:  # the sweep of matching says so; until then nothing can be searched
        return 0
