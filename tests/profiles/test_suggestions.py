"""Skills offered as one types: the answer and the script that asks for it."""

from pathlib import Path

import pytest

from app import profiles
from tests.factories import make_skill

SCRIPT = Path(profiles.__file__).parent.parent / "static" / "skills.js"


def offered(visitor, q: str) -> list[str]:
    page = visitor.get("/skills", query_string={"q": q})
    assert page.status == 200
    return [skill["label"] for skill in page.response.json["skills"]]


def test_anyone_is_offered_skills_for_a_half_typed_name(visitor, session):
    make_skill(session, "JavaScript", "JS", popularity=9)
    make_skill(session, "Java", popularity=5)
    make_skill(session, "Rust")
    session.commit()
    assert offered(visitor, "jav") == ["JavaScript", "Java"]
    assert offered(visitor, "JS") == ["JavaScript"]


@pytest.mark.parametrize("q", ["", " ", "%", "_", "'; --", "a" * 5000, "<b>", "\u202e", "ہنر"])
def test_nothing_fitting_is_an_empty_list(visitor, session, q):
    make_skill(session, "JavaScript")
    session.commit()
    assert offered(visitor, q) == []


def test_a_question_with_nul_is_refused(visitor):
    assert visitor.get("/skills", query_string={"q": "a\x00"}).status == 422


def test_without_a_question_nothing_is_offered(visitor):
    assert visitor.get("/skills").response.json == {"skills": []}


def test_the_answer_may_be_kept_for_a_while(visitor):
    assert visitor.get("/skills?q=ja").response.headers["Cache-Control"] == "public, max-age=3600"


def test_the_script_is_small():
    assert len(SCRIPT.read_bytes()) <= 2048
