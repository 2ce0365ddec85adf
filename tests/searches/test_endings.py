"""One request ends the letters of a search, from the letter itself and without signing in."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.accounts import letters
from app.cli import tasks
from app.clock import now
from app.errors import NotFound
from app.notifications.mailer import SmtpMailer, kept_letters
from app.searches import endings
from app.searches.models import SavedSearch
from app.web.database import db
from app.web.headers import is_from_anywhere
from app.worker import drain
from tests.conftest import KEY
from tests.doubles.smtp import MailServer
from tests.factories import make_search, make_user

SITE = "http://127.0.0.1:8000"
ONE_CLICK = {"List-Unsubscribe": "One-Click"}


@pytest.fixture
def search(session) -> SavedSearch:
    made = make_search(session, make_user(session), alerts_began_at=now(), name="Bakeries")
    session.commit()
    return made


def alert(session, search: SavedSearch) -> None:
    given = {"search": search.name, "titles": "A job", "paths": "/jobs/7"}
    user = make_user(session)
    letters.send(session, user, "alert", **given, ends=endings.name_of(search))
    session.commit()


def test_the_letter_says_where_to_a_person_and_to_their_program(app, session, search):
    alert(session, search)
    services = app.extensions["hunar"]
    with MailServer() as server:
        services.mailer = SmtpMailer(server.url, "no-reply@example.org")
        drain(db.engine, tasks())
    (came,) = server.letters
    address = came["List-Unsubscribe"].strip("<>")
    assert address == SITE + endings.path(KEY, endings.name_of(search))
    assert came["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert address in came.get_content()


def test_a_letter_promised_before_there_were_such_addresses_still_goes(app, session, search):
    given = {"search": search.name, "titles": "A job", "paths": "/jobs/7"}
    letters.send(session, make_user(session), "alert", **given)
    session.commit()
    drain(db.engine, tasks())
    assert "/saved-searches" in kept_letters(session, KEY)[0].body


def test_a_mail_program_ends_them_without_cookie_or_token(app, session, search):
    path = endings.path(KEY, endings.name_of(search))
    foreign = {"Origin": "https://mail.example", "Sec-Fetch-Site": "cross-site"}
    with app.app_context():
        answer = app.test_client().post(path, data=ONE_CLICK, headers=foreign)
    assert answer.status_code == 200  # never a redirect
    session.refresh(search)
    assert search.alerts_began_at is None


def test_looking_ends_nothing_and_the_button_does(session, visitor, search):
    path = endings.path(KEY, endings.name_of(search))
    page = visitor.get(path)
    assert page.soup.main.find("form")["action"] == path
    session.refresh(search)
    assert search.alerts_began_at is not None
    assert "You get no letters about this search: Bakeries" in visitor.post(path).text
    session.refresh(search)
    assert search.alerts_began_at is None
    assert visitor.post(path).status == 200, "twice is once"


def test_the_letters_of_another_search_go_on(session, visitor, search):
    other = make_search(session, make_user(session), alerts_began_at=now())
    visitor.post(endings.path(KEY, endings.name_of(search)))
    session.refresh(other)
    assert other.alerts_began_at is not None


def test_an_address_of_a_search_that_is_gone_ends_no_later_one(session, visitor, search):
    path, number = endings.path(KEY, endings.name_of(search)), search.id
    session.delete(search)
    session.flush()
    later = make_search(session, make_user(session), id=number, alerts_began_at=now())
    session.commit()
    assert visitor.post(path).status == 404
    session.refresh(later)
    assert later.alerts_began_at is not None


def test_a_signature_of_another_key_is_refused(session, visitor, search):
    path = endings.path("another key, as long as it must be", endings.name_of(search))
    assert visitor.post(path).status == 404
    assert visitor.get(path).status == 404


@given(name=st.text(), signature=st.text())
def test_nothing_made_up_is_an_address(name, signature):
    with pytest.raises(NotFound):
        endings.find(None, KEY, name, signature)


def test_no_other_act_is_taken_from_anywhere(application):
    views = application.view_functions.items()
    assert [name for name, view in views if is_from_anywhere(view)] == ["searches.end_letters"]
