"""Somebody with a browser, as the tests drive one: pages, forms with their tokens, redirects."""

from typing import Any

from bs4 import BeautifulSoup
from flask import Flask
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from app.accounts import sessions
from app.accounts.models import User


class Page:
    """An answer, read as a person would."""

    def __init__(self, response: TestResponse) -> None:
        self.response = response
        self.status = response.status_code
        self.path = response.headers.get("Location", "")

    @property
    def soup(self) -> BeautifulSoup:
        return BeautifulSoup(self.response.data, "html.parser")

    @property
    def text(self) -> str:
        """What stands in the page's main part, blanks folded."""
        main = self.soup.find("main") or self.soup
        return " ".join(main.get_text(" ").split())

    @property
    def headings(self) -> list[str]:
        return [" ".join(h.get_text(" ").split()) for h in self.soup.find_all(["h1", "h2", "h3"])]

    def value(self, field: str) -> str:
        """What a field of the page's form holds; the header's own form comes last."""
        soup = self.soup
        found = soup.select_one(f'main [name="{field}"]') or soup.find(attrs={"name": field})
        assert found is not None, f"no field {field}"
        if found.name == "textarea":  # a browser drops the line break at its beginning
            return found.text.replace("\r\n", "\n").removeprefix("\n")
        return found.get("value", "")


class Visitor:
    """A browser without script; forms are sent with the token of the visitor's session."""

    def __init__(self, app: Flask, session: Session) -> None:
        self.app = app
        self.session = session
        self.client = app.test_client()

    def sign_in(self, user: User) -> "Visitor":
        token = sessions.begin(self.session, user, browser="test", address="127.0.0.1")
        self.session.commit()
        with self.client.session_transaction() as cookie:
            cookie["_user_id"] = token
            cookie["_fresh"] = True
        return self

    def get(self, path: str, **kwargs: Any) -> Page:
        return self._open("GET", path, **kwargs)

    def post(self, path: str, data: dict[str, Any] | None = None, **kwargs: Any) -> Page:
        """Send a form; lists become repeated fields."""
        data = {"csrf_token": self.token, **(data or {})}
        return self._open("POST", path, data=data, **kwargs)

    def follow(self, page: Page) -> Page:
        """Go where the answer points."""
        assert page.status in (302, 303), f"{page.status} points nowhere: {page.text[:300]}"
        return self.get(page.path)

    def _open(self, method: str, path: str, **kwargs: Any) -> Page:
        # A context of its own, as a real request has: the test's would remember the last visitor.
        with self.app.app_context():
            return Page(self.client.open(path, method=method, **kwargs))

    @property
    def token(self) -> str:
        return self.get("/sign-in").value("csrf_token")
