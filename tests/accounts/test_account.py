"""A person's own sessions, listed and ended; and a new password, which ends them all."""

import pytest
from sqlalchemy import select

from app.accounts.models import SignIn, User
from app.clock import now
from tests.accounts.conftest import PASSWORD, link_in
from tests.factories import make_user
from tests.visitor import Visitor

NEW = "four young walnut trees"


def sign_in_id(session, user: User) -> int:
    """The newest session of a person."""
    return session.scalars(
        select(SignIn.id).where(SignIn.user_id == user.id).order_by(SignIn.id.desc())
    ).first()


def test_every_browser_is_listed_and_this_one_marked(visitor: Visitor, visitors, amina: User):
    visitor.sign_in(amina)
    visitors().sign_in(amina)
    page = visitor.get("/account")
    assert len(page.soup.find_all(class_="card")) == 2
    assert page.text.count("This browser") == 1


def test_an_ended_session_is_signed_out_at_once(visitor: Visitor, visitors, session, amina: User):
    visitor.sign_in(amina)
    other = visitors().sign_in(amina)
    assert other.get("/account").status == 200
    visitor.post(f"/account/sign-ins/{sign_in_id(session, amina)}/end")
    assert other.get("/account").status == 303
    assert visitor.get("/account").status == 200


def test_all_others_can_be_ended_together(visitor: Visitor, visitors, amina: User):
    visitor.sign_in(amina)
    others = [visitors().sign_in(amina) for _ in range(2)]
    visitor.post("/account/sign-ins/end-others")
    assert [other.get("/account").status for other in others] == [303, 303]
    assert visitor.get("/account").status == 200


def test_another_persons_session_cannot_be_ended(visitor: Visitor, visitors, session, amina: User):
    other = visitors().sign_in(amina)
    visitor.sign_in(make_user(session))
    assert visitor.post(f"/account/sign-ins/{sign_in_id(session, amina)}/end").status == 404
    assert other.get("/account").status == 200


def test_ending_a_session_twice_is_said(visitor: Visitor, visitors, session, amina: User):
    visitor.sign_in(amina)
    visitors().sign_in(amina)
    path = f"/account/sign-ins/{sign_in_id(session, amina)}/end"
    assert visitor.post(path).status == 303
    assert visitor.post(path).status == 404


def test_a_suspended_person_is_signed_out_at_once(visitor: Visitor, session, amina: User):
    visitor.sign_in(amina)
    amina.suspended_at = now()
    session.commit()
    assert visitor.get("/account").status == 303


def test_a_session_not_seen_for_a_month_is_over(visitor: Visitor, amina: User, held_clock):
    visitor.sign_in(amina)
    held_clock.forward(days=20)
    assert visitor.get("/account").status == 200
    held_clock.forward(days=20)
    assert visitor.get("/account").status == 200
    held_clock.forward(days=31)
    assert visitor.get("/account").status == 303


def test_a_new_password_ends_every_other_session(visitor: Visitor, visitors, letters, amina: User):
    other = visitors().sign_in(amina)
    assert visitor.post("/forgotten", {"email": "Amina@example.org"}).path == "/check-mail"
    path = link_in(letters()[0])
    assert visitor.get(path).status == 200
    assert visitor.post(path, {"password": NEW}).status == 303
    assert visitor.get("/account").status == 200
    assert other.get("/account").status == 303


def test_only_the_new_password_works_afterwards(visitor: Visitor, visitors, letters, amina: User):
    visitor.post("/forgotten", {"email": amina.email})
    visitor.post(link_in(letters()[0]), {"password": NEW})
    for password, status in ((PASSWORD, 422), (NEW, 303)):
        tried = visitors().post("/sign-in", {"email": amina.email, "password": password})
        assert tried.status == status


def test_a_reset_link_is_good_once_and_for_a_day(
    visitor: Visitor, letters, amina: User, held_clock
):
    visitor.post("/forgotten", {"email": amina.email})
    path = link_in(letters()[0])
    visitor.post(path, {"password": NEW})
    assert visitor.post(path, {"password": PASSWORD}).status == 422
    visitor.post("/forgotten", {"email": amina.email})
    path = link_in(letters()[0])
    held_clock.forward(days=1, seconds=1)
    assert visitor.get(path).status == 422


def test_a_known_and_an_unknown_address_get_the_same_answer(visitor: Visitor, letters, amina: User):
    known = visitor.post("/forgotten", {"email": amina.email})
    unknown = visitor.post("/forgotten", {"email": "nobody@example.org"})
    assert known.response.data == unknown.response.data
    assert [letter.recipient for letter in letters()] == [amina.email]


@pytest.mark.parametrize("password", ["", "short", "aaaaaaaaaaaa", "pakistan123"])
def test_a_poor_new_password_leaves_the_link_good(visitor: Visitor, letters, amina: User, password):
    visitor.post("/forgotten", {"email": amina.email})
    path = link_in(letters()[0])
    assert visitor.post(path, {"password": password}).status == 422
    assert visitor.post(path, {"password": NEW}).status == 303
