"""Joining: the same page whoever asks, an address proved by a button, a link good once."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from app.accounts.models import User
from app.permissions import Role
from app.web import limits
from tests.accounts.conftest import PASSWORD, link_in
from tests.factories import make_user
from tests.visitor import Visitor

ZARA = {
    "role": "freelancer",
    "name": "Zara Bibi",
    "email": "zara@example.org",
    "password": PASSWORD,
}


def join(visitor: Visitor, **given: str):
    return visitor.post("/sign-up", ZARA | given)


def people(session) -> int:
    return session.scalar(select(func.count(User.id)))


def test_joining_makes_a_login_that_is_not_yet_proved(visitor: Visitor, session, held_clock):
    page = join(visitor, email="Zara@Example.org", role="client")
    assert (page.status, page.path) == (303, "/check-mail")
    user = session.scalars(select(User)).one()
    assert (user.email, user.name, user.role) == ("zara@example.org", "Zara Bibi", Role.CLIENT)
    assert user.email_verified_at is None
    assert user.created_at == held_clock.moment
    assert PASSWORD not in user.password_hash
    assert visitor.get("/account").status == 303


def test_a_known_and_an_unknown_address_get_the_same_answer(visitor: Visitor, visitors, session):
    make_user(session, email="known@example.org")
    session.commit()
    known = join(visitor, email="known@example.org")
    unknown = join(visitors(), email="unknown@example.org")
    assert (known.status, known.path) == (unknown.status, unknown.path)
    assert known.response.data == unknown.response.data
    assert visitor.follow(known).text == visitor.follow(unknown).text


def test_a_known_address_gets_a_letter_and_no_second_login(
    visitor: Visitor, session, letters, amina
):
    join(visitor, email=amina.email, name="Somebody Else")
    [letter] = letters()
    assert letter.recipient == amina.email
    assert letter.subject == "You already have a Hunar account"
    assert link_in(letter) == "/sign-in"
    assert people(session) == 1
    assert session.scalars(select(User)).one().name == "Amina"


def test_the_letter_leads_to_a_button_and_the_button_signs_in(visitor: Visitor, session, letters):
    join(visitor)
    [letter] = letters()
    assert letter.recipient == "zara@example.org"
    page = visitor.get(link_in(letter))
    assert page.headings == ["Confirm your address"]
    assert session.scalars(select(User)).one().email_verified_at is None
    page = visitor.post(link_in(letter))
    assert (page.status, page.path) == (303, "/")
    session.expire_all()
    assert session.scalars(select(User)).one().email_verified_at is not None
    assert visitor.get("/account").status == 200


def test_looking_at_the_link_does_not_use_it(visitor: Visitor, letters):
    join(visitor)
    path = link_in(letters()[0])
    assert [visitor.get(path).status for _ in range(3)] == [200, 200, 200]
    assert visitor.post(path).status == 303


def test_a_used_link_is_refused(visitor: Visitor, visitors, letters):
    join(visitor)
    path = link_in(letters()[0])
    visitor.post(path)
    later = visitors()
    assert later.get(path).status == 422
    page = later.post(path)
    assert page.status == 422
    assert "used or is too old" in page.text
    assert later.get("/account").status == 303


def test_an_old_link_is_refused(visitor: Visitor, letters, held_clock):
    join(visitor)
    path = link_in(letters()[0])
    held_clock.forward(days=3, seconds=1)
    assert visitor.post(path).status == 422


@pytest.mark.parametrize("token", ["x", "x" * 5000, "%F0%9F%98%80", "..", "%00"])
def test_a_made_up_link_is_refused(visitor: Visitor, token):
    assert visitor.get(f"/verify/{token}").status in (404, 422)
    assert visitor.post(f"/verify/{token}").status in (404, 422)


def test_a_link_for_one_purpose_does_not_serve_another(visitor: Visitor, letters):
    join(visitor)
    token = link_in(letters()[0]).removeprefix("/verify/")
    assert visitor.get(f"/new-password/{token}").status == 422


def test_an_urdu_reader_gets_an_urdu_letter(visitor: Visitor, session):
    visitor.post("/language", {"language": "ur"})
    join(visitor)
    assert session.scalars(select(User)).one().language == "ur"


@pytest.mark.parametrize(
    ("field", "typed"),
    [
        ("name", ""),
        ("name", "   "),
        ("name", "x" * 121),
        ("name", "<script>alert(1)</script>"),
        ("name", "Zara\u202e"),
        ("name", "Zara\0"),
        ("email", ""),
        ("email", "zara"),
        ("email", "zara@"),
        ("email", "a@b@c.org"),
        ("email", "z" * 250 + "@example.org"),
        ("email", "zara@example.org\nBcc: all@example.org"),
        ("password", ""),
        ("password", "short"),
        ("password", "aaaaaaaaaaaa"),
        ("password", "Password123"),
        ("password", "x1y2" * 60),
        ("role", "operator"),
        ("role", "manager"),
        ("role", ""),
    ],
)
def test_what_does_not_do_is_said_beside_the_field_and_kept(
    visitor: Visitor, session, field, typed
):
    page = join(visitor, **{field: typed})
    assert page.status == 422
    assert page.soup.find(class_="wrong-note") is not None
    assert people(session) == 0
    if field in ("name", "email"):
        other = "email" if field == "name" else "name"
        assert page.value(other) == ZARA[other]
    assert PASSWORD not in page.response.get_data(as_text=True)


@pytest.mark.parametrize("name", ["علی خان", "Zara 👩🏽‍💻", "O'Neill-Bibi", "ن"])
def test_names_of_every_script_are_taken(visitor: Visitor, session, name):
    assert join(visitor, name=name).status == 303
    assert session.scalars(select(User)).one().name == name


def test_sixty_an_hour_may_join_from_one_address(visitor: Visitor, session, connection):
    for _ in range(58):
        limits.count(connection, "sign-up:127.0.0.1", most=60, within=timedelta(hours=1))
    # What is refused for its form is no try.
    refused = [join(visitor, password="short").status for _ in range(3)]
    assert refused == [422, 422, 422]
    statuses = [join(visitor, email=f"z{n}@example.org").status for n in range(3)]
    assert statuses == [303, 303, 429]
    assert people(session) == 2
