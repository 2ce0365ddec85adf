"""Only the pages that take a file may be sent more than a few kilobytes."""

import io

import pytest

from app.documents import files
from app.permissions import Role
from app.web import uploads
from tests.factories import make_user

TAKERS = {"profiles.read_cv", "jobs.read"}


def test_two_pages_take_files(application):
    views = application.view_functions.items()
    assert {name for name, view in views if getattr(view, "takes_files", False)} == TAKERS


@pytest.mark.parametrize("path", ["/profile/edit", "/sign-in"])
def test_other_pages_take_no_more_than_before(path, visitor, session):
    visitor.sign_in(make_user(session))
    page = visitor.post(path, {"headline": "x" * 400_000})
    assert page.status == 413
    assert "256 kB" in page.text


def test_a_body_beyond_any_file_is_refused_unread(visitor, session):
    visitor.sign_in(make_user(session))
    length = {"CONTENT_LENGTH": str(uploads.MOST_BODY_BYTES + 1)}
    page = visitor.post("/profile/cv", {"text": "x"}, environ_overrides=length, **MULTIPART)
    assert page.status == 413
    assert "larger than 5 MB" in page.text
    assert page.soup.find("a", string="Back to the form")["href"] == "/profile/cv"


def test_a_file_that_is_too_large_leaves_the_form_and_the_pasted_text(visitor, session):
    visitor.sign_in(make_user(session))
    large = upload(b"x" * (20 * 1024 * 1024), text="Web developer in Skardu")
    page = visitor.post("/profile/cv", large, **MULTIPART)
    page.response.request.environ["wsgi.input"].close()  # the test client leaves it open
    assert page.status == 413
    assert "larger than 5 MB" in page.soup.select_one("#file-wrong").text
    assert page.value("text") == "Web developer in Skardu"


def test_no_more_of_a_file_is_held_than_is_taken():
    held = uploads.Bounded()
    for _ in range(100):
        assert held.write(b"x" * 100_000) == 100_000
    assert len(held.getvalue()) == uploads.MOST_HELD_BYTES


def test_a_text_without_a_file_is_limited_as_everywhere(visitor, session):
    visitor.sign_in(make_user(session))
    page = visitor.post("/profile/cv", {"text": "x" * 400_000})
    assert page.status == 413
    assert "256 kB" in page.text


def test_the_limit_leaves_room_for_the_largest_file():
    assert uploads.MOST_BODY_BYTES > files.MOST_FILE_BYTES


@pytest.mark.parametrize(("role", "path"), [(Role.FREELANCER, "/profile/cv")])
def test_an_hour_has_its_number_of_files(role, path, visitor, session, monkeypatch):
    monkeypatch.setattr(uploads, "MOST_FILES_AN_HOUR", 1)
    visitor.sign_in(make_user(session, role))
    assert visitor.post(path, upload(b"Web Developer"), **MULTIPART).status == 200
    page = visitor.post(path, upload(b"Web Developer"), **MULTIPART)
    assert page.status == 429
    assert "Too many tries" in page.text
    # The model reads a pasted text just as long as one from a file.
    assert visitor.post(path, {"text": "Web Developer"}).status == 429


def upload(data: bytes, name: str = "cv.txt", **fields: str) -> dict:
    return {"file": (io.BytesIO(data), name), **fields}


MULTIPART = {"content_type": "multipart/form-data"}
