"""Joining: the same page whoever asks, and a login only for whoever opens the letter."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from app.accounts.models import SignUp, User
from app.accounts.passwords import fits
from app.clock import now
from app.outbox import Effect
from app.permissions import Role
from app.web import limits
from tests.accounts.conftest import HASH, PASSWORD, link_in
from tests.factories import make_user
from tests.visitor import Visitor

ZARA = {"role": "freelancer", "name": "Zara Bibi", "email": "zara@example.org"}
CHOSEN = {"role": "freelancer", "name": "Zara Bibi", "password": PASSWORD}


def join(visitor: Visitor, **given: str):
    return visitor.post("/sign-up", ZARA | given)


def people(session) -> int:
    session.expire_all()
    return session.scalar(select(func.count(User.id)))


def test_joining_makes_no_login_before_the_letter_is_opened(visitor: Visitor, session, letters):
    page = join(visitor, email="Zara@Example.org", role="client")
    assert (page.status, page.path) == (303, "/check-mail")
    [letter] = letters()
    assert letter.recipient == "zara@example.org"
    assert people(session) == 0
    assert session.scalars(select(SignUp.email)).all() == ["zara@example.org"]
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
    assert link_in(letter).startswith("/new-password/")
    assert people(session) == 1
    assert session.scalars(select(User)).one().name == "Amina"


def test_the_letter_leads_to_the_choice_of_a_password_that_signs_in(
    visitor: Visitor, visitors, session, letters
):
    join(visitor)
    path = link_in(letters()[0])
    page = visitor.get(path)
    assert page.headings == ["Confirm your address"]
    assert page.value("name") == "Zara Bibi"
    page = visitor.post(path, CHOSEN)
    assert (page.status, page.path) == (303, "/")
    assert visitor.get("/account").status == 200
    given = {"email": "zara@example.org", "password": PASSWORD}
    assert visitors().post("/sign-in", given).status == 303


def test_who_signs_up_in_a_strangers_name_opens_nothing(
    visitor: Visitor, visitors, session, letters
):
    # A form of earlier days, with a password in it, gives nobody a password.
    join(visitor, name="Evil Twin", role="client", password="a password of the evil twin")
    owner = visitors()
    join(owner)
    for letter in letters():
        assert "Evil" not in letter.subject + letter.body
    path = link_in(letters()[-1])  # the stranger's letter, which the owner opens
    owner.post(path, CHOSEN)
    user = session.scalars(select(User)).one()
    assert (user.name, user.role) == ("Zara Bibi", Role.FREELANCER)
    stolen = {"email": "zara@example.org", "password": "a password of the evil twin"}
    assert visitor.post("/sign-in", stolen).status == 422
    assert fits(user.password_hash, PASSWORD)


def test_a_password_chosen_before_the_address_was_proved_opens_nothing(visitor, session):
    make_user(session, email="old@example.org", password_hash=HASH, email_verified_at=None)
    session.commit()
    given = {"email": "old@example.org", "password": PASSWORD}
    assert visitor.post("/sign-in", given).status == 422


def test_who_has_a_login_that_others_made_gets_the_link_to_its_password(
    visitor: Visitor, session, letters
):
    make_user(
        session, email="zara@example.org", name="Z", password_hash="!", email_verified_at=None
    )
    session.commit()
    join(visitor)
    [letter] = letters()
    assert visitor.post(link_in(letter), {"password": PASSWORD}).status == 303
    assert (session.scalars(select(User)).one().name, people(session)) == ("Z", 1)


@pytest.mark.parametrize("name", ["https://evil.example/win", "Evil Twin", "Ask evil.example"])
def test_the_letter_to_a_stranger_holds_nothing_that_was_typed(
    visitor: Visitor, letters, amina, name
):
    join(visitor, name=name)
    join(visitor, name=name, email=amina.email)
    for letter in letters():
        assert "vil" not in letter.subject + letter.body


def test_looking_at_the_link_does_not_use_it(visitor: Visitor, letters):
    join(visitor)
    path = link_in(letters()[0])
    assert [visitor.get(path).status for _ in range(3)] == [200, 200, 200]
    assert visitor.post(path, CHOSEN).status == 303


@pytest.mark.parametrize(
    "given",
    [{"password": ""}, {"password": "zara bibi"}, {"name": ""}, {"role": "operator"}, {"role": ""}],
)
def test_a_refused_choice_leaves_the_link_good(visitor: Visitor, session, letters, given):
    join(visitor)
    path = link_in(letters()[0])
    assert visitor.post(path, CHOSEN | given).status == 422
    assert people(session) == 0
    assert visitor.post(path, CHOSEN).status == 303


def test_a_made_up_link_is_refused(visitor: Visitor):
    for token in ("x", "x" * 5000, "%F0%9F%98%80", "..", "%00", "1-x", "9" * 30 + "-x", "٣-x"):
        assert visitor.get(f"/verify/{token}").status in (404, 422)
        assert visitor.post(f"/verify/{token}").status in (404, 422)
        assert visitor.post(f"/verify/{token}/letter").status in (404, 422)


def test_a_link_for_one_purpose_does_not_serve_another(visitor: Visitor, letters):
    join(visitor)
    token = link_in(letters()[0]).removeprefix("/verify/")
    assert visitor.get(f"/new-password/{token}").status == 422


def test_an_urdu_reader_gets_an_urdu_login(visitor: Visitor, session, letters):
    visitor.post("/language", {"language": "ur"})
    join(visitor)
    visitor.post(link_in(letters()[0]), CHOSEN)
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
        ("email", "zarü@example.org"),
        ("email", "زارا@example.org"),
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
    assert session.scalars(select(Effect)).all() == []
    if field in ("name", "email"):
        other = "email" if field == "name" else "name"
        assert page.value(other) == ZARA[other]


@pytest.mark.parametrize("name", ["علی خان", "Zara 👩🏽‍💻", "O'Neill-Bibi", "ن"])
def test_names_of_every_script_are_taken(visitor: Visitor, session, letters, name):
    assert join(visitor, name=name).status == 303
    letters()
    assert session.scalars(select(SignUp)).one().name == name


def test_sixty_a_minute_may_join_from_one_place(visitor: Visitor, connection, held_clock):
    for _ in range(58):
        limits.count(connection, "sign-up:127.0.0.1", most=60, within=timedelta(minutes=1))
    # What is refused for its form is no try.
    assert [join(visitor, name="").status for _ in range(3)] == [422, 422, 422]
    pages = [join(visitor, email=f"z{n}@example.org") for n in range(3)]
    assert [page.status for page in pages] == [303, 303, 429]
    assert pages[-1].response.headers["Retry-After"] == "60"
    held_clock.forward(seconds=61)
    assert join(visitor).status == 303


def test_a_sign_up_waits_three_days_for_its_person(visitor: Visitor, session, letters):
    join(visitor)
    letters()
    assert session.scalars(select(SignUp)).one().expires_at == now() + timedelta(days=3)
