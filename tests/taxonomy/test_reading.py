"""Skills and titles in free text, over the whole vocabulary."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import event

from app.taxonomy import reading
from app.taxonomy.reading import is_title, skills_in
from tests.factories import make_skill


def labels(session, text: str, limit: int = 30) -> list[str]:
    return [found.skill.label for found in skills_in(session, text, limit)]


@pytest.mark.parametrize(
    ("text", "label"),
    [
        ("Three years of JS at a shop", "JavaScript"),
        ("I write Python 3.11 daily", "Python"),
        ("ReactJS, Redux", "React"),
        ("node js on the server", "Node.js"),
        ("Clusters on K8s.", "Kubernetes"),
        ("HTML5/CSS3", "CSS"),
        ("C, C++, C#", "C++"),
        ("tools of .NET and more", ".NET"),
        ("R&D with R, SPSS", "R"),
        ("MS Excel reports", "Microsoft Excel"),
        ("Skills: Go, Rust", "Go"),
        ("skills: html, css, react, express", "Express.js"),
        ("We built it with Express at night", "Express.js"),
        ("میں WordPress پر کام کرتا ہوں", "WordPress"),
        ("react\nnative apps", "React Native"),
    ],
)
def test_a_name_in_any_spelling_is_its_skill(vocabulary, text: str, label: str):
    assert label in labels(vocabulary, text)


@pytest.mark.parametrize(
    ("text", "label"),
    [
        ("We go the extra mile", "Go"),
        ("Go to the office", "Go"),
        ("by express delivery", "Express.js"),
        ("Express your ideas", "Express.js"),
        ("They react to teams with access", "React"),
        ("a word on the first page", "Microsoft Word"),
        ("in plan C we stop", "C"),
        ("English and Urdu", "English"),
        ("write to js@react.com or https://react.dev/angular", "React"),
        ("we make apps and games", "Automated Package Processing System (APPS)"),
        ("the production of a pig", "Apache Pig"),
        ("Email: a, phone", "Electronic communication"),
        ("Mar 2019 - Apr 2020", "Mass appraisal records system (MARS)"),
    ],
)
def test_an_everyday_word_is_no_skill(vocabulary, text: str, label: str):
    assert label not in labels(vocabulary, text)


def test_the_longest_name_wins(vocabulary):
    assert labels(vocabulary, "React Native") == ["React Native"]
    assert labels(vocabulary, "React, Native") == ["React"]


def test_each_skill_comes_once_with_its_words_and_place(vocabulary):
    text = "I know JS. Really: JavaScript, ECMAScript."
    [found] = skills_in(vocabulary, text)
    assert (found.words, text[found.start : found.end], found.count) == ("JS", "JS", 3)


def test_what_is_listed_or_repeated_comes_first(vocabulary):
    text = "Once I saw Kotlin and a lot.\nPHP work, PHP shops.\nSkills: PHP, Flutter"
    assert labels(vocabulary, text) == ["PHP", "Flutter", "Kotlin"]
    assert labels(vocabulary, text, 1) == ["PHP"]


def test_a_long_text_takes_few_queries(vocabulary):
    asked = []
    engine = vocabulary.get_bind()
    event.listen(engine, "before_cursor_execute", lambda *given: asked.append(given[2]))
    words = " ".join(f"word{n} python" for n in range(3000))
    assert "Python" in labels(vocabulary, words)
    assert len([one for one in asked if "skill_names" in one]) <= 15


@pytest.mark.parametrize(
    "text", ["Web Developer", "Senior React Developer", "UI Engineer", "graphic designer"]
)
def test_a_title_is_known(text: str):
    assert is_title(text)


@pytest.mark.parametrize(
    "text",
    ["", "   ", "Ayesha Khan", "Lahore", "I worked as a developer there", "2019", "Built shops"],
)
def test_other_words_are_no_title(text: str):
    assert not is_title(text)


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=300) | st.lists(st.sampled_from(list("aC+#.&'’-,\n R٠ا"))).map("".join))
def test_any_text_is_read_the_same_twice(text: str):
    first, again = (reading._runs(text, reading.MOST_WORDS) for _ in range(2))
    assert first == again
    assert all(0 <= run.start < run.end <= len(text) for run in first)
    assert is_title(text) == is_title(text)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("react native and js", ["React Native", "JavaScript"]),
        ("JS, please: React!", ["JavaScript", "React"]),
        ("react react", ["React"]),
        ("make it fast", []),
        ("react, native", ["React"]),
        ("powerbi", ["Power BI"]),
        ("power  bi and a swift react 18", ["Power BI", "Swift", "React"]),
        ("", []),
        ("x " * 5000, []),
    ],
)
def test_skills_are_found_in_a_few_words(session, text, found):
    make_skill(session, "JavaScript", "JS")
    for label in ("React", "React Native", "Make", "Power BI", "Swift"):
        make_skill(session, label)
    assert [skill.label for skill in reading.named_in(session, text)] == found


def test_what_a_price_is_for_is_no_skill(vocabulary):
    assert labels(vocabulary, "We pay $15-25/hr or 900 / mo.") == []
    assert labels(vocabulary, "Skills: HR") == ["Human resources"]
