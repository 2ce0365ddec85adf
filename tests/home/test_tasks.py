"""What an operator does about tasks that were given up, or that wait for long."""

import pytest

from app import outbox
from app.cli import tasks
from app.home.tasks import KINDS
from app.notifications.mailer import SmtpMailer, kept_letters
from app.outbox import Effect
from app.permissions import Role
from app.web.database import db
from app.worker import Lane, drain
from tests.conftest import KEY
from tests.doubles.smtp import MailServer
from tests.factories import make_letter, make_user

GIVEN_UP = "/operations/tasks/given-up"


@pytest.fixture
def operator(session, visitor):
    return visitor.sign_in(make_user(session, Role.OPERATOR))


@pytest.fixture
def given_up(session, held_clock):
    def make(**given) -> Effect:
        effect = make_letter(session, gave_up_at=held_clock(), attempts=54, **given)
        session.commit()
        return effect

    return make


def test_it_says_what_to_whom_since_when_how_often_and_why(operator, given_up):
    given_up(to="berta@example.org", last_error="<script>550 no such mailbox</script>")
    page = operator.get(GIVEN_UP)
    for said in ("Letter: berta@example.org", "23 Nov 2026", "54 tries", "550 no such mailbox"):
        assert said in page.text
    assert page.soup.main.find("script") is None


def test_one_is_sent_again(operator, given_up, session):
    effect = given_up()
    assert operator.post(f"/operations/task/{effect.id}/repetition").path == GIVEN_UP
    assert "Nothing was given up." in operator.get(GIVEN_UP).text
    drain(db.engine, tasks())
    assert [letter.effect_id for letter in kept_letters(session, KEY)] == [effect.id]


def test_all_of_a_kind_are_sent_again(operator, given_up, session):
    effects = [given_up(), given_up()]
    other = given_up(task="matching.embed", payload={"subject": "job", "subject_id": 7})
    page = operator.get(GIVEN_UP)
    assert "Try all again: Letter (2)" in page.text
    assert "Text to encode: job 7" in page.text
    operator.post(f"{GIVEN_UP}/repetitions", {"task": "mail.send"})
    assert outbox.listed(session, outbox.given_up()) == [other]
    drain(db.engine, tasks())
    assert len(kept_letters(session, KEY)) == len(effects)


def test_what_waits_for_long_is_tried_at_once(operator, session, held_clock):
    effect = make_letter(session)
    session.commit()
    assert "Nothing waits for long" in operator.get("/operations/tasks/waiting").text
    held_clock.forward(hours=1)
    assert "451 come again later" in operator.get("/operations/tasks/waiting").text
    done = operator.post(f"/operations/task/{effect.id}/repetition")
    assert done.path == "/operations/tasks/waiting"
    session.refresh(effect)
    assert effect.due_at == held_clock()


def test_a_letter_that_nobody_takes_says_so_with_the_servers_words(app, operator, session):
    make_letter(session, to="nobody@example.org")
    session.commit()
    with MailServer(answers={"RCPT": "550 no such mailbox"}) as server:
        app.extensions["hunar"].mailer = SmtpMailer(server.url, "no-reply@example.org")
        assert drain(db.engine, tasks()) == 1
    assert "nobody@example.org: 550 no such mailbox" in operator.get(GIVEN_UP).text


def test_letters_outlive_a_mail_server_that_is_away_for_a_night(app, session, held_clock):
    for number in range(5):
        make_letter(session, to=f"person{number}@example.org", attempts=0)
    session.commit()
    with MailServer() as server:
        mailer = SmtpMailer(server.url, "no-reply@example.org")
        app.extensions["hunar"].mailer = SmtpMailer("smtp://127.0.0.1:1", "no-reply@example.org")
        lane = Lane(db.engine, tasks())
        for _ in range(24):
            lane.carry_out(lambda: True)
            held_clock.forward(minutes=30)
        app.extensions["hunar"].mailer = mailer
        for _ in range(4):
            held_clock.forward(minutes=30)
            lane.carry_out(lambda: True)
        assert sorted(one["To"] for one in server.letters) == [
            f"person{number}@example.org" for number in range(5)
        ]


def test_one_is_let_go_with_a_word_on_why(operator, given_up, session):
    effect = given_up()
    form = operator.get(f"/operations/task/{effect.id}/dismissal")
    assert "amina@example.org" in form.text
    operator.post(f"/operations/task/{effect.id}/dismissal", {"note": "She has a new address."})
    session.refresh(effect)
    assert (effect.note, bool(effect.finished_at)) == ("She has a new address.", True)
    assert "Nothing was given up." in operator.get(GIVEN_UP).text
    assert operator.get(f"/operations/task/{effect.id}/dismissal").status == 404
    assert operator.post(f"/operations/task/{effect.id}/repetition").status == 404


def test_a_note_that_does_not_fit_is_refused_and_kept_in_the_form(operator, given_up, session):
    effect = given_up()
    page = operator.post(f"/operations/task/{effect.id}/dismissal", {"note": "x" * 201})
    assert page.status == 422
    assert page.value("note") == "x" * 201
    session.refresh(effect)
    assert effect.finished_at is None


def test_what_is_being_tried_is_left_to_the_worker(operator, session, held_clock):
    effect = make_letter(session, claimed_until=held_clock() + outbox.CLAIM_LASTS)
    session.commit()
    page = operator.post(f"/operations/task/{effect.id}/repetition")
    assert page.status == 409
    assert "tried at this moment" in page.text


def test_a_long_list_comes_in_parts(operator, session, held_clock):
    for number in range(outbox.PAGE + 3):
        make_letter(session, to=f"person{number}@example.org", gave_up_at=held_clock())
    session.commit()
    first = operator.get(GIVEN_UP)
    assert len(first.soup.select("main li.card")) == outbox.PAGE
    rest = operator.get(first.soup.find("a", rel="next")["href"])
    assert len(rest.soup.select("main li.card")) == 3
    assert "person0@example.org" in rest.text


def test_a_task_that_nobody_knows_any_more_breaks_no_page(operator, given_up):
    given_up(task="forgotten.task", payload={})
    assert "forgotten.task" in operator.get(GIVEN_UP).text


def test_a_kind_of_which_there_is_none_is_refused(operator, given_up):
    given_up()
    assert operator.post(f"{GIVEN_UP}/repetitions", {"task": "matching.embed"}).status == 409


def test_there_is_no_other_list(operator):
    assert operator.get("/operations/tasks/everything").status == 404


def test_every_task_has_a_name():
    assert set(tasks()) == set(KINDS)
