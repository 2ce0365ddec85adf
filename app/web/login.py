"""Flask-Login, told how to find the person behind a session token."""

from collections.abc import Callable
from typing import Any

from flask import Flask, flash, redirect, session, url_for
from flask_babel import gettext as _
from flask_login import LoginManager
from werkzeug.wrappers import Response

from app.web import kept
from app.web.paging import page_behind

login_manager = LoginManager()


def init_login(app: Flask, find_user: Callable[[str], Any]) -> None:
    """Sign people in by the token in their cookie; `find_user(token)` gives one or None."""
    login_manager.init_app(app)
    login_manager.user_loader(find_user)
    login_manager.unauthorized_handler(_ask_to_sign_in)
    # Sessions are rows that can be ended; a "remember me" cookie could not.
    app.config["REMEMBER_COOKIE_DURATION"] = 0


def _ask_to_sign_in() -> Response:
    flash(_("Sign in to go on."))
    if kept.can_be_sent_again() and kept.typed():
        return kept.ask_to_sign_in()
    wanted = page_behind()
    return redirect(url_for("accounts.sign_in", next=None if wanted == "/" else wanted), 303)


def forget_visit() -> None:
    """Drop everything the cookie held, so that nothing of an earlier visit lives on."""
    language = session.get("language")
    session.clear()
    if language:
        session["language"] = language
