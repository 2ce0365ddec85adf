"""Owners by the best of their vectors: the order, the filter, the disk, the refusals."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.matching.engine.owned import OwnedVectors
from app.matching.engine.vectors import inner_products

LAW = settings(max_examples=60, deadline=None, derandomize=True)
D = 6


def unit_rows(rng: np.random.Generator, count: int, distinct: int) -> np.ndarray:
    """Rows of which only `distinct` differ, as job titles do."""
    pool = rng.standard_normal((distinct, D))
    pool /= np.linalg.norm(pool, axis=1, keepdims=True)
    return pool.astype(np.float32)[rng.integers(0, distinct, count)]


def brute_force(size, owners, rows, vectors):
    """The score of each owner, pair by pair."""
    scores = np.zeros(size, np.float32)
    for vector in vectors:
        np.maximum.at(scores, owners, inner_products(vector, rows))
    return scores


def pairs(answer):
    places, scores = answer
    assert places.dtype == np.int64
    assert scores.dtype == np.float32
    return list(zip(places.tolist(), scores.tolist(), strict=True))


worlds = given(
    seed=st.integers(0, 2**32 - 1),
    size=st.sampled_from([0, 1, 7, 400, 3000, 20_000]),
    titles=st.sampled_from([0, 1, 9, 900, 30_000]),
    distinct=st.sampled_from([1, 3, 80, 5000]),
    k=st.sampled_from([0, 1, 5, 50, 999]),
    share=st.sampled_from([None, 0.0, 0.08, 0.5, 1.0]),
)


@LAW
@worlds
def test_search_and_scores_equal_brute_force(seed, size, titles, distinct, k, share):
    rng = np.random.default_rng(seed)
    owners = np.sort(rng.integers(0, size, titles if size else 0))
    rows = unit_rows(rng, len(owners), distinct)
    vectors = np.concatenate([unit_rows(rng, seed % 4, 3), rows[: seed // 4 % 2]])
    index = OwnedVectors(size, owners, rows)
    expected = brute_force(size, owners, rows, vectors)
    everyone = np.arange(size)
    assert index.scores(vectors, everyone).tolist() == expected.tolist()
    shuffled = rng.permutation(everyone)[:20]
    assert index.scores(vectors, shuffled).tolist() == expected[shuffled].tolist()
    allowed = None if share is None else rng.random(size) < share
    kept = everyone[(expected > 0) & (True if allowed is None else allowed)]
    order = kept[np.lexsort((kept, -expected[kept]))][:k]
    found = index.search(vectors, k, allowed)
    assert pairs(found) == list(zip(order.tolist(), expected[order].tolist(), strict=True))


@pytest.mark.parametrize("k", [1, 40, 300, 2000])
def test_a_filter_that_leaves_few_of_many_owners_loses_nobody(k) -> None:
    rng = np.random.default_rng(4)
    owners = np.sort(rng.integers(0, 70_000, 90_000))
    rows = unit_rows(rng, len(owners), 3000)
    index = OwnedVectors(70_000, owners, rows)
    vectors = unit_rows(rng, 2, 2)
    expected = brute_force(70_000, owners, rows, vectors)
    allowed = rng.random(70_000) < 0.018
    kept = np.flatnonzero((expected > 0) & allowed)
    order = kept[np.lexsort((kept, -expected[kept]))][:k]
    found = index.search(vectors, k, allowed)
    assert pairs(found) == list(zip(order.tolist(), expected[order].tolist(), strict=True))


def test_a_vector_that_many_have_is_held_once() -> None:
    rng = np.random.default_rng(1)
    index = OwnedVectors(500, np.arange(500), unit_rows(rng, 500, 12))
    assert index.distinct == 12
    assert len(index) == 500


def test_vectors_known_to_repeat_make_the_same_index() -> None:
    rng = np.random.default_rng(3)
    pool = np.unique(unit_rows(rng, 900, 900), axis=0)
    owners, numbers = np.sort(rng.integers(0, 5000, 8000)), rng.integers(0, len(pool), 8000)
    one = OwnedVectors(5000, owners, pool[numbers])
    other = OwnedVectors.of_distinct(5000, owners, numbers, pool)
    vectors = unit_rows(rng, 3, 3)
    for allowed in (None, rng.random(5000) < 0.4):
        assert pairs(one.search(vectors, 70, allowed)) == pairs(other.search(vectors, 70, allowed))


@pytest.mark.parametrize(
    ("owners", "numbers", "sentence"),
    [([0, 1], [0, 2], "no place 2"), ([0, 1], [0], "differ"), ([1, 0], [0, 1], "ascend")],
)
def test_numbers_of_no_vector_are_refused(owners, numbers, sentence) -> None:
    with pytest.raises(ValueError, match=sentence):
        OwnedVectors.of_distinct(
            2, np.array(owners), np.array(numbers), np.eye(2, dtype=np.float32)
        )


@pytest.mark.parametrize("mmap", [True, False])
@pytest.mark.parametrize("size", [0, 300])
def test_a_saved_index_answers_the_same(tmp_path, mmap, size) -> None:
    rng = np.random.default_rng(2)
    owners = np.sort(rng.integers(0, size, size))
    index = OwnedVectors(size, owners, unit_rows(rng, size, 40))
    index.save(tmp_path / "new")
    loaded = OwnedVectors.load(tmp_path / "new", mmap=mmap)
    vectors = unit_rows(rng, 2, 2)
    for allowed in (None, np.arange(size) % 3 == 0):
        assert pairs(loaded.search(vectors, 9, allowed)) == pairs(index.search(vectors, 9, allowed))
    assert len(loaded) == size


@pytest.mark.parametrize(
    ("size", "owners", "vectors", "sentence"),
    [
        (2, [0, 2], np.eye(2, dtype=np.float32), "no place 2"),
        (2, [-1, 0], np.eye(2, dtype=np.float32), "no place -1"),
        (2, [1, 0], np.eye(2, dtype=np.float32), "ascend"),
        (2, [0], np.eye(2, dtype=np.float32), "differ in number"),
        (2, [0.0, 1.0], np.eye(2, dtype=np.float32), "int64"),
        (2, [0, 1], np.eye(2), "float32"),
        (2, [0, 1], np.ones((2, 2), np.float32), "unit length"),
    ],
)
def test_what_is_no_index_is_refused(size, owners, vectors, sentence) -> None:
    with pytest.raises(ValueError, match=sentence):
        OwnedVectors(size, np.array(owners), vectors)


def test_what_is_no_query_is_refused() -> None:
    index = OwnedVectors(3, np.arange(3), np.eye(3, dtype=np.float32))
    query = np.eye(3, dtype=np.float32)[:1]
    with pytest.raises(ValueError, match="3 numbers"):
        index.search(np.eye(4, dtype=np.float32), 1)
    with pytest.raises(ValueError, match="two dimensions"):
        index.scores(query[0], np.arange(3))
    with pytest.raises(ValueError, match="truth values"):
        index.search(query, 1, np.ones(4, np.bool_))
    with pytest.raises(ValueError, match="negative"):
        index.search(query, -1)
    with pytest.raises(ValueError, match="no place 3"):
        index.scores(query, np.array([3]))


FILES = ["owner-starts", "owner-vectors", "vector-starts", "vector-owners"]


@pytest.mark.parametrize("file", FILES)
@pytest.mark.parametrize("damage", [lambda b: b[:-5], lambda b: b"", None])
def test_a_damaged_file_is_refused(tmp_path, file, damage) -> None:
    path = tmp_path / f"{file}.npy"
    OwnedVectors(3, np.arange(3), np.eye(3, dtype=np.float32)).save(tmp_path)
    if damage is None:
        path.unlink()
    else:
        path.write_bytes(damage(path.read_bytes()))
    with pytest.raises(ValueError, match="cannot be read"):
        OwnedVectors.load(tmp_path)


@pytest.mark.parametrize("file", FILES)
@pytest.mark.parametrize("value", [-1, 9])
def test_numbers_that_lead_outside_are_refused(tmp_path, file, value) -> None:
    path = tmp_path / f"{file}.npy"
    OwnedVectors(3, np.arange(3), np.eye(3, dtype=np.float32)).save(tmp_path)
    array = np.load(path)
    array[0] = value
    np.save(path, array)
    with pytest.raises(ValueError, match="cannot be read"):
        OwnedVectors.load(tmp_path)
