"""Signing out ends this browser's session, however many others there are."""

from app.accounts import sessions
from tests.factories import make_user


def test_this_browser_is_signed_out_even_behind_many_newer_ones(session, visitor, held_clock):
    user = make_user(session)
    visitor.sign_in(user)
    held_clock.forward(minutes=1)
    for number in range(51):
        sessions.begin(session, user, browser=f"Browser {number}", address="192.0.2.1")
    session.commit()
    with visitor.client.session_transaction() as cookie:
        token = cookie["_user_id"]
    assert visitor.post("/sign-out").status == 303
    assert sessions.find(session, token) is None


def test_the_other_browsers_stay_signed_in(session, visitor):
    user = make_user(session)
    other = sessions.begin(session, user, browser="Other", address="192.0.2.1")
    visitor.sign_in(user)
    visitor.post("/sign-out")
    assert sessions.find(session, other) is not None
