"""Language, direction and time zone of the reader."""

from flask import Flask, has_request_context, request, session
from flask_babel import Babel, get_locale, refresh
from flask_login import current_user

from app.web.forms import show_only
from app.web.paging import page_behind

LANGUAGES = {"en": "English", "ur": "اردو"}
RIGHT_TO_LEFT = frozenset({"ur"})
HOME_ZONE = "Asia/Karachi"


def init_i18n(app: Flask) -> None:
    """Choose the language: the one picked, then the account's, then the browser's."""
    app.config["BABEL_DEFAULT_TIMEZONE"] = HOME_ZONE
    Babel(app, locale_selector=choose_language)
    app.context_processor(
        lambda: {
            "languages": LANGUAGES,
            "language": language(),
            "direction": direction(),
            "here": page_behind(),
        }
    )
    app.before_request(_switch)


def _switch() -> None:
    # The header's button belongs to the page's form, so that what is typed in it comes along and
    # the form is shown again in the other language.
    picked = request.form.get("shown_in") if request.method == "POST" else None
    if picked in LANGUAGES and request.endpoint is not None:
        pick_language(picked)
        show_only()


def pick_language(code: str) -> None:
    """Speak it to this reader from now on."""
    session["language"] = code
    if current_user.is_authenticated:
        current_user.language = code
    refresh()


def choose_language() -> str:
    """Name the reader's language; whoever runs a command reads English."""
    if not has_request_context():
        return "en"
    picked = session.get("language")
    if picked in LANGUAGES:
        return str(picked)
    if current_user and current_user.is_authenticated and current_user.language in LANGUAGES:
        return str(current_user.language)
    return request.accept_languages.best_match(LANGUAGES) or "en"


def language() -> str:
    """The language of the page being made."""
    locale = get_locale()
    return locale.language if locale else "en"


def direction() -> str:
    """rtl or ltr, for the page being made."""
    return "rtl" if language() in RIGHT_TO_LEFT else "ltr"
