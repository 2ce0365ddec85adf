import smtplib

import pytest

from app.config import BadSetting
from app.notifications.mailer import KeepingMailer, Letter, SmtpMailer, kept_letters
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


def test_a_refused_recipient_is_a_failure_and_not_a_silence():
    with MailServer(refuses_recipients=True) as server:
        mailer = SmtpMailer(server.url, "no-reply@example.org")
        with pytest.raises(smtplib.SMTPRecipientsRefused):
            mailer.send(LETTER, effect_id=7)
    assert server.letters == []


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
