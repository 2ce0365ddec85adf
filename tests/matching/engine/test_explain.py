"""Evidence: literal spans, whole words, nothing that is not there."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.matching.engine.explain import Asked, coverage, shared_terms

LAW = settings(max_examples=150, deadline=None, derandomize=True)
SKILLS = ["C++", "C#", "C", "R", ".NET", "Node.js", "Go", "front end", "A*", "ڈیزائن", "CI/CD"]


def shown(skill: str, text: str, *aliases: str) -> str | None:
    covered, missing = coverage([Asked(skill, aliases)], {"summary": text})
    assert len(covered) + len(missing) == 1
    return covered[0].words if covered else None


@pytest.mark.parametrize(
    ("skill", "text", "words"),
    [
        ("Python", "I write PYTHON, daily", "PYTHON"),
        ("c++", "C, C++17", "C++"),
        ("C", "Java/C/C++", "C"),
        ("C#", "F#, c#.", "c#"),
        (".NET", "ASP.NET and .Net core", ".Net"),
        ("Node.js", "using node.js/express", "node.js"),
        ("R", "Python, R.", "R"),
        ("Go", "go to market in Go", "Go"),
        ("Front end", "a front-end person", "front-end"),
        ("CI/CD", "ci / cd pipelines", "ci / cd"),
        ("Resume writing", "Résumé writing", "Résumé writing"),
        ("گرافک ڈیزائن", "میں گرافك ڈِیزائن کرتا ہوں", "گرافك ڈِیزائن"),
        ("A*", "Search: a*, BFS", "a*"),
        ("Django", "Django's ORM", "Django"),
        ("R&D", "led R&D there", "R&D"),
    ],
)
def test_a_skill_is_shown_by_the_words_as_they_stand(skill, text, words) -> None:
    assert shown(skill, text) == words


@pytest.mark.parametrize(
    ("skill", "text"),
    [
        ("C", "C++ and C# and Objective-C and c and C-level"),
        ("R", "r, R&D, R's, R.O.I., PR"),
        ("Go", "go, GO, go-getter, Go-getter, going"),
        (".NET", "ASP.NET, example.net, the net"),
        ("Node.js", "node, js, Node"),
        ("Java", "JavaScript"),
        ("React", "reacting, Reactive"),
        ("Machine learning", "machine. Then learning, or the learning machine"),
        ("A*", "A good start"),
        ("Power BI", "power of bi"),
        ("", "anything"),
        ("...", "anything"),
    ],
)
def test_a_skill_is_not_shown_by_other_words(skill, text) -> None:
    assert shown(skill, text) is None


def test_an_alias_shows_the_skill_under_its_label() -> None:
    covered, _ = coverage([Asked("JavaScript", ("JS", "ECMAScript"))], {"headline": "A js dev"})
    assert [(one.skill, one.words) for one in covered] == [("JavaScript", "js")]


def test_the_first_section_and_the_first_place_win_and_the_longest_name_there() -> None:
    sections = {"headline": "dev", "skills": "x React Native, React", "summary": "React"}
    covered, _ = coverage([Asked("React", ("React Native",))], sections)
    assert [(one.section, one.start, one.words) for one in covered] == [
        ("skills", 2, "React Native")
    ]


def test_what_is_missing_is_named_in_the_order_asked() -> None:
    covered, missing = coverage(
        [Asked("Rust"), Asked("Python"), Asked("C")], {"summary": "Python", "skills": ""}
    )
    assert [one.skill for one in covered] == ["Python"]
    assert missing == ["Rust", "C"]


def test_nothing_asked_and_nothing_written_are_fine() -> None:
    assert coverage([], {"summary": "x"}) == ([], [])
    assert coverage([Asked("Rust")], {}) == ([], ["Rust"])


text_ = st.lists(
    st.sampled_from([*SKILLS, "c", "r", "go", " ", "-", ". ", "\u200f", "é", "front", "end"]),
    max_size=12,
).map("".join)


@LAW
@given(st.lists(st.sampled_from(SKILLS), max_size=6), st.dictionaries(st.sampled_from("ab"), text_))
def test_every_span_is_literal_and_every_skill_is_answered_once(skills, sections) -> None:
    covered, missing = coverage([Asked(skill) for skill in skills], sections)
    assert sorted([one.skill for one in covered] + missing) == sorted(skills)
    for one in covered:
        assert sections[one.section][one.start : one.end] == one.words != ""


def test_shared_terms_are_the_rarest_words_of_both_as_the_document_writes_them() -> None:
    rarity = {"develop": 1.0, "django": 5.0, "c++": 5.0, "pay": 2.0}
    found = shared_terms(
        "C++ or Django developer for payments",
        "Developing PAYMENTS in django, c++",
        3,
        idf=lambda term: rarity.get(term, 0.0),
    )
    assert [(one.term, one.words) for one in found] == [
        ("django", "django"),
        ("c++", "c++"),
        ("develop", "Developing"),
    ]


@LAW
@given(text_, text_, st.integers(0, 5))
def test_shared_spans_are_literal_and_few(query, document, limit) -> None:
    found = shared_terms(query, document, limit, idf=len)
    assert len(found) <= limit
    assert len({one.term for one in found}) == len(found)
    for one in found:
        assert document[one.start : one.end] == one.words
    assert [len(one.term) for one in found] == sorted((len(o.term) for o in found), reverse=True)


def test_a_negative_limit_is_refused() -> None:
    with pytest.raises(ValueError, match="negative"):
        shared_terms("a", "a", -1, idf=len)
