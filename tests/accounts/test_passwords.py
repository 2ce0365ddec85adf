"""Passwords: one spelling each, nothing that is guessed early, and no lock held meanwhile."""

import time
import unicodedata
from contextlib import nullcontext, suppress

import pytest
from flask_migrate import upgrade
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import text
from sqlalchemy.orm import Session

from app.accounts import links, passwords, views
from app.accounts.models import User
from app.accounts.passwords import check, fits, hash_password, is_common, normal
from app.config import Config
from app.db import connect, transaction
from app.errors import Invalid
from app.factory import create_app
from app.web.database import db
from tests.accounts.conftest import HASH, PASSWORD, link_in
from tests.conftest import KEY
from tests.factories import make_user
from tests.visitor import Visitor
from tests.world import asked_to_join

COMPOSED = "niño آم three trees"
DECOMPOSED = unicodedata.normalize("NFD", COMPOSED)
AMINA = ("amina.k@example.org", "Amina Khan")


@pytest.mark.parametrize(
    "password",
    [
        "qwerty123456",
        "123456789012",
        "pakistan1234",
        "Pakistan1234",
        "password12",
        "aaaaaaaaaaaa",
        "abcabcabcabc",
        "1234567890",
        "qwertyuiop",
        "p4ssw0rd1234",
        "AminaKhan99!",
        "amina khan 1990 lahore",
        "x-amina.k-walnut-tree",
        "nahkanima1",
        "hunarhunar",
    ],
)
def test_what_is_guessed_early_is_refused(password):
    with pytest.raises(Invalid):
        check(password, AMINA)


@pytest.mark.parametrize(
    "password",
    [
        PASSWORD,
        "four young walnut trees",
        "چار پرانے درخت اور چائے",
        "correct horse battery",
        "x7!kQ9w#Lm2z",
    ],
)
def test_three_or_four_words_are_taken(password):
    check(password, AMINA)


def test_the_list_holds_a_hundred_thousand_that_are_long_enough():
    words = passwords._common().decode().split()
    assert len(words) > 99_000  # some hold blanks
    assert min(len(word) for word in passwords._common().decode().strip("\n").split("\n")) >= 10
    assert not is_common("three old apricot trees")
    assert not is_common("qwertyuiop\n1234567890")


def test_a_long_password_is_judged_in_no_time():
    began = time.perf_counter()
    for password in ("ab1" * 66, "p@ssw0rd qwerty " * 12, "@4$5s3e!" * 25):
        with suppress(Invalid):
            check(password)
    assert time.perf_counter() - began < 2


@given(st.text(st.characters(exclude_categories=("Cs",)), max_size=40))
def test_every_spelling_of_a_password_is_one(typed):
    for form in ("NFC", "NFD"):
        assert normal(unicodedata.normalize(form, typed)) == normal(typed)
    assert normal(normal(typed)) == normal(typed)


def test_the_same_password_in_two_spellings_signs_in(visitor: Visitor, visitors, session, letters):
    make_user(session, email="amina@example.org")
    session.commit()
    visitor.post("/forgotten", {"email": "amina@example.org"})
    assert visitor.post(link_in(letters()[0]), {"password": COMPOSED}).status == 303
    for typed in (COMPOSED, DECOMPOSED, COMPOSED.replace(" ", "\u00a0")):
        tried = visitors().post("/sign-in", {"email": "amina@example.org", "password": typed})
        assert tried.status == 303


def test_a_hash_of_earlier_days_still_fits():
    old = passwords._hasher.hash(DECOMPOSED)
    assert fits(old, DECOMPOSED)
    assert not fits(old, "something else")
    assert fits(hash_password(DECOMPOSED), COMPOSED)


@pytest.mark.parametrize("stored", [None, "!", "not a hash"])
def test_where_no_password_fits_a_hash_is_compared_all_the_same(stored, monkeypatch):
    spy = Spy(lambda: None)
    monkeypatch.setattr(passwords, "_hasher", spy)
    assert not fits(stored, COMPOSED)
    assert not fits(stored, DECOMPOSED)
    assert spy.asked == 3  # once, and in both spellings of the second


class Spy:
    """A hasher that does something else while it hashes."""

    def __init__(self, meanwhile) -> None:
        self._meanwhile = meanwhile
        self._real = passwords._hasher
        self.asked = 0

    def hash(self, password: str) -> str:
        self._note()
        return self._real.hash(password)

    def verify(self, stored: str, password: str) -> bool:
        self._note()
        return self._real.verify(stored, password)

    def _note(self) -> None:
        self.asked += 1
        self._meanwhile()


@pytest.fixture
def served(new_database, tmp_path):
    """The application on a database where transactions really end."""
    app = create_app(Config(database_url=new_database(), secret_key=KEY, instance=tmp_path))
    with app.app_context():
        upgrade()
        yield app
        db.engine.dispose()


def test_nobody_waits_for_the_database_while_a_password_is_hashed(served, monkeypatch):
    other = connect(str(db.engine.url.render_as_string(hide_password=False)))

    def write() -> None:
        with transaction(other) as session:
            session.execute(text("UPDATE users SET language = 'ur'"))
        held.append(db.session.registry.has() and db.session().in_transaction())

    held: list[bool] = []
    with transaction(db.engine) as session:
        user = make_user(session, email="amina@example.org", password_hash=HASH)
        link = links.token(KEY, links.to_password(session, user))
        asked = links.token(KEY, links.to_join(session, asked_to_join()))
    spy = Spy(write)
    monkeypatch.setattr(passwords, "_hasher", spy)
    with Session(other) as looking:
        visitor = Visitor(served, looking)
        given = {"email": "amina@example.org", "password": PASSWORD}
        assert visitor.post("/sign-in", given).status == 303
        assert visitor.post("/sign-in", given | {"password": "a wrong one"}).status == 422
        assert visitor.post(f"/new-password/{link}", {"password": PASSWORD}).status == 303
        chosen = {"name": "Zara", "role": "client", "password": PASSWORD}
        assert visitor.post(f"/verify/{asked}", chosen).status == 303
    other.dispose()
    assert (spy.asked, held) == (4, [False] * 4)


def test_the_spy_sees_a_hasher_that_is_asked_under_the_lock(served, monkeypatch):
    held: list[bool] = []
    spy = Spy(lambda: held.append(db.session().in_transaction()))
    monkeypatch.setattr(passwords, "_hasher", spy)
    monkeypatch.setattr(views, "let_go", nullcontext)
    with Session(db.engine) as looking:
        given = {"email": "amina@example.org", "password": PASSWORD}
        Visitor(served, looking).post("/sign-in", given)
    assert held == [True]


def test_a_poor_password_is_refused_on_the_page(visitor: Visitor, letters, amina: User):
    visitor.post("/forgotten", {"email": amina.email})
    path = link_in(letters()[0])
    page = visitor.post(path, {"password": "qwerty123456"})
    assert page.status == 422
    assert "Very many people use this password" in page.text
    page = visitor.post(path, {"password": "amina and her trees"})
    assert "Others know your name and address" in page.text
