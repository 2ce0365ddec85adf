"""Ranking: points that add up, in an order nothing but the parts decides."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.matching.engine.rank import FOR_JOB, FOR_PROFILE, rank, scale_of

LAW = settings(max_examples=200, deadline=None, derandomize=True)

values_ = st.one_of(
    st.floats(-1, 1, width=32), st.floats(allow_nan=False, allow_infinity=False), st.just(0.25)
)


@st.composite
def candidates(draw, smallest: int = 0):
    ids = draw(st.lists(st.integers(-99, 2**60), unique=True, min_size=smallest, max_size=12))
    names = draw(st.lists(st.sampled_from([*FOR_JOB]), unique=True, min_size=1))
    columns = st.lists(values_, min_size=len(ids), max_size=len(ids))
    return ids, {name: draw(columns) for name in names}


@LAW
@given(candidates())
def test_totals_are_the_sums_of_their_parts_within_a_hundred(given_) -> None:
    ids, parts = given_
    scores = rank(ids, parts, FOR_JOB)
    assert sorted(score.id for score in scores) == sorted(ids)
    for score in scores:
        assert score.total == sum(score.parts.values())
        assert 0 <= score.total <= 100
        assert all(points >= 0 for points in score.parts.values())
        assert score.parts.keys() == parts.keys()
        assert score.parts.get("trust", 0) <= 5
    assert scores == sorted(scores, key=lambda score: (-score.total, score.id))


@LAW
@given(candidates(), st.randoms(use_true_random=False))
def test_the_order_candidates_come_in_changes_no_bit(given_, random) -> None:
    ids, parts = given_
    places = random.sample(range(len(ids)), len(ids))
    shuffled = {name: [column[place] for place in places] for name, column in parts.items()}
    names = random.sample([*shuffled], len(shuffled))
    again = rank([ids[place] for place in places], {n: shuffled[n] for n in names}, FOR_JOB)
    assert again == rank(ids, parts, FOR_JOB)


@LAW
@given(candidates(smallest=2))
def test_a_candidate_at_least_as_good_on_every_part_is_not_below(given_) -> None:
    ids, parts = given_
    scores = {score.id: score for score in rank(ids, parts, FOR_JOB)}
    if all(column[0] >= column[1] for column in parts.values()):
        assert scores[ids[0]].total >= scores[ids[1]].total
    for name, column in parts.items():
        points = [scores[id_].parts[name] for id_ in ids]
        for one, other in zip(np.argsort(column)[:-1], np.argsort(column)[1:], strict=True):
            assert points[one] <= points[other]


def test_points_are_those_of_the_weighted_z_scores() -> None:
    rng = np.random.default_rng(0)
    parts = {name: rng.normal(5, 3, 40) for name in FOR_PROFILE}
    z = {name: (column - column.mean()) / column.std() for name, column in parts.items()}
    whole = sum(FOR_PROFILE[name] * (z[name].max() - z[name].min()) for name in z)
    scores = {score.id: score for score in rank(range(40), parts, FOR_PROFILE)}
    for name in z:
        expected = 100 * FOR_PROFILE[name] * (z[name] - z[name].min()) / whole
        points = [scores[place].parts[name] for place in range(40)]
        np.testing.assert_allclose(points, expected, atol=2e-6)
    by_z = np.argsort(-sum(FOR_PROFILE[name] * z[name] for name in z))
    assert [score.id for score in rank(range(40), parts, FOR_PROFILE)] == by_z.tolist()


def test_the_best_on_everything_has_a_hundred_and_the_worst_nothing() -> None:
    parts = {name: [0.1, 0.5, 0.9] for name in FOR_PROFILE}
    scores = rank([1, 2, 3], parts, FOR_PROFILE)
    assert [score.id for score in scores] == [3, 2, 1]
    assert scores[0].total == pytest.approx(100)
    assert scores[2].total == 0


def test_a_part_on_which_all_are_equal_gives_nothing_to_all() -> None:
    parts = {"meaning": [0.2, 0.3], "skills": [0.7, 0.7], "words": [1e-9, 2e-9 + 0.0]}
    scores = rank([1, 2], parts, FOR_JOB)
    assert [score.parts["skills"] for score in scores] == [0, 0]
    noise = rank([1, 2], {"meaning": [0.2, 0.3], "title": [0.8, 0.8 + 1e-8]}, FOR_JOB)
    assert [score.parts["title"] for score in noise] == [0, 0]


def test_trust_is_held_to_five_points_even_alone_in_telling_people_apart() -> None:
    meaning = np.linspace(0.5, 0.500002, 50)
    trust = np.zeros(50)
    trust[0] = 1
    scores = rank(range(50), {"meaning": meaning, "trust": trust}, {"meaning": 1.0, "trust": 9.0})
    assert max(score.parts["trust"] for score in scores) == pytest.approx(5)
    assert max(score.parts["meaning"] for score in scores) == pytest.approx(95)
    equal = rank([1, 2], {"meaning": [0.5, 0.5], "trust": [0, 1]}, FOR_JOB)
    assert [score.id for score in equal] == [2, 1]
    assert 0 < equal[0].total - equal[1].total <= 5


def test_a_lone_candidate_is_measured_by_its_own_values() -> None:
    parts = {"meaning": [0.8], "title": [0.5], "words": [9.0], "skills": [1.0], "trust": [1.0]}
    (score,) = rank([7], parts, FOR_JOB)
    shares = {name: 100 * weight / 3.1 for name, weight in FOR_JOB.items()}
    expected = {
        "meaning": 0.8 * shares["meaning"],
        "title": 0.5 * shares["title"],
        "words": 0.9 * shares["words"],
        "skills": shares["skills"],
        "trust": shares["trust"],
    }
    assert score.parts == pytest.approx(expected, abs=1e-5)
    assert rank([7], {"meaning": [-0.4]}, FOR_JOB)[0].total == 0
    assert rank([7], {"trust": [1]}, FOR_JOB)[0].total == 5


def test_indistinguishable_candidates_share_a_score_and_stand_by_id() -> None:
    scores = rank([5, 2, 9], {"meaning": [0.5] * 3, "skills": [0.5] * 3}, FOR_JOB)
    assert [(score.id, score.total) for score in scores] == [
        (2, scores[0].total),
        (5, scores[0].total),
        (9, scores[0].total),
    ]
    assert scores[0].total == pytest.approx(50, abs=1e-5)


def test_nobody_is_ranked_when_nobody_is_given() -> None:
    assert rank([], {"meaning": []}, FOR_JOB) == []
    assert rank(np.zeros(0, np.int64), {"meaning": np.zeros(0)}, FOR_JOB) == []


def test_a_part_without_weight_in_points_gives_none() -> None:
    weights = {"meaning": 1.0, "title": 0.0}
    scores = rank([1, 2], {"meaning": [0, 1], "title": [1, 0]}, weights)
    assert [(score.id, score.parts["title"]) for score in scores] == [(2, 0), (1, 0)]
    nothing = rank([1, 2], {"meaning": [0, 1]}, {"meaning": 0.0})
    assert [score.total for score in nothing] == [0, 0]


@pytest.mark.parametrize(
    ("ids", "parts", "weights", "sentence"),
    [
        ([1, 1], {"meaning": [1, 2]}, FOR_JOB, "given twice"),
        ([1, 2, 1], {"meaning": [1, 2, 3]}, FOR_JOB, "given twice"),
        ([1, 2], {"meaning": [1, float("nan")]}, FOR_JOB, "not finite"),
        ([1, 2], {"meaning": [1, float("inf")]}, FOR_JOB, "not finite"),
        ([1, 2], {"meaning": [1]}, FOR_JOB, "one value for each"),
        ([1, 2], {"meaning": [[1, 2]]}, FOR_JOB, "one value for each"),
        ([1, 2], {"beauty": [1, 2]}, FOR_JOB, "no weight"),
        ([1], {"trust": [1]}, FOR_PROFILE, "no weight"),
        ([1, 2], {}, FOR_JOB, "No part"),
        ([1], {"meaning": [1]}, {"meaning": -1.0}, "not negative"),
        ([1], {"meaning": [1]}, {"meaning": float("nan")}, "not negative"),
        ([1], {"meaning": [1]}, {"meaning": float("inf")}, "not negative"),
    ],
)
def test_what_cannot_be_ranked_is_refused(ids, parts, weights, sentence) -> None:
    with pytest.raises(ValueError, match=sentence):
        rank(ids, parts, weights)


def test_the_scale_of_a_list_gives_its_points_and_those_of_others() -> None:
    rng = np.random.default_rng(1)
    parts = {name: rng.normal(5, 3, 40) for name in FOR_JOB}
    scale = scale_of(parts, FOR_JOB)
    for score in rank(range(40), parts, FOR_JOB):
        values = {name: float(column[score.id]) for name, column in parts.items()}
        assert scale.total(values) == pytest.approx(score.total, abs=1e-4)
        less = {**values, "words": values["words"] - 1}
        assert scale.total(less) < scale.total(values)


def test_the_scale_of_a_lone_candidate_measures_values_by_themselves() -> None:
    scale = scale_of({"meaning": [0.8], "words": [9.0]}, FOR_JOB)
    assert scale.total({"meaning": 1.0, "words": 0.0}) == pytest.approx(100 / 1.5)


@LAW
@given(candidates(), st.integers(0, 14))
def test_the_first_few_are_those_of_all(given_, most) -> None:
    ids, parts = given_
    assert rank(ids, parts, FOR_JOB, most) == rank(ids, parts, FOR_JOB)[:most]
