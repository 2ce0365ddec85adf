"""Every form of every page, sent with what nobody should send: refused in words, never broken."""

from dataclasses import dataclass

import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.db import Base
from tests.access import ACCESS, ACTORS, NO_PAGES, address
from tests.factories import make_user
from tests.visitor import Page, Visitor
from tests.world import make_world

HOSTILE = {
    "NUL": "a\0b",
    "a control character": "a\x1bb",
    "an override of the direction": "a\u202eb",
    "half a character": "a\ud800b",
    "a long line": "x" * 20_000,
    "markup": "<script>alert(1)</script>",
    "SQL": "'; DROP TABLE users; --",
    "emoji": "🎉" * 3,
    "a huge number": "9" * 400,
    "a negative number": "-1",
    "not a number": "NaN",
    "blanks": "  \n ",
    "nothing": "",
}
NEVER_SAVED = ("NUL", "a control character", "an override of the direction", "a long line")
TYPED = ("text", "email", "password", "search", "url", "date", "number", "hidden")
# Tables that remember tries and letters, not what was typed.
PASSING = frozenset({"attempts", "effects", "sign_ins", "password_links", "shown", "events"})


@dataclass(frozen=True)
class Found:
    """A form somebody can send: where to, and the names of its fields."""

    actor: str
    action: str
    typed: tuple[str, ...]
    picked: tuple[tuple[str, str], ...]


def forms_of(page: Page, actor: str, path: str) -> list[Found]:
    found = []
    for form in page.soup.main.find_all("form", method="post"):
        typed, picked = [], []
        for field in form.find_all(["input", "textarea", "select", "button"]):
            name, kind = field.get("name"), field.get("type", "text")
            if not name or name in ("csrf_token", "once"):  # ours, not typed
                continue
            if field.name in ("textarea", "select") or (field.name == "input" and kind in TYPED):
                typed.append(name)
            elif kind in ("radio", "checkbox") and field.get("value"):
                picked.append((name, field["value"]))
        action = form.get("action") or path
        found.append(Found(actor, action, tuple(typed), tuple(dict(picked).items())))
    return found


def all_forms(app: Flask, world, visitors) -> list[tuple[Visitor, Found]]:
    found: dict[str, tuple[Visitor, Found]] = {}
    for line, letters in ACCESS.items():
        method, endpoint = line.split()
        # The last one for whom it opens: whose things they are, not a stranger.
        openers = [actor for actor, letter in zip(ACTORS, letters, strict=True) if letter == "o"]
        if method != "GET" or not openers or endpoint in NO_PAGES:
            continue
        visitor = visitors()
        if world.people[openers[-1]]:
            visitor.sign_in(world.people[openers[-1]])
        path = address(app, world, endpoint)
        page = visitor.get(path)
        if page.status != 200 or page.soup.main is None:
            continue
        for form in forms_of(page, openers[-1], path):
            found.setdefault(form.action, (visitor, form))
    return [one for one in found.values() if one[1].typed]


def counts(session: Session) -> dict[str, int]:
    session.expire_all()
    return {
        table.name: session.scalar(select(func.count()).select_from(table))
        for table in Base.metadata.sorted_tables
        if table.name not in PASSING
    }


def problem(visitor: Visitor, form: Found, kind: str, session: Session) -> str:
    """What is wrong with the answer to a form filled with `kind`; empty when nothing is."""
    text = HOSTILE[kind].encode("utf-8", "surrogatepass").decode("utf-8", "replace")
    before = counts(session)
    page = visitor.post(form.action, {**dict(form.picked), **dict.fromkeys(form.typed, text)})
    told = f"{form.action} with {kind}: {page.status} {page.text[:200]}"
    if page.status >= 500:
        return f"broken: {told}"
    if page.status >= 400:
        if counts(session) != before:
            return f"something was saved: {told}"
        return "" if len(page.text) > 20 else f"no sentence: {told}"
    return f"not refused: {told}" if kind in NEVER_SAVED else ""


@pytest.mark.parametrize("kind", HOSTILE)
def test_no_form_breaks_or_saves_what_it_refuses(kind, app, session, visitors):
    world = make_world(session)
    session.commit()
    found = all_forms(app, world, visitors)
    assert len(found) >= 12, "the walk must find the forms"
    problems = [problem(visitor, form, kind, session) for visitor, form in found]
    assert [one for one in problems if one] == []


def test_a_body_beyond_the_limit_is_refused_with_a_sentence(app, session, visitors):
    world = make_world(session)
    session.commit()
    found = all_forms(app, world, visitors)
    for visitor, form in found:
        page = visitor.post(form.action, {form.typed[0]: "x" * 1_000_000})
        assert page.status == 413, form.action
        assert "256 kB" in page.text


@pytest.mark.parametrize(
    ("answer", "fault"),
    [
        (("Thank you, it is saved.", 200), "not refused"),
        (("Internal failure of everything.", 500), "broken"),
        (("No.", 422), "no sentence"),
    ],
)
def test_a_planted_fault_is_seen(session, answer, fault):
    careless = Flask("careless")
    careless.add_url_rule("/sign-in", "page", lambda: '<input name="csrf_token" value="t">')
    careless.add_url_rule("/form", "form", lambda: answer, methods=["POST"])
    form = Found("visitor", "/form", ("name",), ())
    assert problem(Visitor(careless, session), form, "NUL", session).startswith(fault)


def test_a_planted_half_save_is_seen(session):
    def save_and_refuse():
        make_user(session)
        return "This was refused, and yet something was saved.", 422

    careless = Flask("careless")
    careless.add_url_rule("/sign-in", "page", lambda: '<input name="csrf_token" value="t">')
    careless.add_url_rule("/form", "form", save_and_refuse, methods=["POST"])
    form = Found("visitor", "/form", ("name",), ())
    seen = problem(Visitor(careless, session), form, "NUL", session)
    assert seen.startswith("something was saved")
