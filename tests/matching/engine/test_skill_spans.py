"""Skills named in free text."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.matching.engine import skill_spans
from app.matching.engine.skill_spans import SkillLabels, windows
from tests.doubles.encoder import HashingEncoder

LABELS = ("web programming", "bake bread", "drive a truck")


@pytest.fixture
def labels() -> SkillLabels:
    return SkillLabels(LABELS, HashingEncoder().encode(LABELS))


def test_a_skill_is_found_inside_a_long_sentence(labels):
    text = "We are a friendly company near the river and you should like to bake bread with us"
    scores = labels.scores(text, HashingEncoder().encode)
    assert scores.argmax() == 1
    assert scores[1] > 0.9


def test_words_in_another_form_count(labels):
    assert labels.scores("years of web programs", HashingEncoder().encode).argmax() == 0


def test_what_words_mean_is_told_with_the_words(labels):
    text = "On Mondays I like to bake bread, and then I drive a truck to town."
    found = labels.meant(text, HashingEncoder().encode)
    assert {(LABELS[one.place], one.words) for one in found} == {
        ("bake bread", "bake bread"),
        ("drive a truck", "drive a truck"),
    }
    assert all(one.cosine >= skill_spans.LEAST_COSINE for one in found)


def test_what_is_far_from_every_label_means_none(labels):
    assert labels.meant("We sing loud songs of the sea", HashingEncoder().encode) == []


def test_one_word_alone_means_nothing(labels):
    assert labels.meant("bread, truck; web", HashingEncoder().encode) == []


def test_words_are_read_once_only():
    near = ("bake bread", "bake bread well", "bake")
    labels = SkillLabels(near, HashingEncoder().encode(near))
    assert [near[one.place] for one in labels.meant("bake bread", HashingEncoder().encode)] == [
        "bake bread"
    ]


def test_no_more_are_told_than_asked_for(labels):
    text = "bake bread, drive a truck"
    assert len(labels.meant(text, HashingEncoder().encode, most=1)) == 1


def test_a_long_text_costs_no_more_than_the_bound(labels):
    encoder = HashingEncoder()
    words = (f"word{number}" for number in range(20_000))
    labels.meant(" ".join(words) + ", we bake bread", encoder.encode)
    most = skill_spans.MOST_CLAUSES + skill_spans.MOST_RUNS
    assert most - 10 < encoder.encoded <= most


def test_runs_are_looked_for_where_a_label_is_near(monkeypatch):
    encoder = HashingEncoder(dimension=4096)  # so wide that no two of these words meet
    labels = SkillLabels(LABELS, encoder.encode(LABELS))
    monkeypatch.setattr(skill_spans, "MOST_RUNS", 3)
    text = "\n".join([*(f"nothing{n} of{n} note{n}" for n in range(50)), "we bake bread"])
    found = labels.meant(text, encoder.encode)
    assert [one.words for one in found] == ["bake bread"]


@given(st.text(max_size=300))
def test_any_text_is_read(text):
    labels = SkillLabels(LABELS, HashingEncoder().encode(LABELS))
    for one in labels.meant(text, HashingEncoder().encode):
        assert " ".join(one.words.split()) == one.words
        assert set(one.words.split()) <= set(re.split(r"\s", text))


def test_a_text_without_words_names_nothing(labels):
    assert not labels.scores("  ", HashingEncoder().encode).any()


def test_without_labels_nothing_is_found():
    none = SkillLabels((), HashingEncoder().encode([]))
    assert none.meant("bake bread", HashingEncoder().encode) == []


def test_labels_and_vectors_must_be_as_many():
    with pytest.raises(ValueError, match="differ in number"):
        SkillLabels(LABELS, HashingEncoder().encode(LABELS[:2]))


def test_windows_are_distinct_runs_of_words():
    assert windows("a b c", sizes=(2,)) == ["a b", "b c"]
    assert windows("a a a", sizes=(2,)) == ["a a"]
    assert windows("short", sizes=(2, 3)) == ["short"]
