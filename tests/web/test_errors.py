"""Every refusal and every failure is a sentence: a page for a person, JSON for a machine."""

import logging
import re

import pytest
from flask import Flask
from sqlalchemy.exc import OperationalError

from app.errors import Conflict
from app.jobs.drafts import Incomplete
from app.web.errors import sentence
from tests.visitor import Page

MACHINE = {"Accept": "application/json"}
LARGE = 1024 * 1024


@pytest.fixture
def client(served: Flask):
    return served.test_client()


@pytest.mark.parametrize(
    ("path", "status", "words"),
    [
        ("/test/refuse", 409, "At most 30 skills."),
        ("/test/refuse_often", 429, "Wait 15 minutes"),
        ("/test/collide", 409, "Someone changed this at the same moment."),
        ("/test/come_late", 409, "Someone changed this at the same moment."),
        ("/nowhere", 404, "There is no such page."),
        ("/account/sign-ins/7/end", 405, "does not take that kind of request"),
    ],
)
def test_a_refusal_is_a_page_for_a_person_and_json_for_a_machine(client, path, status, words):
    page = Page(client.get(path))
    assert page.status == status
    assert words in page.text
    assert page.soup.main.find("a", class_="button")["href"] == "/"
    answer = client.get(path, headers=MACHINE)
    assert answer.status_code == status
    assert words in answer.json["error"]["message"]
    assert set(answer.json["error"]) == {"code", "message", "fields"}


def test_a_failure_of_ours_tells_nothing_of_it_and_is_logged(client, caplog):
    with caplog.at_level(logging.ERROR):
        page = Page(client.get("/test/break_down"))
    assert page.status == 500
    assert "Something broke on our side" in page.text
    assert "secret of ours" not in page.soup.get_text()
    assert "secret of ours" in caplog.text
    assert client.get("/test/break_down", headers=MACHINE).json["error"]["code"] == "failure"


def test_a_failure_of_the_database_has_its_page_too(served: Flask, monkeypatch):
    def be_away(_token: str):
        raise OperationalError("SELECT", {}, Exception("a secret of ours"))

    client = served.test_client()
    with client.session_transaction() as cookie:
        cookie["_user_id"] = "somebody"
    monkeypatch.setattr(served.login_manager, "_user_callback", be_away)
    page = Page(client.get("/test/break_down"))
    assert page.status == 500
    assert "Something broke on our side" in page.text
    page = Page(client.get("/jobs/new"))
    assert page.status == 503
    assert "This cannot be done at this moment" in page.text
    page = Page(client.post("/jobs/new", data={"title": "A shop"}))
    assert page.status == 503
    assert page.value("title") == "A shop"


def test_a_collision_tells_nothing_of_the_database(client):
    assert b"secret of ours" not in client.get("/test/collide").data


@pytest.mark.parametrize("headers", [{}, MACHINE])
def test_a_megabyte_is_refused_before_it_is_read(client, headers):
    answer = client.post("/sign-in", data={"email": "x" * LARGE}, headers=headers)
    assert answer.status_code == 413
    assert "256 kB" in answer.get_data(as_text=True)


@pytest.mark.parametrize("headers", [{}, MACHINE])
def test_a_megabyte_that_is_no_form_is_refused(client, headers):
    answer = client.post("/sign-in", data=b"x" * LARGE, content_type="text/plain", headers=headers)
    assert 400 <= answer.status_code < 500


def test_a_refusal_is_said_in_the_readers_language(client):
    page = Page(client.get("/nowhere", headers={"Accept-Language": "ur"}))
    assert page.soup.html["lang"] == "ur"
    assert page.soup.html["dir"] == "rtl"


@pytest.mark.parametrize(
    ("refusal", "words"),
    [
        (Conflict("This cannot be done now. Its status: %(status)s.", status="closed"), "بند"),
        (Incomplete({"skills": "List at least one skill."}), "کم از کم ایک ہنر لکھیں"),
    ],
)
def test_what_a_refusal_quotes_of_ours_is_said_in_it_too(served: Flask, refusal, words):
    with served.test_request_context(headers={"Accept-Language": "ur"}):
        said = sentence(refusal)
    assert words in said
    assert not re.search("[A-Za-z]", said)


@pytest.mark.parametrize(
    "path", ["/account/sign-ins/2147483648/end", f"/account/sign-ins/{10**30}/end"]
)
def test_an_id_no_database_could_hold_is_no_page(client, path):
    assert client.post(path).status_code == 404


@pytest.mark.parametrize("path", ["/?q=%00", "/sign-in?next=a%00b", "/%00", "/verify/%00"])
def test_a_nul_in_an_address_is_refused(client, path):
    assert 400 <= client.get(path).status_code < 500


@pytest.mark.parametrize("path", ["/sign-in?next=%ff%fe", "/verify/%ff", "/?%ed%a0%80=1"])
def test_bytes_that_are_no_text_do_no_harm(client, path):
    assert client.get(path).status_code < 500


def test_who_tried_too_often_is_told_when_to_come_back(client):
    assert client.get("/test/refuse_often").headers["Retry-After"] == "900"
    assert "Retry-After" not in client.get("/test/refuse").headers
