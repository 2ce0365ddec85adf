"""What was typed is not lost: a refused form comes back on a page that sends it again.

Passwords and files never come back; the page has empty fields for them. Who is signed out signs
in first, and what was typed travels along, signed by us, in the form of the sign-in page.
"""

from collections.abc import Iterable, Iterator
from typing import Any

from flask import Flask, Response, current_app, g, make_response, render_template, request
from flask_babel import gettext as _
from flask_login import current_user
from itsdangerous import BadData, URLSafeTimedSerializer
from werkzeug.datastructures import MultiDict
from werkzeug.exceptions import HTTPException
from wtforms import Field, FieldList, FileField, FormField, HiddenField, PasswordField, StringField

from app.web.forms import Form, show_only
from app.web.headers import is_from_own_page

FIELD = "kept"
SIGN_IN = "accounts.sign_in"
MOST_SECONDS = 24 * 3600
# Ours, made anew each time; `shown_in` only asked for another language.
_NEVER = frozenset({"csrf_token", "once", "shown_in"})
_SHOWN = (StringField, PasswordField, FileField)

Typed = list[tuple[str, str]]


def init_kept(app: Flask) -> None:
    """Let the sign-in page carry what was typed."""
    app.jinja_env.globals["kept"] = carried


def typed() -> Typed:
    """What the request's form holds, but for what is ours; of what is secret only the name."""
    try:
        sent = list(request.form.items(multi=True))
    except HTTPException:  # a body too large, or none that can be read
        return []
    secret = {name for kind in _kinds(Form) for name in _names(kind, PasswordField)}
    return [(name, "" if name in secret else text) for name, text in sent if name not in _NEVER]


def can_be_sent_again() -> bool:
    """Tell whether the browser says that a page of ours sent this form."""
    return request.method == "POST" and request.endpoint is not None and is_from_own_page()


def page(words: str, sent: Typed, *, status: int = 200, **more: Any) -> Response:
    """The page that shows what was typed; with `action`, a button sends it there again.

    `link` leads to what came of an earlier sending.
    """
    form = _form_for(sent)
    shown = [field for field in _leaves(form) if _is_shown(field, sent)] if form else []
    names = {field.name for field in shown}
    answer = make_response(
        render_template(
            "errors/kept.html",
            words=words,
            status=status,
            shown=shown,
            others=[one for one in sent if one[0] not in names],
            has_file=any(isinstance(field, FileField) for field in shown),
            **more,
        )
    )
    answer.status_code = status
    return answer


def has_text(sent: Typed) -> bool:
    """Tell whether a person wrote some of it."""
    form = _form_for(sent)
    return form is not None and any(_is_shown(field, sent) for field in _leaves(form))


def ask_to_sign_in() -> Response:
    """Answer with the sign-in page, which carries what was typed to the page behind it."""
    g.carried = _serializer().dumps([request.full_path.rstrip("?"), typed()])
    show_only(empty=True)
    answer = make_response(current_app.view_functions[SIGN_IN]())
    answer.status_code = 403
    return answer


def carried() -> str:
    """What the sign-in page carries; empty for nothing."""
    return str(g.get("carried") or request.form.get(FIELD, ""))


def resume() -> Response | None:
    """After signing in: the page with what was typed before, or None when there is nothing."""
    try:
        action, sent = _serializer().loads(request.form.get(FIELD, ""), max_age=MOST_SECONDS)
    except BadData:
        return None
    g.pop("csrf_token", None)  # of the visit that ended
    words = _("You are signed in as %(name)s. Look through what was typed, then send it.")
    return page(words % {"name": current_user.name}, [tuple(one) for one in sent], action=action)


def _serializer() -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(str(current_app.secret_key), salt="kept")


def _kinds(kind: type[Form]) -> Iterator[type[Form]]:
    yield kind
    for one in kind.__subclasses__():
        yield from _kinds(one)


def _names(kind: type[Form], *of: type[Field]) -> set[str]:
    """The names of a form's fields, those of some classes or all."""
    fields = {name: getattr(kind, name) for name in dir(kind) if not name.startswith("_")}
    unbound = {name: one for name, one in fields.items() if hasattr(one, "field_class")}
    return {name for name, one in unbound.items() if not of or issubclass(one.field_class, of)}


def _form_for(sent: Typed) -> Form | None:
    """The form that has most of these fields: it knows what they are called."""
    names = {name.partition("-")[0] for name, _text in sent}
    if not names:
        return None
    kinds = {kind: _names(kind) for kind in _kinds(Form)}
    best = max(kinds, key=lambda kind: (len(kinds[kind] & names), -len(kinds[kind])))
    if not kinds[best] & names:
        return None
    return best(formdata=MultiDict(sent), meta={"csrf": False})


def _leaves(fields: Iterable[Field]) -> Iterator[Field]:
    for field in fields:
        if isinstance(field, FieldList | FormField):
            yield from _leaves(field)
        else:
            yield field


def _is_shown(field: Field, sent: Typed) -> bool:
    if isinstance(field, HiddenField) or not isinstance(field, _SHOWN):
        return False
    is_typed_anew = isinstance(field, PasswordField | FileField)
    return is_typed_anew or any(name == field.name and text.strip() for name, text in sent)
