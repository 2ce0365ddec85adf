"""Who may call an endpoint. Every view carries exactly one of these; a test walks them all."""

from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar

from flask import current_app, request
from flask_login import current_user

from app.errors import Forbidden, NotFound
from app.permissions import Role

View = TypeVar("View", bound=Callable[..., Any])


def public(view: View) -> View:
    """Anyone may call this."""
    view.guard = "public"  # type: ignore[attr-defined]
    return view


def signed_in(view: View) -> View:
    """Anyone signed in may call this; others are sent to sign in first."""
    return _guarded(view, "signed_in", lambda user: True)


def role(*roles: Role) -> Callable[[View], View]:
    """Only people in one of `roles` may call this."""

    def guard(view: View) -> View:
        return _guarded(view, "role:" + ",".join(roles), lambda user: user.role in roles)

    return guard


def demo_only(view: View) -> View:
    """Anyone may call this on a demo; elsewhere it does not exist."""

    @wraps(view)
    def guarded(*args: Any, **kwargs: Any) -> Any:
        if not current_app.extensions["hunar"].config.demo:
            raise NotFound("There is no such page.")
        return view(*args, **kwargs)

    guarded.guard = "demo_only"  # type: ignore[attr-defined]
    return guarded  # type: ignore[return-value]


def require(predicate: Callable[[Any, Any], bool], thing: Any) -> None:
    """Refuse with 403 unless `predicate(current_user, thing)` holds."""
    if not predicate(current_user, thing):
        raise Forbidden("This is not yours to do.")


def _guarded(view: View, name: str, allows: Callable[[Any], bool]) -> View:
    @wraps(view)
    def guarded(*args: Any, **kwargs: Any) -> Any:
        if not current_user.is_authenticated:
            return current_app.login_manager.unauthorized()  # type: ignore[attr-defined]
        if not allows(current_user):
            raise Forbidden("This page is for people in another role.")
        return view(*args, **kwargs)

    guarded.guard = name  # type: ignore[attr-defined]
    return guarded  # type: ignore[return-value]


def wants_page() -> bool:
    """Tell whether the caller reads pages (a person) rather than JSON (a machine)."""
    best = request.accept_mimetypes.best_match(["text/html", "application/json"])
    return best != "application/json"
