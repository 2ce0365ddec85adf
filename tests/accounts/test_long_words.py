"""The longest addresses and names, and one address however it is typed, on both databases."""

import pytest
from sqlalchemy import select

from app import lengths, worker
from app.accounts.models import SignIn, SignUp
from app.cli import tasks
from app.web.limits import Attempt
from tests.accounts.conftest import HASH, PASSWORD
from tests.factories import make_user

LONG = f"{'a' * 64}@{'b' * 60}.{'c' * 60}.{'d' * 47}.example"
LONGEST = f"{'a' * 64}@{'b' * 60}.{'c' * 60}.{'d' * 60}.example"


@pytest.mark.parametrize("address", [LONG, LONGEST.replace("ddd", "d" * 4, 1)[: lengths.ADDRESS]])
def test_who_has_a_long_address_signs_up_signs_in_and_forgets(
    visitor, connection, session, address
):
    joining = {"name": "Amina", "email": address, "role": "client"}
    assert visitor.post("/sign-up", joining).status == 303
    worker.drain(connection, tasks())
    assert session.scalar(select(SignUp.email)) == address
    make_user(session, email=address, password_hash=HASH)
    session.commit()
    for path in ("/sign-in", "/forgotten"):
        assert visitor.post(path, {"email": address, "password": PASSWORD}).status == 303
    page = visitor.post("/sign-in", {"email": f"x{address}"[: lengths.ADDRESS], "password": "no"})
    assert page.status == 422


def test_an_address_that_grows_with_small_letters_is_refused_in_words(visitor):
    grows = "İ" * (lengths.ADDRESS - len("@example.org")) + "@example.org"
    for path in ("/sign-up", "/forgotten"):
        page = visitor.post(path, {"name": "A", "email": grows, "role": "client"})
        assert page.status == 422
        assert "not an e-mail address" in page.text
    assert visitor.post("/sign-in", {"email": grows, "password": PASSWORD}).status == 422


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("amina@bu\u0308cher.example", "amina@xn--bcher-kva.example"),
        ("amina@BÜCHER.example", "amina@bücher.example"),
        ("AMINA@Example.ORG", "amina@example.org"),
    ],
)
def test_one_address_however_it_is_typed_has_one_login(visitor, connection, session, first, second):
    for address in (first, second):
        joining = {"name": "A", "email": address, "role": "client"}
        assert visitor.post("/sign-up", joining).status == 303
    worker.drain(connection, tasks())
    [email] = set(session.scalars(select(SignUp.email)))
    make_user(session, email=email, password_hash=HASH)
    session.commit()
    assert visitor.post("/sign-in", {"email": second, "password": PASSWORD}).status == 303


def test_the_longest_name_arrives_whole(visitor, connection, session):
    joining = {"name": "𐎀" * lengths.NAME, "email": "new@example.org", "role": "client"}
    page = visitor.post("/sign-up", joining | {"name": joining["name"] + "𐎀"})
    assert (page.status, "at most 120 fit" in page.text) == (422, True)
    assert visitor.post("/sign-up", joining).status == 303
    worker.drain(connection, tasks())
    assert session.scalar(select(SignUp.name)) == joining["name"]


def test_what_a_browser_and_a_proxy_say_is_cut_or_told_apart(visitor, session):
    user = make_user(session, email="amina@example.org", password_hash=HASH)
    joining = {"name": "A", "email": "b@example.org", "role": "client"}
    session.commit()
    far = {"environ_overrides": {"REMOTE_ADDR": "f" * 1000, "HTTP_USER_AGENT": "x" * 5000}}
    assert visitor.post("/sign-up", joining, **far).status == 303
    assert visitor.post("/forgotten", {"email": user.email}, **far).status == 303
    typed = {"email": user.email, "password": PASSWORD}
    assert visitor.post("/sign-in", typed, **far).status == 303
    signed_in = session.scalars(select(SignIn)).one()
    assert len(signed_in.browser) == lengths.BROWSER
    keys = [*session.scalars(select(Attempt.key)), *session.scalars(select(Attempt.about))]
    assert all(len(key or "") <= lengths.KEY for key in keys)
