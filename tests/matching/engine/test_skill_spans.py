"""Skills named in free text."""

import pytest

from app.matching.engine.skill_spans import SkillLabels, windows
from tests.doubles.encoder import HashingEncoder

LABELS = ("web programming", "bake bread", "drive a truck")


@pytest.fixture
def labels() -> SkillLabels:
    return SkillLabels(LABELS, HashingEncoder().encode(LABELS))


def test_a_skill_is_found_inside_a_long_sentence(labels):
    text = "We are a friendly company near the river and you should like to bake bread with us"
    (best, score), *_ = labels.find(text, HashingEncoder().encode)
    assert best == "bake bread"
    assert score > 0.9


def test_words_in_another_form_count(labels):
    (best, _), *_ = labels.find("years of web programs", HashingEncoder().encode)
    assert best == "web programming"


def test_no_more_are_given_than_asked_for(labels):
    assert len(labels.find("bake bread", HashingEncoder().encode, most=2)) == 2


def test_a_text_without_words_names_nothing(labels):
    assert not labels.scores("  ", HashingEncoder().encode).any()


def test_without_labels_nothing_is_found():
    none = SkillLabels((), HashingEncoder().encode([]))
    assert none.find("bake bread", HashingEncoder().encode) == []


def test_labels_and_vectors_must_be_as_many():
    with pytest.raises(ValueError, match="differ in number"):
        SkillLabels(LABELS, HashingEncoder().encode(LABELS[:2]))


def test_windows_are_distinct_runs_of_words():
    assert windows("a b c", sizes=(2,)) == ["a b", "b c"]
    assert windows("a a a", sizes=(2,)) == ["a a"]
    assert windows("short", sizes=(2, 3)) == ["short"]
