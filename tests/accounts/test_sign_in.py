"""Signing in: one answer to every wrong try, limits, a fresh session, and no way elsewhere."""

import pytest
from sqlalchemy import func, select

from app.accounts.models import SignIn, User
from app.clock import now
from tests.accounts.conftest import HASH, PASSWORD
from tests.factories import make_user
from tests.visitor import Page, Visitor

WRONG = "The address or the password is not right."


def sign_in(visitor: Visitor, email: str, password: str = PASSWORD, **given: str) -> Page:
    return visitor.post("/sign-in", {"email": email, "password": password, **given})


def test_the_right_password_signs_in(visitor: Visitor, amina: User):
    page = sign_in(visitor, "Amina@Example.org")
    assert (page.status, page.path) == (303, "/")
    assert "amina@example.org" in visitor.get("/account").text


def test_every_wrong_try_gets_the_same_answer(visitor: Visitor, visitors, session, amina: User):
    make_user(session, email="gone@example.org", password_hash=HASH, suspended_at=now())
    make_user(session, email="new@example.org", password_hash=HASH, email_verified_at=None)
    make_user(session, email="imported@example.org", password_hash="!")
    session.commit()
    tries = [
        (visitor, amina.email, "not the password"),
        (visitors(), "nobody@example.org", PASSWORD),
        (visitors(), "gone@example.org", PASSWORD),
        (visitors(), "new@example.org", PASSWORD),
        (visitors(), "imported@example.org", "!"),
    ]
    pages = [sign_in(*one) for one in tries]
    assert [page.status for page in pages] == [422] * 5
    assert all(WRONG in page.text for page in pages)
    assert (
        len(
            {page.text.replace(email, "") for page, (_, email, _) in zip(pages, tries, strict=True)}
        )
        == 1
    )
    assert pages[0].value("email") == amina.email
    assert pages[0].value("password") == ""


@pytest.mark.parametrize(
    ("email", "password"),
    [
        ("", PASSWORD),
        ("amina@example.org", ""),
        ("amina\0", PASSWORD),
        ("a" * 300, "x"),
        ("a", "x" * 201),
    ],
)
def test_what_is_no_try_at_all_is_refused(visitor: Visitor, amina: User, email, password):
    assert sign_in(visitor, email, password).status == 422


def test_the_session_is_a_new_one_after_signing_in(visitor: Visitor, amina: User):
    visitor.post("/language", {"language": "ur"})
    before = visitor.token
    with visitor.client.session_transaction() as cookie:
        cookie["_user_id"] = "planted"
        cookie["left"] = "behind"
    sign_in(visitor, amina.email)
    with visitor.client.session_transaction() as cookie:
        assert cookie["_user_id"] != "planted"
        assert "left" not in cookie
        assert cookie["language"] == "ur"
    assert visitor.token != before


def test_two_sign_ins_are_two_sessions(visitor: Visitor, visitors, session, amina: User):
    sign_in(visitor, amina.email)
    sign_in(visitors(), amina.email)
    assert session.scalar(select(func.count(SignIn.id))) == 2
    hashes = set(session.scalars(select(SignIn.token_hash)))
    with visitor.client.session_transaction() as cookie:
        assert cookie["_user_id"] not in hashes


def test_a_planted_token_signs_nobody_in(visitor: Visitor, session, amina: User):
    for planted in (str(amina.id), "", "x" * 43):
        with visitor.client.session_transaction() as cookie:
            cookie["_user_id"] = planted
        assert visitor.get("/account").status == 303


@pytest.mark.parametrize("target", ["/account", "/notifications?page=2", "/sign-in?next=/account"])
def test_it_leads_back_to_a_page_of_this_site(visitor: Visitor, amina: User, target):
    assert sign_in(visitor, amina.email, next=target).path == target


@pytest.mark.parametrize(
    "target",
    [
        "//evil.example",
        "///evil.example",
        "/\\evil.example",
        "\\\\evil.example",
        "/\t/evil.example",
        "/\n/evil.example",
        "https://evil.example",
        "HTTPS:evil.example",
        "javascript:alert(1)",
        "data:text/html,x",
        "evil.example",
        " //evil.example",
        "/account\r\nSet-Cookie: a=b",
        "/a\\..\\b",
        "",
    ],
)
def test_it_leads_nowhere_else(visitor: Visitor, amina: User, target):
    assert sign_in(visitor, amina.email, next=target).path == "/"
    page = visitor.post("/language", {"language": "ur", "next": target})
    assert page.path == "/"


def test_the_wanted_page_is_carried_by_the_form(visitor: Visitor):
    assert visitor.get("/sign-in?next=/account").value("next") == "/account"


def test_signing_out_ends_the_session_for_good(visitor: Visitor, session, amina: User):
    visitor.sign_in(amina)
    with visitor.client.session_transaction() as cookie:
        token = cookie["_user_id"]
    assert visitor.post("/sign-out").path == "/"
    with visitor.client.session_transaction() as cookie:
        cookie["_user_id"] = token
    assert visitor.get("/account").status == 303


def test_signing_out_twice_is_no_trouble(visitor: Visitor):
    assert visitor.post("/sign-out").status == 303
