"""Whom a demo answers, and that a real installation makes nothing of the name it is asked by."""

from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from app import worker
from app.cli import tasks
from app.config import Config, is_this_machine
from app.factory import create_app
from app.notifications.mailer import kept_letters
from app.web.database import db
from tests.factories import make_user

KEY = "a key for the tests, long enough for anyone"
HERE = (
    *("localhost", "localhost:8000", "LOCALHOST", "localhost.", "hunar.localhost:8000"),
    *("127.0.0.1", "127.0.0.1:8000", "127.9.9.9", "[::1]", "[::1]:8000"),
)
ELSEWHERE = (
    *("hunar.example.org", "hunar.example.org:8000", "192.0.2.7:8000", "0.0.0.0", "[::]:8000"),
    *("localhost.example.org", "127.0.0.1.example.org", "notlocalhost", "127.0.0.1@evil.example"),
    *("2130706433", "127.1", "[::1", "[2001:db8::1]", "a b", ":8000", "localhost/../evil"),
)
PATHS = ("/", "/outbox", "/healthz", "/static/hunar.css", "/nowhere")


def demo_app(new_database, folder: Path, **given) -> Flask:
    return create_app(
        Config(database_url=new_database(), secret_key=KEY, instance=folder, demo=True, **given)
    )


@pytest.mark.parametrize("host", HERE)
def test_a_demo_answers_to_the_names_of_its_machine(served: Flask, host):
    for path in ("/outbox", "/healthz"):
        assert served.test_client().get(path, headers={"Host": host}).status_code == 200


@pytest.mark.parametrize("host", ELSEWHERE)
def test_a_demo_answers_to_no_other_name(served: Flask, host):
    for path in PATHS:
        answer = served.test_client().get(path, headers={"Host": host})
        assert answer.status_code == 421, path
        assert "set HUNAR_URL to its address" in answer.text
        assert "X-Frame-Options" in answer.headers


def test_who_names_no_host_gets_no_answer_of_a_demo(served: Flask):
    nameless = {"HTTP_HOST": "", "SERVER_NAME": "127.0.0.1"}
    assert served.test_client().get("/outbox", environ_overrides=nameless).status_code == 421


def test_the_refusal_is_said_in_both_languages_and_asks_the_database_nothing(
    new_database, tmp_path
):
    empty = demo_app(new_database, tmp_path)  # without tables: whoever asks it breaks
    answer = empty.test_client().post("/sign-in", headers={"Host": "evil.example"}, data="x=1")
    assert answer.status_code == 421
    assert answer.mimetype == "text/plain"
    assert "HUNAR_URL" in answer.text.split("\n\n")[1]
    assert "Set-Cookie" not in answer.headers


@pytest.mark.parametrize("proxies", [0, 1, 2])
@pytest.mark.parametrize(
    ("host", "forwarded"),
    [
        ("localhost:8000", "hunar.example.org"),
        ("hunar.example.org", "localhost"),
        ("127.0.0.1:8000", "localhost, hunar.example.org"),
        ("127.0.0.1:8000", "hunar.example.org, localhost"),
        ("localhost", "localhost,"),
    ],
)
def test_what_a_proxy_says_or_a_visitor_forges_opens_no_demo(
    new_database, tmp_path, proxies, host, forwarded
):
    app = demo_app(new_database, tmp_path, trusted_proxies=proxies)
    headers = {"Host": host, "X-Forwarded-Host": forwarded}
    assert app.test_client().get("/outbox", headers=headers).status_code == 421


def test_a_demo_with_a_public_address_on_purpose_answers_to_it(new_database, tmp_path):
    config = {"public_url": "https://demo.example.org:8443", "trusted_proxies": 1}
    client = demo_app(new_database, tmp_path, **config).test_client()
    for host in ("demo.example.org", "DEMO.example.org:8443", "localhost"):
        assert client.get("/check-mail", headers={"Host": host}).status_code == 200
    assert client.get("/", headers={"Host": "other.example.org"}).status_code == 421


@pytest.mark.parametrize("host", ["hunar.example.org", "192.0.2.7:8000", "evil.example"])
def test_a_real_installation_answers_and_shows_no_letters(real: Flask, host):
    client = real.test_client()
    assert client.get("/healthz", headers={"Host": host}).status_code == 200
    assert client.get("/outbox", headers={"Host": host}).status_code == 404


def test_a_mailed_link_names_the_public_address(real: Flask):
    # A forged Host header must not send the token to another site.
    forged = {"base_url": "http://evil.example"}
    with real.app_context():
        with Session(db.engine) as session, session.begin():
            make_user(session, email="amina@example.org")
        given = {"email": "amina@example.org"}
        assert real.test_client().post("/forgotten", data=given, **forged).status_code == 303
        worker.drain(db.engine, tasks())
        with Session(db.engine) as session:
            [letter] = kept_letters(session, KEY)
    assert "https://hunar.example.org/new-password/" in letter.body
    assert "evil.example" not in letter.body


def test_no_page_names_the_host_it_was_asked_by(real: Flask):
    for path in ("/", "/sign-in", "/account", "/parks", "/nowhere"):
        answer = real.test_client().get(path, headers={"Host": "asked-by.example"})
        assert "asked-by" not in answer.text + str(answer.headers)


def test_this_machine_has_few_names():
    assert is_this_machine("127.0.0.2")
    assert is_this_machine("::1")
    assert not is_this_machine("")
    assert not is_this_machine("::ffff:192.0.2.7")
