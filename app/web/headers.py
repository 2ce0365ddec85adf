"""The answer's headers, and the refusal of writes that another site sends in a person's name."""

from collections.abc import Callable
from typing import Any, TypeVar
from urllib.parse import urlsplit

from flask import Flask, Response, current_app, request

from app.config import Config
from app.errors import Forbidden, Invalid
from app.web.database import SAFE_METHODS

POLICY = (
    "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:; "
    "font-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; "
    "frame-ancestors 'none'; manifest-src 'self'"
)
# What a browser could do for a page and no page of ours asks it to.
UNUSED = (
    *("accelerometer", "autoplay"),
    *("camera", "display-capture", "encrypted-media", "gamepad", "geolocation", "gyroscope"),
    *("hid", "idle-detection", "local-fonts", "magnetometer", "microphone", "midi", "payment"),
    *("picture-in-picture", "publickey-credentials-get", "screen-wake-lock", "serial", "usb"),
    *("window-management", "xr-spatial-tracking"),
)
HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",  # for browsers that do not know frame-ancestors
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": ", ".join(f"{feature}=()" for feature in UNUSED),
}
# A year, and for this name alone: the names below it may be other people's.
ONLY_HTTPS = {"Strict-Transport-Security": f"max-age={365 * 24 * 3600}"}

View = TypeVar("View", bound=Callable[..., Any])


def from_anywhere(view: View) -> View:
    """Let programs call the view that have no page of ours: what it does, its address allows."""
    view.from_anywhere = True  # type: ignore[attr-defined]
    return view


def is_from_anywhere(view: Any) -> bool:
    """Tell whether a view may be called without a form of ours."""
    return getattr(view, "from_anywhere", False)


def init_headers(app: Flask, config: Config) -> None:
    """Set the headers of every answer and check where every write comes from."""
    headers = HEADERS | (ONLY_HTTPS if config.secure_cookies else {})

    def set_headers(response: Response) -> Response:
        response.headers.setdefault("Content-Security-Policy", POLICY)
        response.headers.update(headers)
        if request.endpoint != "static":
            # A shared phone must not show the last person's pages.
            response.headers.setdefault("Cache-Control", "no-store")
        return response

    app.before_request(refuse_other_sites)
    app.before_request(_refuse_nul)
    app.after_request(set_headers)


def refuse_other_sites() -> None:
    """Refuse an unsafe request that a browser says another site made.

    The form's token is the first guard, this is the second: browsers set `Sec-Fetch-Site` and
    `Origin` themselves (W3C Fetch Metadata), and no page can forge them.
    """
    view = current_app.view_functions.get(request.endpoint or "")
    if request.method in SAFE_METHODS or is_from_anywhere(view):
        return
    site = request.headers.get("Sec-Fetch-Site")
    if site is not None and site not in ("same-origin", "none"):
        raise Forbidden("This request came from another site.")
    origin = request.headers.get("Origin")
    if origin and origin != "null" and urlsplit(origin).netloc != request.host:
        raise Forbidden("This request came from another site.")


def is_from_own_page() -> bool:
    """Tell whether the browser itself says that a page of ours made this request."""
    if (site := request.headers.get("Sec-Fetch-Site")) is not None:
        return site == "same-origin"
    return urlsplit(request.headers.get("Origin", "")).netloc == request.host


def _refuse_nul() -> None:
    # PostgreSQL stores no NUL; in an address it is never meant. Forms say it field by field.
    if "\0" in request.path or any("\0" in value for value in request.args.values()):
        raise Invalid("This holds a control character. Type it again instead of pasting it.")
