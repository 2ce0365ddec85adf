"""Whom a demo answers: it shows its letters, so only this machine's names, and one set on purpose.

A page of another site cannot reach it by giving its own name this machine's address either (DNS
rebinding). A real installation shows nothing that a name could open, and answers to any: whoever
balances the load asks by numbers, and no link is made of the name that a request came by.
"""

from collections.abc import Iterator
from urllib.parse import urlsplit

from flask import Flask, Response, make_response, request
from flask_babel import force_locale, gettext

from app.config import Config, is_this_machine
from app.web.i18n import LANGUAGES


def init_hosts(app: Flask, config: Config) -> None:
    """Refuse names that are not ours, before anything else happens: register first."""
    ours = _name(urlsplit(config.public_url).netloc)

    def is_ours(name: str) -> bool:
        return bool(name) and (name == ours or is_this_machine(name))

    def refuse() -> Response | None:
        return None if all(is_ours(_name(given)) for given in _given()) else _refusal()

    if config.demo:
        app.before_request(refuse)


def _given() -> Iterator[str]:
    """Every name that the request says it came by, whether or not a proxy is trusted with it."""
    yield request.host
    yield request.headers.get("Host", "")  # without one, the server puts its own name there
    as_sent = request.environ.get("werkzeug.proxy_fix.orig", {}).get("HTTP_HOST")
    if as_sent:
        yield as_sent
    if forwarded := request.headers.get("X-Forwarded-Host"):
        yield from forwarded.split(",")


def _name(host: str) -> str:
    """The name alone, without its port; "" for what is none."""
    try:
        return (urlsplit(f"//{host.strip()}").hostname or "").removesuffix(".")
    except ValueError:
        return ""


def _refusal() -> Response:
    # Plain words without a page: a page would ask the database who is reading.
    said = []
    for language in LANGUAGES:
        with force_locale(language):
            said.append(
                gettext(
                    "This demo answers only on its own machine, because it shows its letters. "
                    "If you run it and want others to reach it, set HUNAR_URL to its address: "
                    "then it is a real site. With HUNAR_DEMO=1 as well, it stays a demo."
                )
            )
    answer = make_response("\n\n".join(said) + "\n", 421)
    answer.mimetype = "text/plain"
    return answer
