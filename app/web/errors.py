"""The one place that shows a refusal: a page for a person, JSON for a machine."""

from typing import Any

from flask import Flask, Response, current_app, g, jsonify, make_response, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from flask_babel import lazy_gettext as _l
from flask_login import current_user
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import IntegrityError, SQLAlchemyError
from sqlalchemy.orm.exc import StaleDataError
from werkzeug.exceptions import HTTPException

from app.db import UNABLE
from app.errors import Busy, Conflict, DomainError, Forbidden, Stale
from app.web import kept, versions
from app.web.database import db
from app.web.guards import wants_page
from app.web.labels import LABELS
from app.web.login import login_manager

# Plain words for what the framework refuses by itself.
HTTP_SENTENCES = {
    400: _l("The request could not be understood. Go back and try again."),
    404: _l("There is no such page. It may have moved, or the link is not complete."),
    405: _l("This address does not take that kind of request."),
    413: _l(
        "That was too much at once: at most 256 kB of text fit. "
        "Go back, your browser has kept what you typed, and make it shorter."
    ),
    500: _l("Something broke on our side. Nothing was saved. Please try again in a moment."),
}
# What may go well the next time; the others would be refused alike.
SENT_AGAIN = frozenset({409, 429, 500, 503})


def init_errors(app: Flask) -> None:
    """Answer every refusal and every failure with a sentence."""
    app.register_error_handler(DomainError, refuse)
    app.register_error_handler(CSRFError, _refuse_forged)
    for changed in (Stale, StaleDataError, IntegrityError):
        app.register_error_handler(changed, _refuse_stale)
    for kind in UNABLE:
        app.register_error_handler(kind, _refuse_busy)
    app.register_error_handler(HTTPException, _refuse_http)
    app.register_error_handler(Exception, _fail)


def sentence(error: DomainError) -> str:
    """Say the refusal in the reader's language, and so what it quotes of ours."""
    params = dict(error.params)
    if (status := params.get("status")) in LABELS:
        params["status"] = LABELS[str(status)]
    if missing := getattr(error, "missing", None):  # sentences by field, message ids themselves
        params["missing"] = " ".join(gettext(lack) for lack in missing.values())
    return gettext(error.message, **params)


def refuse(error: DomainError) -> Response:
    """Answer with the refusal's own status and sentence."""
    if error.status >= 500:
        _know_somebody()
    answer = _answer(error.status, error.code, sentence(error), error.link)
    answer.headers.update(retry_after(error))
    return answer


def retry_after(error: DomainError) -> dict[str, str]:
    """The header that says when it may be tried again, where the refusal knows."""
    seconds = getattr(error, "retry_after_seconds", None)
    return {"Retry-After": str(seconds)} if seconds else {}


def _refuse_forged(_error: CSRFError) -> Response:
    # Signed out or in again in another window: the token is of the visit that ended.
    if wants_page() and kept.can_be_sent_again():
        if current_user.is_authenticated and (page := kept.resume()):
            return page
        guard = getattr(current_app.view_functions.get(request.endpoint or ""), "guard", "public")
        if guard != "public" and not current_user.is_authenticated:
            return make_response(login_manager.unauthorized())
        words = gettext(
            "You signed in again after you opened this. Look through it and send it again."
        )
        return kept.page(words, kept.typed(), status=403, action=request.full_path.rstrip("?"))
    return refuse(
        Forbidden(
            "This form was open too long or came from another site. "
            "Go back, reload the page and send it again."
        )
    )


def _refuse_stale(_error: Exception) -> Response:
    # Two people, or two clicks, moved the same thing: the database let one of them through.
    db.session.rollback()
    if versions.FIELD in request.form and "is_last_try" not in g:
        g.is_last_try = True
        return current_app.make_response(_look_again())
    return refuse(Conflict("Someone changed this at the same moment. Reload and look again."))


def _look_again() -> ResponseReturnValue:
    """Do it once more: the form is older than what is saved by now, and its page shows both."""
    try:
        return current_app.dispatch_request()
    except Exception as error:
        return current_app.handle_user_exception(error)


def _refuse_busy(error: Exception) -> Response:
    # The database is there for the next one who asks, or the operator has to look: the log says.
    db.session.rollback()
    current_app.logger.error("The database did not do it: %s", error)
    return refuse(Busy("This cannot be done at this moment. Nothing was saved. Please try again."))


def _refuse_http(error: HTTPException) -> Response:
    if error.response is not None:  # an abort(response): already an answer
        return make_response(error.response)
    status = error.code or 500
    words = HTTP_SENTENCES.get(status, HTTP_SENTENCES[400] if status < 500 else None)
    return _answer(status, (error.name or "error").lower().replace(" ", "_"), str(words or ""))


def _fail(error: Exception) -> Response:
    db.session.rollback()
    _know_somebody()
    current_app.logger.error("A request failed", exc_info=error)
    if current_app.testing:  # a test wants the failure itself, not its page
        raise error
    return _answer(500, "failure", str(HTTP_SENTENCES[500]))


def _know_somebody() -> None:
    """Answer a visitor where nobody can be looked for: the database may be what failed."""
    try:
        current_user.is_authenticated  # noqa: B018
    except SQLAlchemyError:
        login_manager._update_request_context_with_user()


def _answer(status: int, code: str, words: str, link: str = "") -> Response:
    if not wants_page():
        answer = jsonify(error={"code": code, "message": words, "fields": {}})
        answer.status_code = status
        return answer
    given: dict[str, Any] = {"unread": lambda: 0} if status >= 500 else {}
    sent = kept.typed() if request.method == "POST" else []
    again = status in SENT_AGAIN and kept.can_be_sent_again()
    if kept.has_text(sent) or (again and status == 503):
        action = request.full_path.rstrip("?") if again else ""
        return kept.page(words, sent, status=status, action=action, link=link, **given)
    # A file that was too large to read: its form lies behind the same address.
    view = current_app.view_functions.get(request.endpoint or "")
    back = request.path if status == 413 and getattr(view, "takes_files", False) else ""
    given |= {"status": status, "words": words, "back": back}
    return make_response(render_template("errors/refusal.html", **given), status)
