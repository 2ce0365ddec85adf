"""One mailbox has one spelling, however its address is typed."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.accounts.addresses import canonical, lookup
from app.accounts.models import User
from app.errors import Invalid
from tests.accounts.conftest import HASH, PASSWORD, link_in
from tests.factories import make_user
from tests.visitor import Visitor

SPELLINGS = [
    "amina@bücher.example",
    "amina@xn--bcher-kva.example",
    "Amina@BÜCHER.example",
    "amina@bu\u0308cher.example",
    "amina@b\u00fccher.example.",
    "\u200bamina@bücher\u200b.example\ufeff",
]


@pytest.mark.parametrize("typed", SPELLINGS)
def test_every_spelling_of_a_domain_is_its_ascii_form(typed):
    assert canonical(typed) == "amina@xn--bcher-kva.example"


@pytest.mark.parametrize("typed", ["ü8@example.org", "آمنہ@example.org", "amiña@example.org"])
def test_what_no_letter_reaches_is_refused(typed):
    with pytest.raises(Invalid, match="letters do not reach"):
        canonical(typed)


@pytest.mark.parametrize("typed", ["", "amina", "amina@", "@example.org", "a@b@c.org", "a b@c.org"])
def test_what_is_no_address_is_refused_and_looked_up_in_vain(typed):
    with pytest.raises(Invalid, match="not an e-mail address"):
        canonical(typed)
    assert lookup(typed) == typed


@given(st.emails())
def test_an_address_is_spelled_the_same_again(typed):
    try:
        once = canonical(typed)
    except Invalid:
        return
    assert canonical(once) == lookup(typed) == once
    assert once.isascii()
    assert once == once.lower()


@pytest.mark.parametrize("typed", SPELLINGS)
def test_one_mailbox_is_one_login(visitor: Visitor, session, letters, typed):
    make_user(session, email="amina@xn--bcher-kva.example", password_hash=HASH)
    session.commit()
    assert visitor.post("/sign-in", {"email": typed, "password": PASSWORD}).status == 303
    visitor.post("/forgotten", {"email": typed})
    visitor.post("/sign-up", {"email": typed, "name": "Amina", "role": "client"})
    assert [letter.recipient for letter in letters()] == ["amina@xn--bcher-kva.example"] * 2


def test_it_is_stored_as_it_is_looked_up(visitor: Visitor, session, letters):
    visitor.post("/sign-up", {"email": SPELLINGS[0], "name": "Amina", "role": "client"})
    chosen = {"name": "Amina", "role": "client", "password": PASSWORD}
    visitor.post(link_in(letters()[0]), chosen)
    assert session.query(User).one().email == "amina@xn--bcher-kva.example"
