"""Every endpoint, as everybody: who opens it, who is sent to sign in, refused, or told there is
no such thing. One table; an endpoint without a line fails."""

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from app.permissions import Role
from app.web.guards import public, role, signed_in
from tests.access import ACCESS, ACTORS, address
from tests.visitor import Page, Visitor
from tests.world import World, make_world


@pytest.fixture
def world(session: Session) -> World:
    world = make_world(session)
    session.commit()
    return world


def endpoints(app: Flask) -> set[str]:
    """Every method of every endpoint, as the table names them."""
    return {
        f"{method} {rule.endpoint}"
        for rule in app.url_map.iter_rules()
        for method in rule.methods - {"HEAD", "OPTIONS"}
        if rule.endpoint != "static"
    }


def what_happened(page: Page) -> str:
    """One letter of the table."""
    if page.status == 303 and page.path.startswith("/sign-in"):
        return "s"
    return {403: "f", 404: "n"}.get(page.status, "o" if page.status < 500 else "broken")


def visit(visitor: Visitor, method: str, path: str) -> str:
    page = visitor.get(path) if method == "GET" else visitor.post(path)
    if page.status == 403 and "reload the page and send it again" in page.text:
        return "the token was refused"
    return what_happened(page)


def test_every_endpoint_has_its_line(application: Flask):
    assert endpoints(application) ^ set(ACCESS) == set()


@pytest.mark.parametrize("line", ACCESS)
def test_each_is_answered_as_the_table_says(line: str, app: Flask, world: World, visitors):
    method, endpoint = line.split()
    path = address(app, world, endpoint)
    seen = {}
    for actor in ACTORS:
        visitor = visitors()
        if world.people[actor]:
            visitor.sign_in(world.people[actor])
        seen[actor] = visit(visitor, method, path)
    assert seen == dict(zip(ACTORS, ACCESS[line], strict=True))


@pytest.mark.parametrize(
    ("guard", "letters"),
    [
        (public, "oooooooo"),
        (signed_in, "sooooooo"),
        (role(Role.CLIENT), "sfoffffo"),
        (role(Role.CLIENT, Role.FREELANCER), "soofffoo"),
        (role(Role.OPERATOR), "sfffofff"),
    ],
)
def test_taking_a_guard_off_changes_the_line(guard, letters, app: Flask, world: World, visitors):
    """The table sees the difference between any two guards, so none can be lost unseen."""

    def page() -> str:
        return "a page"

    seen = ""
    guarded = guard(page)
    for actor in ACTORS:
        visitor = visitors()
        if world.people[actor]:
            visitor.sign_in(world.people[actor])
        app.view_functions["home.health"], kept = guarded, app.view_functions["home.health"]
        try:
            seen += visit(visitor, "GET", "/healthz")
        finally:
            app.view_functions["home.health"] = kept
    assert seen == letters
