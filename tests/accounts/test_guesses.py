"""Guessing is slowed down, and no stranger shuts a person out."""

import pytest
from sqlalchemy import func, select
from sqlalchemy.exc import OperationalError

from app.accounts import devices
from app.accounts.models import User
from app.accounts.passwords import hash_password
from app.errors import TooMany
from app.web import guesses, limits
from app.web.guesses import Place, network_of
from app.web.limits import Attempt
from tests.accounts.conftest import HASH, PASSWORD, link_in
from tests.conftest import KEY
from tests.factories import make_user
from tests.visitor import Page, Visitor

NEW = "four young walnut trees"


def sign_in(visitor: Visitor, email: str, password: str = PASSWORD, *, at="192.0.2.1") -> Page:
    given = {"email": email, "password": password}
    return visitor.post("/sign-in", given, environ_overrides={"REMOTE_ADDR": at})


def guess(visitor: Visitor, email: str, times: int, *, at="192.0.2.1") -> list[int]:
    return [sign_in(visitor, email, f"a wrong guess {n}", at=at).status for n in range(times)]


def test_ten_wrong_tries_and_then_a_wait_that_says_how_long(
    visitor: Visitor, amina: User, held_clock
):
    assert guess(visitor, amina.email, 10) == [422] * 10
    held_clock.forward(minutes=5)
    page = sign_in(visitor, amina.email, "a wrong guess", at="192.0.2.1")
    assert page.status == 429
    assert page.response.headers["Retry-After"] == "600"
    assert "Wait 10 minutes, or have a link to a new password sent" in page.text
    assert page.soup.main.find("a", href="/forgotten")
    assert page.value("email") == amina.email
    held_clock.forward(minutes=10, seconds=1)
    assert sign_in(visitor, amina.email).status == 303


def test_the_more_wrong_tries_the_longer_the_wait(visitor: Visitor, amina: User, held_clock):
    made = 0
    for _ in range(24 * 4):
        made += guess(visitor, amina.email, 10).count(422)
        held_clock.forward(minutes=15, seconds=1)
    assert made <= 40


def test_many_places_together_guess_a_hundred_times_a_day(visitor: Visitor, amina: User):
    made = sum(
        guess(visitor, amina.email, 10, at=f"192.0.2.{place}").count(422) for place in range(15)
    )
    assert made == 100


def test_a_stranger_does_not_shut_out_who_was_here_before(visitor: Visitor, visitors, amina: User):
    assert sign_in(visitor, amina.email).status == 303
    visitor.post("/sign-out")
    for place in range(12):
        guess(visitors(), amina.email, 10, at=f"198.51.100.{place}")
    assert sign_in(visitors(), amina.email, at="203.0.113.7").status == 429
    assert sign_in(visitor, amina.email, at="198.51.100.1").status == 303


def test_a_stranger_elsewhere_does_not_shut_out_who_is_new_here(visitors, amina: User):
    guess(visitors(), amina.email, 30, at="198.51.100.1")
    assert sign_in(visitors(), amina.email, at="203.0.113.7").status == 303


def test_whoever_must_wait_gets_in_by_letter(visitor: Visitor, visitors, letters, amina: User):
    guess(visitors(), amina.email, 11, at="127.0.0.1")
    assert sign_in(visitor, amina.email, at="127.0.0.1").status == 429
    visitor.post("/forgotten", {"email": amina.email})
    assert visitor.post(link_in(letters()[0]), {"password": NEW}).status == 303
    assert visitor.get("/account").status == 200
    visitor.post("/sign-out")
    assert sign_in(visitor, amina.email, NEW, at="127.0.0.1").status == 303


def test_right_passwords_are_no_tries(visitor: Visitor, visitors, session, amina: User):
    assert [sign_in(visitors(), amina.email).status for _ in range(25)] == [303] * 25
    assert session.scalar(select(func.count(Attempt.id))) == 0


def test_a_right_password_forgets_the_wrong_ones_before_it(visitor: Visitor, amina: User):
    for _ in range(3):
        assert guess(visitor, amina.email, 9) == [422] * 9
        assert sign_in(visitor, amina.email).status == 303


