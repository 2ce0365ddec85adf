"""A page and the stylesheet together travel in at most 14 kB: the first ten packets of a line."""

import gzip
import hashlib
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from bs4 import BeautifulSoup
from flask import Flask
from sqlalchemy import Connection
from sqlalchemy.orm import Session

from app.matching import refresh
from app.web.templating import static_url
from tests.access import address, pages
from tests.visitor import Visitor
from tests.world import World, crowd, make_world

STATIC = Path(__file__).parent.parent.parent / "app/static"
MOST_BYTES = 14_000
MOST_BYTES_OF_SCRIPT = 4_000


@pytest.fixture
def world(app: Flask, session: Session, connection: Connection) -> World:
    """Every list is longer than a page, every text of a usual length."""
    world = make_world(session)
    crowd(session, world)
    session.commit()
    refresh.refresh_all(connection, app.extensions["hunar"].matcher.encoder)
    return world


def weigh(visitor: Visitor, path: str) -> tuple[int, int]:
    """The bytes that travel: of a page with its stylesheets, and of its scripts."""
    answer = visitor.get(path, headers={"Accept-Encoding": "gzip"}).response
    assert answer.status_code == 200, f"{path} answers {answer.status_code}"
    assert answer.headers["Content-Encoding"] == "gzip", path
    soup = BeautifulSoup(gzip.decompress(answer.data), "html.parser")
    sheets = [link["href"] for link in soup.find_all("link", rel="stylesheet")]
    assert sheets, f"{path} has no stylesheet"
    page = len(answer.data) + sum(map(size_of_static, sheets))
    return page, sum(size_of_static(script["src"]) for script in soup.find_all("script"))


def size_of_static(address: str) -> int:
    """What the file takes on the line; that it is served so stands in tests/web/test_headers.py."""
    name = urlsplit(address).path.removeprefix("/static/")
    return len(gzip.compress((STATIC / name).read_bytes(), compresslevel=6))


@pytest.mark.parametrize("language", ["en", "ur"])
def test_every_page_is_light(app: Flask, world: World, visitors, language: str):
    faults = []
    for endpoint, actor in pages():
        visitor = visitors()
        if world.people[actor]:
            visitor.sign_in(world.people[actor])
        visitor.post("/language", {"language": language})
        if endpoint == "home.start" and world.people[actor]:
            continue  # sends people on to a page that is weighed too
        page, script = weigh(visitor, address(app, world, endpoint))
        if page > MOST_BYTES:
            faults.append(f"{endpoint} for the {actor}: {page} bytes with its style")
        if script > MOST_BYTES_OF_SCRIPT:
            faults.append(f"{endpoint} for the {actor}: {script} bytes of script")
    assert not faults, "\n" + "\n".join(faults)


def test_a_heavy_page_is_seen(app: Flask, world: World, visitors):
    """Noise does not compress: a page that grew by some would not slip through."""
    visitor = visitors()
    light, _ = weigh(visitor, "/sign-in")
    noise = "".join(hashlib.sha512(bytes([n])).hexdigest() for n in range(256))
    kept = app.view_functions["accounts.check_mail"]
    app.view_functions["accounts.check_mail"] = lambda: (
        f'<link rel="stylesheet" href="{static_url("hunar.css")}">{noise}'
    )
    try:
        heavy, _ = weigh(visitor, "/check-mail")
    finally:
        app.view_functions["accounts.check_mail"] = kept
    assert light < MOST_BYTES < heavy
