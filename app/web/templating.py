"""How values look on a page: money, dates, and links to static files that never go stale."""

import hashlib
from datetime import date, datetime, timedelta
from functools import cache, lru_cache
from pathlib import Path

from babel.numbers import format_currency
from flask import Flask, url_for
from flask_babel import format_date, format_datetime, gettext, ngettext
from markupsafe import Markup

from app import permissions
from app.clock import now
from app.money import MINOR_DIGITS, Money
from app.web.labels import language_name, show_label

# Western digits in both languages: rates and dates are compared with what banks and clients write.
NUMBERS = "en"


def init_templating(app: Flask, *, demo: bool) -> None:
    """Give templates the filters, the predicates and the fingerprinted static links."""
    app.jinja_env.filters.update(
        money=show_money,
        day=show_day,
        moment=show_moment,
        ago=show_ago,
        label=show_label,
        language=language_name,
    )
    app.jinja_env.globals.update(static=static_url, may=permissions, demo=demo)
    app.jinja_env.trim_blocks = True
    app.jinja_env.lstrip_blocks = True


# The same few amounts stand on every page; writing one takes as long as ten other values.
@lru_cache(maxsize=4096)
def show_money(minor: int, currency: str) -> Markup:
    """Write an amount, isolated so that it reads the same inside Urdu text."""
    amount = Money(minor, currency)
    whole = minor % 10 ** MINOR_DIGITS[currency] == 0
    text = format_currency(
        amount.major,
        currency,
        locale=NUMBERS,
        format="¤#,##0" if whole else None,
        currency_digits=not whole,
    )
    return Markup('<bdi class="money" dir="ltr">{}</bdi>').format(text)


def show_day(value: date) -> str:
    """Write a date in the reader's language."""
    return str(format_date(value, "d MMM yyyy"))


def show_moment(value: datetime) -> str:
    """Write a time in the reader's zone and language."""
    day, time = format_datetime(value, "d MMM yyyy"), format_datetime(value, "HH:mm")
    return gettext("%(day)s, %(time)s", day=day, time=time)


def show_ago(value: datetime) -> str:
    """Say how long ago, coarsely."""
    gone = now() - value
    if gone < timedelta(hours=1):
        minutes = max(1, int(gone.total_seconds() // 60))
        return ngettext("%(num)d minute ago", "%(num)d minutes ago", minutes)
    if gone < timedelta(days=1):
        return ngettext("%(num)d hour ago", "%(num)d hours ago", gone.seconds // 3600)
    if gone < timedelta(days=30):
        return ngettext("%(num)d day ago", "%(num)d days ago", gone.days)
    return show_day(value.date())


def static_url(name: str) -> str:
    """Link to a static file by its content, so that it may be cached for ever."""
    return url_for("static", filename=name, v=_fingerprint(name))


@cache
def _fingerprint(name: str) -> str:
    file = Path(__file__).parent.parent / "static" / name
    return hashlib.sha256(file.read_bytes()).hexdigest()[:10]
