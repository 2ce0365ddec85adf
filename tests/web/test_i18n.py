"""The reader's language: the one picked, then the account's, then the browser's."""

import pytest

from app.accounts.models import User
from tests.factories import make_user
from tests.visitor import Visitor

URDU_BROWSER = {"Accept-Language": "ur-PK,ur;q=0.9,en;q=0.5"}


def language(visitor: Visitor, **headers: str) -> tuple[str, str]:
    html = visitor.get("/check-mail", **headers).soup.html
    return html["lang"], html["dir"]


def test_without_a_wish_it_is_english(visitor: Visitor):
    assert language(visitor) == ("en", "ltr")


def test_the_browser_is_asked(visitor: Visitor):
    assert language(visitor, headers=URDU_BROWSER) == ("ur", "rtl")
    assert language(visitor, headers={"Accept-Language": "de, fr"}) == ("en", "ltr")


def test_the_account_wins_over_the_browser(visitor: Visitor, session):
    visitor.sign_in(make_user(session, language="en"))
    assert language(visitor, headers=URDU_BROWSER) == ("en", "ltr")


def test_what_was_picked_wins_over_all_and_is_kept(visitor: Visitor, session):
    user = make_user(session, language="en")
    visitor.sign_in(user)
    page = visitor.post("/language", {"language": "ur", "next": "/check-mail"})
    assert (page.status, page.path) == (303, "/check-mail")
    assert language(visitor) == ("ur", "rtl")
    session.expire_all()
    assert session.get(User, user.id).language == "ur"


def test_a_visitor_may_pick_without_an_account(visitor: Visitor):
    visitor.post("/language", {"language": "ur"})
    assert language(visitor) == ("ur", "rtl")
    visitor.post("/language", {"language": "en"})
    assert language(visitor, headers=URDU_BROWSER) == ("en", "ltr")


@pytest.mark.parametrize("picked", ["", "de", "ur\0", "../en"])
def test_a_language_there_is_not_is_refused(visitor: Visitor, picked):
    page = visitor.post("/language", {"language": picked})
    assert page.status == 422
    assert "Choose English or Urdu." in page.text


def test_a_language_in_an_old_cookie_that_is_gone_is_ignored(visitor: Visitor):
    with visitor.client.session_transaction() as cookie:
        cookie["language"] = "xx"
    assert language(visitor) == ("en", "ltr")
