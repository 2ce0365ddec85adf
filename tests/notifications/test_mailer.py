from email import message_from_bytes, policy
from email.headerregistry import Address
from email.message import EmailMessage

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from app import outbox
from app.config import BadSetting
from app.notifications.mailer import KeepingMailer, Postponed, SmtpMailer, forget, kept_letters
from app.notifications.message import LINE, Letter, compose
from tests.conftest import KEY
from tests.doubles.smtp import MailServer

LETTER = Letter("amina@example.org", "آپ کو کام مل گیا", "Hello Amina,\n.a line with a dot\n")


def test_a_letter_arrives_by_smtp_as_it_was_written():
    with MailServer() as server:
        SmtpMailer(server.url, "Hunar <no-reply@example.org>").send(LETTER, effect_id=7)
    (came,) = server.letters
    assert came["To"] == "amina@example.org"
    assert came["From"] == "Hunar <no-reply@example.org>"
    assert came["Subject"] == LETTER.subject
    assert came.get_content().replace("\r\n", "\n") == LETTER.body


def test_a_letter_sent_again_after_a_crash_carries_the_same_message_id():
    with MailServer() as server:
        for _ in range(2):
            SmtpMailer(server.url, "no-reply@example.org").send(LETTER, effect_id=7)
    first, second = server.letters
    assert first["Message-ID"] == second["Message-ID"]


def sent(letter: Letter, sender: str = "no-reply@example.org") -> tuple[EmailMessage, bytes]:
    """What of a letter comes out at the other end, read and as it came over the line."""
    with MailServer() as server:
        SmtpMailer(server.url, sender, domain="hunar.example").send(letter, effect_id=7)
    return server.letters[0], server.raw[0]


def test_a_letter_says_when_it_was_sent_and_that_a_machine_wrote_it(held_clock):
    came, _ = sent(LETTER)
    assert came["Date"].datetime == held_clock()
    assert came["Auto-Submitted"] == "auto-generated"
    assert "List-Unsubscribe" not in came


@pytest.mark.parametrize(
    ("sender", "identity"),
    [
        ("Hunar <no-reply@example.org>", "<effect-7@example.org>"),
        ("Hunar <no-reply@localhost>", "<effect-7@hunar.example>"),
    ],
)
def test_its_id_is_of_our_domain_not_of_the_mail_servers(sender, identity):
    came, _ = sent(LETTER, sender)
    assert came["Message-ID"] == identity


def test_a_line_that_begins_with_from_stays_as_it_was_written():
    _, raw = sent(Letter("amina@example.org", "A word", "From here\nto there\n"))
    assert b"\r\nFrom here\r\n" in raw


@given(body=st.text(st.characters(codec="utf-8", categories=["L", "N", "P", "Zs"])))
@example(body="From here\n.\nFrom there")
def test_every_text_arrives_as_it_was_written_in_seven_bits(body: str):
    letter = Letter("amina@example.org", "A word", f"{body}\n")
    sender = Address("", addr_spec="no-reply@example.org")
    raw = compose(letter, sender=sender, number=1, domain="example.org").as_bytes(policy=LINE)
    assert raw.isascii()
    assert max(map(len, raw.split(b"\r\n"))) <= 998
    came = message_from_bytes(raw, policy=policy.default)
    assert came.get_content().replace("\r\n", "\n") == letter.body


def test_a_name_in_urdu_arrives_as_it_was_written():
    came, raw = sent(LETTER, "ہنر <no-reply@example.org>")
    assert raw.isascii()
    assert came["From"].addresses[0].display_name == "ہنر"


def test_a_domain_in_other_letters_is_written_in_ascii():
    came, raw = sent(Letter("amina@bücher.example", "A word", "Hello\n"))
    assert came["To"] == "amina@xn--bcher-kva.example"
    assert raw.isascii()


