"""The real site in threads of this process, with a small world in it, and a Chromium to look."""

import logging
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from flask import Flask
from flask_migrate import upgrade
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright
from werkzeug.serving import make_server

from app import clock, db, worker
from app.accounts import sessions
from app.accounts.models import User
from app.cli import tasks
from app.config import Config
from app.factory import create_app
from app.matching import commands, refresh
from app.matching.matcher import Matcher
from app.web.database import db as web_db
from tests.conftest import MORNING
from tests.databases import sqlite_url
from tests.doubles.encoder import HashingEncoder
from tests.flows.site import free_port
from tests.world import World, crowd, make_world

CHROMIUM = Path("/usr/bin/chromium")
QUIET = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
KEY = "a key for the tests, long enough for anyone"


@dataclass
class Site:
    """A served site and the world in it."""

    app: Flask
    url: str
    world: World

    def cookie(self, user: User | None, language: str) -> dict[str, str]:
        """The cookie of a browser that reads `language`, signed in as `user`."""
        client = self.app.test_client()
        with self.app.app_context():
            token = None
            if user:
                with db.transaction(web_db.engine) as session:
                    token = sessions.begin(session, user, browser="Chromium", address="127.0.0.1")
            with client.session_transaction() as cookie:
                cookie["language"] = language
                if token:
                    cookie.update(_user_id=token, _fresh=True)
            held = client.get_cookie("hunar")
        return {"name": "hunar", "value": held.value, "url": self.url}


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """Web server and worker, each in a thread, on a SQLite file of their own."""
    folder = tmp_path_factory.mktemp("site")
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    app = create_app(
        Config(database_url=sqlite_url(folder), secret_key=KEY, instance=folder, public_url=url)
    )
    app.extensions["hunar"].matcher = Matcher(HashingEncoder, folder / "index")
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    server = make_server("127.0.0.1", port, app, threaded=True)
    stop = threading.Event()
    clock.use(lambda: MORNING)
    threads = [threading.Thread(target=server.serve_forever)]
    with app.app_context():
        upgrade()
        world = _fill(app)
        threads.append(threading.Thread(target=_work, args=(app, stop)))
    for thread in threads:
        thread.start()
    yield Site(app, url, world)
    stop.set()
    server.shutdown()
    for thread in threads:
        thread.join()
    server.server_close()
    with app.app_context():
        web_db.engine.dispose()


def _fill(app: Flask) -> World:
    with db.transaction(web_db.engine) as session:
        world = make_world(session)
        crowd(session, world)
    refresh.refresh_all(web_db.engine, app.extensions["hunar"].matcher.encoder)
    return world


def _work(app: Flask, stop: threading.Event) -> None:
    with app.app_context():
        worker.run(worker.Lane(web_db.engine, tasks()), commands.sweeps(), stop)


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """A Chromium without a window; without the program, the tests that need it are skipped."""
    if not CHROMIUM.exists():
        pytest.skip(f"there is no {CHROMIUM}: `apt-get install chromium` as root")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=QUIET)
        yield browser
        browser.close()


class Window:
    """A browser's window that notes what a page complains about."""

    def __init__(self, context: BrowserContext, site: Site) -> None:
        self.context = context
        self.site = site
        self.page: Page = context.new_page()
        self.complaints: list[str] = []
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.on("console", self._note)
        self.page.on("response", self._note_failure)

    def go(self, path: str) -> None:
        answer = self.page.goto(self.site.url + path)
        assert answer is not None
        assert answer.ok, f"{path} answers {answer.status}"

    @property
    def path(self) -> str:
        return urlsplit(self.page.url).path

    def _note(self, message) -> None:
        if message.type in ("error", "warning"):
            self.complaints.append(f"{self.page.url}: {message.text}")

    def _note_failure(self, response) -> None:
        if response.status >= 400:
            self.complaints.append(f"{response.url} answers {response.status}")


@pytest.fixture
def context(chromium: Browser) -> Iterator[Callable[..., BrowserContext]]:
    """Open a browser of its own: no cookie, nothing kept."""
    contexts = []

    def open_one(**kwargs) -> BrowserContext:
        contexts.append(chromium.new_context(**kwargs))
        return contexts[-1]

    yield open_one
    for context in contexts:
        context.close()


@pytest.fixture
def window(context: Callable[..., BrowserContext], site: Site) -> Callable[..., Window]:
    """Open a window of a browser of its own, as a person who reads a language."""

    def open_one(user: User | None = None, language: str = "en") -> Window:
        opened = context()
        opened.add_cookies([site.cookie(user, language)])
        return Window(opened, site)

    return open_one
