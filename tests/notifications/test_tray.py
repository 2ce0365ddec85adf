import pytest

from app.cli import tasks
from app.notifications import service
from app.notifications.mailer import kept_letters
from app.web.database import db
from app.worker import drain
from tests.conftest import KEY
from tests.factories import make_user

JOB = {"client": "Berta", "job": "Website <b>for</b> a bakery"}


def tell(session, user, kind="invitation.received", **params):
    service.notify(session, user, kind, path="/jobs/7", **(params or JOB))
    session.commit()


def test_what_happened_stands_in_the_tray_with_a_link(session, visitor):
    user = make_user(session)
    tell(session, user)
    page = visitor.sign_in(user).get("/notifications")
    link = page.soup.find("a", href="/jobs/7")
    assert link.text == "Berta invites you to propose for “Website <b>for</b> a bakery”."


def test_the_bell_counts_until_all_is_marked_as_read(session, visitor):
    user = make_user(session)
    tell(session, user)
    tell(session, user)
    visitor.sign_in(user)
    assert "unread: 2" in " ".join(visitor.get("/account").soup.header.get_text(" ").split())
    assert visitor.post("/notifications/read").status == 303
    assert "unread" not in visitor.get("/account").soup.header.get_text()


def test_an_empty_tray_says_what_will_come(session, visitor):
    page = visitor.sign_in(make_user(session)).get("/notifications")
    assert "Nothing yet" in page.text


def test_nobody_sees_the_news_of_another(session, visitor):
    tell(session, make_user(session))
    page = visitor.sign_in(make_user(session)).get("/notifications")
    assert "Berta" not in page.text


def test_marking_as_read_leaves_the_news_of_others_alone(session, visitor):
    other = make_user(session)
    tell(session, other)
    visitor.sign_in(make_user(session)).post("/notifications/read")
    assert service.unread_count(session, other) == 1


def test_the_tray_asks_a_stranger_to_sign_in(visitor):
    assert visitor.get("/notifications").path.startswith("/sign-in")


def test_a_kind_nobody_has_written_is_refused(session):
    with pytest.raises(KeyError):
        service.notify(session, make_user(session), "job.exploded", path="/")


def test_the_letter_says_the_same_in_the_language_of_the_person(app, session):
    user = make_user(session, language="ur", name="Amina")
    tell(session, user, "proposal.accepted", job="Website for a bakery")
    drain(db.engine, tasks())
    (letter,) = kept_letters(session, KEY)
    assert letter.recipient == user.email
    assert "Website for a bakery" in letter.subject
    assert "hired" not in letter.subject
    assert "/jobs/7" in letter.body


@pytest.mark.parametrize("given", [{"email_verified_at": None}, {"suspended": True}])
def test_an_address_nobody_confirmed_or_a_suspended_person_gets_no_letter(
    app, session, given, held_clock
):
    suspended = given.pop("suspended", False)
    user = make_user(session, **given, suspended_at=held_clock() if suspended else None)
    tell(session, user)
    drain(db.engine, tasks())
    assert kept_letters(session, KEY) == []
    assert service.unread_count(session, user) == 1


def test_the_kept_letters_are_shown_on_a_demo_as_text(app, session, visitor):
    user = make_user(session)
    tell(session, user)
    drain(db.engine, tasks())
    page = visitor.get("/outbox")
    assert user.email in page.text
    assert page.soup.main.find("b") is None


def test_a_subject_longer_than_can_be_kept_is_cut(app, session):
    user = make_user(session)
    tell(session, user, "proposal.received", person="پ" * 120, job="W" * 120)
    drain(db.engine, tasks())
    (letter,) = kept_letters(session, KEY)
    assert len(letter.subject) <= 160
    assert letter.subject.endswith("…")
    assert "W" * 120 in letter.body
