"""A form sent twice does its thing once: each carries a key, and a used one leads to what it did.

The key is written in the same transaction as the thing, so both are there or neither, and of two
presses at the same moment the unique row lets one through and has the other wait for its answer.
"""

import hashlib
import re
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import count

from flask import Flask, Response, flash, g, redirect, request
from flask_babel import gettext as _
from flask_login import current_user
from sqlalchemy import ForeignKey, String, Text, UniqueConstraint, delete, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import Connection, Engine
from sqlalchemy.orm import Mapped, mapped_column
from werkzeug.wrappers import Response as AnyResponse

from app.clock import now
from app.db import Base, UtcDateTime, remove_some
from app.errors import Conflict
from app.web.database import db
from app.web.forms import is_only_shown

FIELD = "once"
KEPT_FOR = timedelta(days=30)
_KEY = re.compile(r"[A-Za-z0-9_.-]{8,40}")


class Submission(Base):
    """One form that was sent and done, and the page it led to."""

    __tablename__ = "submissions"
    __table_args__ = (UniqueConstraint("user_id", "key"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))
    key: Mapped[str] = mapped_column(String(40))
    digest: Mapped[str] = mapped_column(String(64))
    """Of what was sent: the same again is a second press, another text is another wish."""
    path: Mapped[str] = mapped_column(Text, default="")
    """Where the first press was sent on to; empty while it is under way."""
    made_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)


@dataclass(frozen=True)
class _Claim:
    user_id: int
    key: str
    digest: str


def init_once(app: Flask) -> None:
    """Give every form its key, and look at the key of every form that somebody signed in sends."""
    app.jinja_env.globals["once_key"] = new_key
    app.before_request(_claim)
    app.after_request(_keep)


def new_key() -> str:
    """A key for one form: the page's own with a number behind it, so that many weigh little."""
    if "once" not in g:
        g.once = (secrets.token_urlsafe(12), count(1))
    page, numbers = g.once
    return f"{page}.{next(numbers)}"


def forget(bind: Engine | Connection) -> int:
    """Remove some of the keys that are too old to come again; return how many."""
    return remove_some(bind, Submission, Submission.made_at < now() - KEPT_FOR)


def _claim() -> AnyResponse | None:
    if request.method != "POST" or request.endpoint is None or is_only_shown():
        return None
    key = request.form.get(FIELD, "")
    if not _KEY.fullmatch(key) or not current_user.is_authenticated:
        return None
    claim = _Claim(current_user.id, key, _digest())
    if not _insert(claim):
        return _answer_again(claim)
    g.claim = claim
    return None


def _keep(response: Response) -> AnyResponse:
    claim = g.pop("claim", None)
    if claim is None or response.status_code >= 400:  # a refused form may be sent again
        return response
    own = (Submission.user_id == claim.user_id, Submission.key == claim.key)
    if response.status_code != 303 or not response.location:
        db.session.execute(delete(Submission).where(*own))  # only shown anew: nothing was done
        return response
    noted = update(Submission).where(*own).values(path=response.location)
    # Who let go of the database meanwhile has lost the row, and another press may have been done.
    if db.session.scalar(noted.returning(Submission.id)) or _insert(claim, response.location):
        return response
    db.session.rollback()
    return _answer_again(claim)


def _insert(claim: _Claim, path: str = "") -> bool:
    """Write the key; False when it stands there, once whoever is writing it has ended."""
    kind = postgresql if db.session.get_bind().dialect.name == "postgresql" else sqlite
    row = {**vars(claim), "path": path, "made_at": now()}
    written = kind.insert(Submission).values(row).on_conflict_do_nothing()
    return db.session.scalar(written.returning(Submission.id)) is not None


def _answer_again(claim: _Claim) -> AnyResponse:
    made = db.session.execute(
        select(Submission.path, Submission.digest).where(
            Submission.user_id == claim.user_id, Submission.key == claim.key
        )
    ).one()
    if made.digest != claim.digest:
        refusal = Conflict(
            "You have sent this form before, with other words, and that was saved. "
            "Nothing new is saved yet. Look at what was saved, or send this as well."
        )
        refusal.link = made.path
        raise refusal
    flash(_("You sent this twice. It was done once."))
    return redirect(made.path, 303)


def _digest() -> str:
    sent = [
        (name, value)
        for name, value in request.form.items(multi=True)
        if name not in (FIELD, "csrf_token")
    ]
    return hashlib.sha256(repr((request.full_path, sorted(sent))).encode()).hexdigest()
