"""Lists of rows: which are given, in which order, and when a search may stop."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.matching.engine.index import VectorIndex
from app.matching.engine.lists import Lists
from app.matching.engine.vectors import inner_products

LAW = settings(max_examples=30, deadline=None, derandomize=True)


def by_hand(sizes: list[int], rng: np.random.Generator) -> Lists:
    """Lists of these sizes, the first nearest to (1, 0)."""
    angles = np.linspace(0, np.pi / 2, len(sizes))
    centroids = np.stack([np.cos(angles), np.sin(angles)], axis=1).astype(np.float32)
    starts = np.concatenate([[0], np.cumsum(sizes)])
    return Lists(centroids, starts, rng.permutation(starts[-1]).astype(np.int32))


@LAW
@given(
    seed=st.integers(0, 2**32 - 1),
    sizes=st.lists(st.sampled_from([0, 1, 700, 9000, 30_000]), min_size=1, max_size=9),
    share=st.sampled_from([None, 0.0, 0.04, 0.7]),
)
def test_every_allowed_row_is_given_once_and_near_lists_first(seed, sizes, share) -> None:
    rng = np.random.default_rng(seed)
    lists = by_hand(sizes, rng)
    size = sum(sizes)
    allowed = None if share is None else rng.random(size) < share
    count = size if allowed is None else int(allowed.sum())
    rounds = list(lists.rounds(np.array([1, 0], np.float32), count, allowed))
    rows = np.concatenate([*rounds, np.zeros(0, np.int64)])
    kept = np.arange(size) if allowed is None else np.flatnonzero(allowed[lists.places])
    assert np.sort(rows).tolist() == kept.tolist()
    ends = np.cumsum(sizes)
    list_of = [np.searchsorted(ends, one, side="right") for one in rounds if len(one)]
    assert all(one.max() <= other.min() for one, other in pairwise(list_of))


def test_lists_that_a_filter_empties_do_not_end_a_search(tmp_path) -> None:
    # The nearest list has just enough allowed rows, all of them bad; the next has none.
    sizes, rng = [3000, 5000, 40_000], np.random.default_rng(1)
    lists = by_hand(sizes, rng)
    cosines = np.repeat([0.1, 0.8, 0.4], sizes)
    rows = np.stack([cosines, np.sqrt(1 - cosines**2)], axis=1).astype(np.float32)
    for name, array in {"vectors": rows, "vector-ids": np.arange(len(rows))}.items():
        np.save(tmp_path / f"{name}.npy", array)
    lists.save(tmp_path)
    allowed = np.zeros(len(rows), np.bool_)
    allowed[lists.places[:60]] = True
    allowed[lists.places[8000:]] = True
    query = np.array([1, 0], np.float32)
    _, scores = VectorIndex.load(tmp_path).search(query, 50, allowed)
    assert scores.tolist() == [inner_products(query, rows[-1:])[0]] * 50


@pytest.mark.parametrize(
    ("starts", "places", "sentence"),
    [
        ([0, 2, 3], [0, 1, 1], "given twice"),
        ([0, 2, 3], [0, 1, 3], "outside"),
        ([0, 2, 3], [0, 1, -1], "outside"),
        ([0, 4, 3], [0, 1, 2], "fit together"),
        ([1, 2, 3], [0, 1, 2], "fit together"),
        ([0, 2, 4], [0, 1, 2], "fit together"),
        ([0, 3], [0, 1, 2], "fit together"),
        ([0.0, 2.0, 3.0], [0, 1, 2], "another kind"),
        ([0, 2, 3], [[0, 1, 2]], "another kind"),
    ],
)
def test_what_are_no_lists_is_refused(starts, places, sentence) -> None:
    with pytest.raises(ValueError, match=sentence):
        Lists(np.eye(2, dtype=np.float32), np.array(starts), np.array(places, np.int32))
