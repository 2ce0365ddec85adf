"""The answer's headers, and the refusal of writes that another site sends in a person's name."""

from urllib.parse import urlsplit

from flask import Flask, Response, request

from app.errors import Forbidden, Invalid
from app.web.database import SAFE_METHODS

POLICY = (
    "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:; "
    "font-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; "
    "frame-ancestors 'none'; manifest-src 'self'"
)


def init_headers(app: Flask) -> None:
    """Set the headers of every answer and check where every write comes from."""
    app.before_request(refuse_other_sites)
    app.before_request(_refuse_nul)
    app.after_request(_set_headers)


def refuse_other_sites() -> None:
    """Refuse an unsafe request that a browser says another site made.

    The form's token is the first guard, this is the second: browsers set `Sec-Fetch-Site` and
    `Origin` themselves (W3C Fetch Metadata), and no page can forge them.
    """
    if request.method in SAFE_METHODS:
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


def _set_headers(response: Response) -> Response:
    response.headers.setdefault("Content-Security-Policy", POLICY)
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Referrer-Policy"] = "same-origin"
    response.headers["Cross-Origin-Opener-Policy"] = "same-origin"
    if request.endpoint != "static":
        # A shared phone must not show the last person's pages.
        response.headers.setdefault("Cache-Control", "no-store")
    return response