def test_a_known_browser_may_guess_no_more_than_others(visitor: Visitor, amina: User):
    sign_in(visitor, amina.email)
    visitor.post("/sign-out")
    statuses = guess(visitor, amina.email, 25)
    assert statuses == [422] * 20 + [429] * 5  # its own ten, then a stranger's ten


def test_a_park_of_hundreds_behind_one_address_signs_in(visitors, session):
    for number in range(40):
        make_user(session, email=f"p{number}@example.org", password_hash=HASH)
    session.commit()
    for number in range(40):
        guess(visitors(), f"p{number}@example.org", 2)
    assert [sign_in(visitors(), f"p{number}@example.org").status for number in range(40)] == (
        [303] * 40
    )


def test_one_place_fails_at_three_hundred_logins_and_then_waits(connection, session):
    def begin(number: int, address="192.0.2.1") -> None:
        guesses.begin(connection, f"p{number}@example.org", Place(address, None))

    for number in range(300):
        begin(number)
    with pytest.raises(TooMany):
        begin(300)
    begin(7)  # who failed before is no further login
    begin(300, address="192.0.2.2")


def test_another_login_is_not_closed_with_it(visitor: Visitor, session, amina: User):
    make_user(session, email="bilal@example.org", password_hash=HASH)
    session.commit()
    guess(visitor, amina.email, 11)
    assert sign_in(visitor, "bilal@example.org").status == 303


def test_one_household_of_ipv6_is_one_place():
    assert network_of("2001:db8:1:2::1") == network_of("2001:db8:1:2:ffff::9")
    assert network_of("2001:db8:1:2::1") != network_of("2001:db8:1:3::1")
    assert network_of("::ffff:192.0.2.1") == network_of("192.0.2.1") == "192.0.2.1"
    assert network_of(None) == network_of("nonsense") == "unknown"


def test_an_address_of_any_length_is_counted(connection):
    guesses.begin(connection, "a" * 240 + "@example.org", Place("192.0.2.1", None))


def test_a_browser_is_known_for_one_login_and_one_password(session, amina: User):
    bilal = make_user(session, email="bilal@example.org", password_hash=HASH)
    cookie = devices.note(KEY, None, amina)
    name = devices.of(KEY, cookie, amina)
    assert name
    assert devices.of(KEY, cookie, bilal) is None
    assert devices.of(KEY + "x", cookie, amina) is None
    assert devices.of(KEY, cookie + "x", amina) is None
    both = devices.note(KEY, cookie, bilal)
    assert devices.of(KEY, both, amina) == name
    assert devices.of(KEY, devices.note(KEY, both, amina), amina) == name
    amina.password_hash = hash_password(NEW)
    assert devices.of(KEY, both, amina) is None
    assert devices.of(KEY, both, bilal)


def test_a_shared_browser_remembers_a_few(session):
    cookie, users = None, [make_user(session) for _ in range(7)]
    for user in users:
        cookie = devices.note(KEY, cookie, user)
    assert [bool(devices.of(KEY, cookie, user)) for user in users] == [False] * 2 + [True] * 5


def test_the_cookie_of_a_known_browser_is_out_of_reach(visitor: Visitor, amina: User):
    page = sign_in(visitor, amina.email)
    [cookie] = [one for one in page.response.headers.getlist("Set-Cookie") if "device" in one]
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie
    assert "Path=/sign-in" in cookie


def test_signing_in_and_searching_go_on_where_tries_cannot_be_counted(
    visitor: Visitor, amina: User, monkeypatch, caplog
):
    def full(*_given):
        raise OperationalError("INSERT", {}, Exception("database or disk is full"))

    monkeypatch.setattr(limits, "_times", full)
    assert visitor.get("/search/jobs?words=django").status == 200
    assert sign_in(visitor, amina.email, "a wrong guess").status == 422
    assert sign_in(visitor, amina.email).status == 303
    assert "could not be counted" in caplog.text
