"""The headers of every answer, and the refusal of writes that another site sends."""

import pytest
from flask import Flask

from tests.visitor import Page, Visitor

HOST = "http://localhost"


@pytest.fixture
def client(served: Flask):
    return served.test_client()


PATHS = (
    *("/", "/sign-in", "/nowhere", "/test/refuse", "/test/break_down", "/account"),
    *("/static/hunar.css", "/static/nothing"),
)


@pytest.mark.parametrize("path", PATHS)
def test_every_answer_has_the_headers(client, path):
    with client.get(path) as answer:
        headers = answer.headers
    assert "default-src 'none'" in headers["Content-Security-Policy"]
    assert "frame-ancestors 'none'" in headers["Content-Security-Policy"]
    assert "unsafe" not in headers["Content-Security-Policy"]
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["X-Frame-Options"] == "DENY"
    assert headers["Referrer-Policy"] == "same-origin"
    for feature in ("camera", "microphone", "geolocation", "payment", "usb"):
        assert f"{feature}=()" in headers["Permissions-Policy"].split(", ")


@pytest.mark.parametrize("path", PATHS)
def test_where_https_is_set_every_answer_asks_browsers_to_keep_to_it(real: Flask, client, path):
    with real.test_client().get(path, base_url="https://hunar.example.org") as answer:
        assert answer.headers["Strict-Transport-Security"] == "max-age=31536000"
    with client.get(path) as answer:
        assert "Strict-Transport-Security" not in answer.headers


def test_a_page_is_not_kept_and_a_static_file_is(client):
    assert client.get("/sign-in").headers["Cache-Control"] == "no-store"
    with client.get("/static/hunar.css") as file:
        assert "max-age=31536000" in file.headers["Cache-Control"]


@pytest.mark.parametrize(
    "headers",
    [
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Sec-Fetch-Site": "cross-site", "Origin": "null"},
        {"Origin": "https://evil.example"},
        {"Origin": "http://localhost.evil.example"},
        {"Origin": "http://localhost:8001"},
    ],
)
def test_a_write_from_another_site_is_refused(client, headers):
    answer = client.post("/test/change_nothing", headers=headers)
    assert answer.status_code == 403
    assert "came from another site" in Page(answer).text


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Sec-Fetch-Site": "same-origin", "Origin": HOST},
        {"Sec-Fetch-Site": "none"},
        {"Origin": HOST},
    ],
)
def test_a_write_from_this_site_passes(client, headers):
    assert client.post("/test/change_nothing", headers=headers).status_code == 200


def test_a_link_from_another_site_may_be_followed(client):
    assert client.get("/sign-in", headers={"Sec-Fetch-Site": "cross-site"}).status_code == 200


def test_a_form_without_its_token_is_refused_in_words(visitor: Visitor):
    page = Page(visitor.client.post("/sign-in", data={"email": "a@example.org"}))
    assert page.status == 403
    assert "reload the page and send it again" in page.text
    answer = visitor.client.post("/sign-in", headers={"Accept": "application/json"})
    assert answer.status_code == 403
    assert answer.json["error"]["code"] == "forbidden"


def test_a_token_of_another_visitor_is_refused(visitor: Visitor, visitors):
    theirs = visitors().token
    page = Page(visitor.client.post("/sign-out", data={"csrf_token": theirs}))
    assert page.status == 403


def test_pages_are_compressed_where_the_browser_asks(client):
    with client.get("/sign-in", headers={"Accept-Encoding": "gzip"}) as answer:
        assert answer.headers["Content-Encoding"] == "gzip"


# Flask-Compress leaves the file it compresses to the garbage collector.
@pytest.mark.filterwarnings("ignore:unclosed file:ResourceWarning")
@pytest.mark.parametrize("way", ["gzip", "br"])
def test_the_stylesheet_is_compressed_where_the_browser_asks(served: Flask, way):
    # A client of its own: the streamed answer leaves its context behind.
    with served.test_client().get("/static/hunar.css", headers={"Accept-Encoding": way}) as answer:
        assert answer.headers["Content-Encoding"] == way


def test_the_cookie_is_kept_from_scripts_and_other_sites(client):
    cookie = client.get("/sign-in").headers["Set-Cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie
