"""The page that makes a draft of a profile out of a CV."""

import io
from pathlib import Path

import brotli
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete

from app.documents import files
from app.profiles import service
from app.web.limits import Attempt
from tests.documents import made
from tests.doubles.meaning import Meaning, offered
from tests.factories import make_profile, make_skill, make_user

CV = (
    "Amina Baig",
    "Web Developer",
    "amina@example.org, +92 300 1234567",
    "Summary",
    "I have made twelve online shops for small firms in Lahore.",
    "Experience",
    "PHP Developer, 2019 - 2024",
    "Skills",
    "JS, WordPress",
    "Languages: Urdu, English",
    "https://example.org/shop",
)


@pytest.fixture
def freelancer(session):
    make_skill(session, "JavaScript", "JS")
    make_skill(session, "WordPress")
    make_skill(session, "PHP")
    return make_user(session, name="Amina Baig")


@pytest.fixture
def browser(visitor, freelancer):
    return visitor.sign_in(freelancer)


def send(browser, data: bytes, name: str = "cv.pdf", **fields: str):
    fields["file"] = (io.BytesIO(data), name)
    return browser.post("/profile/cv", fields, content_type="multipart/form-data")


@pytest.mark.parametrize(
    "data", [made.pdf(*CV), made.word(*CV), "\r\n".join(CV).encode()], ids=["pdf", "docx", "txt"]
)
def test_a_cv_opens_the_profile_form_filled(browser, session, freelancer, data):
    page = send(browser, data)
    assert page.status == 200
    assert "Nothing is saved yet." in page.text
    assert page.value("headline") == "Web Developer"
    assert page.value("summary") == CV[4]
    assert offered(page) == {"JavaScript": True, "WordPress": True, "PHP": True}
    assert page.value("skills") == ""
    assert page.value("past_titles") == "PHP Developer"
    assert page.value("links") == CV[-1]
    ticked = [box["value"] for box in page.soup.select("[name=languages][checked]")]
    assert ticked == ["en", "ur"]
    assert "JavaScript from “ JS ”" in page.text
    assert service.of_user(session, freelancer) is None


def test_the_filled_form_is_saved_by_the_person(browser, session, freelancer):
    page = send(browser, made.pdf(*CV))
    form = page.soup.select_one("main form[action='/profile/edit']")
    fields = ("headline", "summary", "skills", "past_titles", "links", "hours_per_week")
    typed = {name: page.value(name) for name in fields}
    typed["skills-offered"] = ["JavaScript", "WordPress"]
    typed |= {"availability": "open", "currency": "USD", "languages": ["en", "ur"]}
    assert browser.post(form["action"], typed).status == 303
    session.expire_all()
    profile = service.of_user(session, freelancer)
    assert profile.headline == "Web Developer"
    assert [row.skill.label for row in profile.skills] == ["JavaScript", "WordPress"]


def test_links_behind_words_are_taken_as_typed_ones_are(browser):
    links = ("https://example.org/shop/", "https://github.com/amina", "http://localhost/x")
    page = send(browser, made.pdf(*CV, "Shop", "Code", "Mine", links=links))
    assert page.value("links") == "https://example.org/shop\nhttps://github.com/amina"


def test_a_refused_form_keeps_what_was_ticked(browser):
    typed = {"skills": "PHP", "skills-offered": ["JavaScript", "WordPress"], "rate": "much"}
    page = browser.post("/profile/edit", typed)
    assert page.status == 422
    assert page.value("skills") == "PHP, JavaScript, WordPress"


def test_more_ticks_than_skills_fit_are_no_failure(browser):
    page = browser.post("/profile/edit", {"skills-offered": ["x" * 500, ""] * 200})
    assert page.status == 422


def test_skills_the_words_may_mean_are_asked_about(browser, session, app):
    shops = make_skill(session, "E-commerce")
    app.extensions["hunar"].matcher = Meaning((shops.key, "online shops"), ("gone", "x y"))
    page = send(browser, made.pdf(*CV))
    assert offered(page)["E-commerce"] is False
    assert "E-commerce from “ online shops ”" in page.text
    assert "Do you also mean these?" in page.text


def test_what_the_profile_lists_is_not_asked_about(browser, session, freelancer, app):
    shops = make_skill(session, "E-commerce")
    make_profile(session, freelancer, skills=(shops,))
    session.commit()
    app.extensions["hunar"].matcher = Meaning((shops.key, "online shops"))
    page = send(browser, made.pdf(*CV))
    assert "E-commerce" not in offered(page)
    assert page.value("skills") == "E-commerce"


def test_no_more_ticks_are_set_than_skills_fit(browser, session, freelancer):
    own = tuple(make_skill(session, f"Own {number}") for number in range(29))
    make_profile(session, freelancer, skills=own)
    session.commit()
    assert sum(offered(send(browser, made.pdf(*CV))).values()) == 1


def test_what_is_written_already_stays(browser, session, freelancer):
    old = make_skill(session, "Figma")
    make_profile(session, freelancer, headline="My own line", skills=(old,), past_titles=("Boss",))
    session.commit()
    page = send(browser, made.pdf(*CV))
    assert page.value("headline") == "My own line"
    assert page.value("skills") == "Figma"
    assert offered(page) == {"JavaScript": True, "WordPress": True, "PHP": True}
    assert page.value("past_titles") == "Boss\nPHP Developer"
    assert page.value("rate") == "15"


def test_a_cv_can_be_pasted(browser):
    page = browser.post("/profile/cv", {"text": "\n".join(CV)})
    assert page.value("headline") == "Web Developer"


def test_a_cv_in_urdu_does_not_break(browser):
    text = "آمنہ بیگ\nخلاصہ\nمیں WordPress میں دکانیں بناتی ہوں۔\nزبانیں: اردو"
    page = send(browser, text.encode(), "cv.txt")
    assert page.status == 200
    assert page.value("summary") == "میں WordPress میں دکانیں بناتی ہوں۔"
    assert offered(page) == {"WordPress": True}


def test_a_text_without_skills_says_so(browser):
    page = browser.post("/profile/cv", {"text": "Nothing of note."})
    assert page.status == 200
    assert "no skill that we know" in page.text


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "Choose a file"),
        (b" ", "empty"),
        (made.scan(), "no text in this file"),
        (made.pdf("x", password="secret"), "password"),
        (b"%PDF-1.4 broken", "broken"),
        (b"\x89PNG\r\n\0", "PDF, a DOCX or a plain text"),
    ],
    ids=["none", "empty", "scan", "locked", "broken", "picture"],
)
def test_a_file_is_refused_in_words_and_the_pasted_text_stays(browser, data, words):
    page = send(browser, data, "" if data == b"" else "cv.pdf", text="  ")
    assert page.status == 422
    assert words in page.text
    page = send(browser, data, "cv.pdf", text="I wrote this")
    if data:
        assert page.status == 422
        assert page.value("text") == "I wrote this"


def test_a_file_beyond_the_largest_is_refused_and_the_pasted_text_stays(browser, monkeypatch):
    monkeypatch.setattr(files, "MOST_FILE_BYTES", 1000)
    page = send(browser, b"x" * 1001, text="I wrote this")
    assert page.status == 413
    assert "larger than 5 MB" in page.text
    assert page.value("text") == "I wrote this"


def test_nothing_sent_is_refused(browser):
    page = browser.post("/profile/cv", {"text": " \n"})
    assert page.status == 422
    assert "Choose a file, or paste the text here." in page.text


def test_a_pasted_text_that_is_too_long_is_refused_and_stays(browser):
    page = browser.post("/profile/cv", {"text": "word " * 4000})
    assert page.status == 422
    assert page.value("text").startswith("word word")


def test_the_profile_form_leads_here(browser):
    page = browser.get("/profile/edit")
    assert page.soup.select_one("main a[href='/profile/cv']").text == "Start from a CV"
    form = browser.get("/profile/cv").soup.select_one("main form")
    assert form["enctype"] == "multipart/form-data"


@settings(
    max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    start=st.sampled_from([b"", b"%PDF-1.5\n", b"PK\x03\x04", b"\xff\xfe"]),
    rest=st.binary(max_size=300),
    name=st.sampled_from(["cv.pdf", "../../x", "سی وی.docx", "a\0b"]),
)
def test_any_bytes_are_answered(browser, session, start, rest, name):
    session.execute(delete(Attempt))
    session.commit()
    page = send(browser, start + rest, name)
    assert page.status in (200, 413, 422)


@pytest.mark.parametrize("language", ["en", "ur"])
def test_a_full_form_stays_light(session, visitor, app, language):
    user = make_user(session, language=language)
    named = [make_skill(session, f"Tool number {number} of many") for number in range(30)]
    meant = [make_skill(session, f"Manage all things of kind {number}") for number in range(8)]
    words = "look after whatever there is of it"
    app.extensions["hunar"].matcher = Meaning(*((skill.key, words) for skill in meant))
    text = "\n".join(["Amina Baig", "Summary", "I make shops. " * 150, "Skills", ""])
    text += ", ".join(skill.label for skill in named)
    page = visitor.sign_in(user).post("/profile/cv", {"text": text})
    assert len(offered(page)) == 38
    css = (Path(app.static_folder) / "hunar.css").read_bytes()
    assert len(brotli.compress(css)) + len(brotli.compress(page.response.data)) <= 14 * 1024