@pytest.mark.parametrize("address", ["ü8@example.org", "nobody", "a b@example.org", "@x.org", ""])
def test_an_address_that_cannot_be_mailed_is_refused_for_ever_and_named(address):
    mailer = SmtpMailer("smtp://127.0.0.1:1", "no-reply@example.org")
    with pytest.raises(outbox.Refused, match=f"^{address}: "):
        mailer.send(Letter(address, "A word", "Hello\n"), effect_id=7)


@pytest.mark.parametrize(
    ("answers", "meaning", "words"),
    [
        ({"RCPT": "550 no such mailbox"}, outbox.Refused, "amina@example.org: 550 no such"),
        ({"RCPT": "553 not allowed"}, outbox.Refused, "553 not allowed"),
        ({"DATA": "554 we think this is spam"}, outbox.Refused, "554 we think"),
        ({"RCPT": "451 greylisted, come again"}, Postponed, "451 greylisted"),
        ({"DATA": "452 out of space"}, Postponed, "452 out of space"),
        ({"RCPT": "421 closing"}, outbox.Away, "421 closing"),
        ({"RCPT": "530 sign in first"}, outbox.Away, "530 sign in first"),
        ({"MAIL": "550 we do not like you"}, outbox.Away, "we do not like you"),
    ],
)
def test_what_the_server_answers_is_understood(answers, meaning, words):
    with MailServer(answers=answers) as server:
        mailer = SmtpMailer(server.url, "no-reply@example.org")
        with pytest.raises(meaning, match=words):
            mailer.send(LETTER, effect_id=7)
    assert server.letters == []


def test_a_server_that_is_away_is_no_fault_of_the_letter():
    with MailServer() as server:
        url = server.url
    with pytest.raises(outbox.Away, match="Connection refused"):
        SmtpMailer(url, "no-reply@example.org").send(LETTER, effect_id=7)


def test_a_server_that_offers_to_encrypt_is_taken_at_its_word():
    offers = {"EHLO": "250-hello\r\n250 STARTTLS"}
    # This one cannot keep its word.
    with MailServer(answers=offers) as server, pytest.raises(outbox.Away, match="502"):
        SmtpMailer(server.url, "no-reply@example.org").send(LETTER, effect_id=7)
    assert server.letters == []


def test_a_letter_that_was_taken_is_sent_whatever_becomes_of_the_good_bye():
    with MailServer(answers={"QUIT": "500 what?"}) as server:
        SmtpMailer(server.url, "no-reply@example.org").send(LETTER, effect_id=7)
    assert len(server.letters) == 1


@pytest.mark.parametrize("sender", ["Hunar", "", "Hunar <ü@example.org>"])
def test_a_sender_without_an_address_stops_the_start(sender):
    with pytest.raises(BadSetting, match="MAIL_FROM must look like"):
        SmtpMailer("smtp://mail.example.org", sender)


@pytest.mark.parametrize("url", ["mail.example.org:25", "http://mail.example.org", "smtp://"])
def test_an_address_that_is_no_mail_server_stops_the_start(url):
    with pytest.raises(BadSetting, match="SMTP_URL must look like"):
        SmtpMailer(url, "no-reply@example.org")


def test_a_kept_letter_is_kept_once_however_often_it_is_sent(connection, session):
    mailer = KeepingMailer(connection)
    mailer.send(LETTER, effect_id=7)
    mailer.send(LETTER, effect_id=7)
    mailer.send(LETTER, effect_id=8)
    assert [letter.effect_id for letter in kept_letters(session, KEY)] == [8, 7]


def test_kept_letters_go_after_a_month(connection, session, held_clock):
    mailer = KeepingMailer(connection)
    mailer.send(LETTER, effect_id=7)
    held_clock.forward(days=20)
    mailer.send(LETTER, effect_id=8)
    assert forget(connection) == 0
    held_clock.forward(days=11)
    assert forget(connection) == 1
    assert [letter.effect_id for letter in kept_letters(session, KEY)] == [8]
