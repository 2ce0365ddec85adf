"""Exact vector search: the order, the filter, the disk, the refusals."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.matching.engine.index import VectorIndex
from app.matching.engine.vectors import inner_products

LAW = settings(max_examples=40, deadline=None, derandomize=True)
D = 8
FILES = ["vectors.npy", "vector-ids.npy", "centroids.npy", "list-starts.npy", "row-places.npy"]


def unit_rows(rng: np.random.Generator, count: int, distinct: int) -> np.ndarray:
    """Rows of which only `distinct` differ, so that most scores are ties."""
    pool = rng.standard_normal((distinct, D))
    # Some differ by no more than float32 can tell, which is where a scan goes astray.
    pool[distinct // 2 :] = pool[: distinct - distinct // 2] * (1 + 1e-8)
    pool /= np.linalg.norm(pool, axis=1, keepdims=True)
    return pool.astype(np.float32)[rng.integers(0, distinct, count)]


def brute_force(rows, vector, k, allowed=None):
    scored = enumerate(inner_products(vector, rows).tolist())
    kept = [(-score, i) for i, score in scored if allowed is None or allowed[i]]
    return [(i, -score) for score, i in sorted(kept)[:k]]


def pairs(answer):
    places, scores = answer
    assert places.dtype == np.int64
    assert scores.dtype == np.float32
    return list(zip(places.tolist(), scores.tolist(), strict=True))


def first(count: int, size: int) -> np.ndarray:
    """A filter that lets the first `count` of `size` through."""
    return np.arange(size) < count


@LAW
@given(
    seed=st.integers(0, 2**32 - 1),
    count=st.sampled_from([0, 1, 5, 60, 1400, 2500]),
    distinct=st.sampled_from([1, 2, 7, 300]),
    k=st.sampled_from([0, 1, 3, 50, 1200, 9999]),
    share=st.sampled_from([None, 0.0, 0.01, 0.5, 0.9, 1.0]),
)
def test_search_equals_brute_force(seed, count, distinct, k, share) -> None:
    rng = np.random.default_rng(seed)
    ids = np.sort(rng.permutation(np.arange(-5, 3 * count, dtype=np.int64))[:count])
    rows = unit_rows(rng, count, distinct)
    vector = unit_rows(rng, 1, 3)[0] if seed % 2 or not count else rows[0]
    allowed = None if share is None else rng.random(count) < share
    found = pairs(VectorIndex(ids, rows).search(vector, k, allowed))
    assert found == brute_force(rows, vector, k, allowed)


def clustered(rng: np.random.Generator, count: int, clusters: int, d: int = 32) -> np.ndarray:
    """Rows around a few centres, as the vectors of real texts lie."""
    centres = rng.standard_normal((clusters, d))
    rows = centres[rng.integers(0, clusters, count)] + 0.7 * rng.standard_normal((count, d))
    return (rows / np.linalg.norm(rows, axis=1, keepdims=True)).astype(np.float32)


@pytest.fixture(scope="module")
def gathered():
    """An index whose rows are in lists, and its rows."""
    rows = clustered(np.random.default_rng(11), 40_000, 200)
    return VectorIndex(np.arange(40_000) * 2, rows, lists=256), rows


@settings(LAW, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    seed=st.integers(0, 2**32 - 1),
    k=st.sampled_from([0, 1, 50, 3000, 40_000]),
    share=st.sampled_from([None, 0.0, 0.001, 0.06, 0.3, 0.9, 1.0]),
)
def test_lists_keep_the_promises_of_a_search(gathered, seed, k, share) -> None:
    index, rows = gathered
    rng = np.random.default_rng(seed)
    allowed = None if share is None else rng.random(len(rows)) < share
    vector = rows[seed % len(rows)]
    places, scores = index.search(vector, k, allowed)
    assert len(places) == min(k, len(rows) if allowed is None else allowed.sum())
    assert len(np.unique(places)) == len(places)
    assert allowed is None or allowed[places].all()
    assert scores.tolist() == inner_products(vector, rows[places]).tolist()
    assert places.tolist() == places[np.lexsort((places, -scores))].tolist()


@pytest.mark.parametrize("filtered", ["nothing", "by chance", "to a few", "near", "far"])
def test_lists_find_what_a_scan_finds(gathered, filtered) -> None:
    index, rows = gathered
    rng = np.random.default_rng(12)
    found = 0
    for vector in clustered(rng, 40, 40):
        scores = inner_products(vector, rows)
        allowed = {
            "nothing": None,
            "by chance": rng.random(len(rows)) < 0.5,
            "to a few": rng.random(len(rows)) < 0.1,
            "near": scores > np.quantile(scores, 0.6),
            "far": scores < np.quantile(scores, 0.4),
        }[filtered]
        exact = brute_force(rows, vector, 50, allowed)
        found += len(set(exact) & set(pairs(index.search(vector, 50, allowed))))
    assert found / (40 * 50) >= 0.99


def test_few_rows_are_all_scanned_however_many_lists_there_are(gathered) -> None:
    index, rows = gathered
    allowed = np.random.default_rng(13).permutation(first(1500, len(rows)))
    vector = rows[0]
    assert pairs(index.search(vector, 60, allowed)) == brute_force(rows, vector, 60, allowed)


@pytest.mark.parametrize(("count", "lists"), [(20_000, 1), (20_001, 512)])
def test_the_size_decides_into_how_many_lists_rows_are_gathered(tmp_path, count, lists) -> None:
    rows = clustered(np.random.default_rng(15), count, 20, d=2)
    VectorIndex(np.arange(count), rows).save(tmp_path)
    assert len(np.load(tmp_path / "centroids.npy")) == lists


@pytest.mark.parametrize("lists", [2, 300, 100_000])
def test_the_same_vectors_make_the_same_lists(tmp_path: Path, lists) -> None:
    rows = clustered(np.random.default_rng(14), 500, 20)
    for folder, threads in (("one", 1), ("two", 2)):
        index = VectorIndex(np.arange(500), rows, lists=lists, threads=threads)
        index.save(tmp_path / folder)
        np.testing.assert_array_equal(index.vectors_at(np.arange(500)), rows)
    for file in FILES:
        one, two = (tmp_path / folder / file for folder in ("one", "two"))
        assert one.read_bytes() == two.read_bytes()


@pytest.mark.parametrize("filtered", [False, True])
def test_ties_that_float32_sums_would_part_go_to_the_lower_ids(filtered) -> None:
    rng = np.random.default_rng(6)
    # The same numbers in another order have the same product with a constant vector, but a scan
    # in float32 sees small differences, and so would choose by chance.
    bases = rng.standard_normal((3, 64))
    bases /= np.linalg.norm(bases, axis=1, keepdims=True)
    rows = rng.permuted(bases[rng.integers(0, 3, 2500)], axis=1).astype(np.float32)
    vector = np.full(64, 1 / 8, np.float32)
    allowed = rng.permutation(first(1500, 2500)) if filtered else None
    index = VectorIndex(np.arange(2500), rows)
    for k in (1, 5, 400, 1200):
        expected = brute_force(rows, vector, k, allowed)
        assert pairs(index.search(vector, k, allowed)) == expected


def test_many_threads_may_search_at_once() -> None:
    rng = np.random.default_rng(7)
    index = VectorIndex(np.arange(3000), unit_rows(rng, 3000, 3000))
    vectors = unit_rows(rng, 40, 40)
    alone = [pairs(index.search(vector, 9)) for vector in vectors]
    with ThreadPoolExecutor(4) as pool:
        together = pool.map(lambda vector: pairs(index.search(vector, 9)), vectors)
    assert list(together) == alone


def test_an_answer_has_as_many_rows_as_match() -> None:
    rng = np.random.default_rng(1)
    index = VectorIndex(np.arange(3000), unit_rows(rng, 3000, 3000))
    vector = unit_rows(rng, 1, 1)[0]
    for k, size in [(10, 2000), (10, 4), (5000, 2000), (5000, 0)]:
        found, _ = index.search(vector, k, first(size, 3000))
        assert len(found) == len(set(found.tolist())) == min(k, size)
        assert ((found >= 0) & (found < size)).all()


def test_scores_are_cosines() -> None:
    rng = np.random.default_rng(2)
    rows = unit_rows(rng, 2000, 2000)
    vector = unit_rows(rng, 1, 1)[0]
    ids, scores = VectorIndex(np.arange(2000), rows).search(vector, 20)
    np.testing.assert_allclose(scores, rows[ids] @ vector, atol=1e-6)
    assert (np.diff(scores) <= 0).all()


def test_a_row_scores_the_same_bits_alone_filtered_and_outside_the_index() -> None:
    rng = np.random.default_rng(3)
    rows = unit_rows(rng, 2500, 2500)
    vector = unit_rows(rng, 1, 1)[0]
    index = VectorIndex(np.arange(2500), rows)
    everything = dict(pairs(index.search(vector, 2500)))
    for found in (index.search(vector, 7), index.search(vector, 7, np.arange(2500) % 2 == 0)):
        for place, score in pairs(found):
            assert score == everything[place]
            assert index.scores(vector, np.array([place])).tolist() == [score]
            assert inner_products(vector, rows[place : place + 1]).tolist() == [score]


def test_scores_and_vectors_come_in_the_order_asked() -> None:
    rng = np.random.default_rng(4)
    rows = unit_rows(rng, 9, 9)
    index = VectorIndex(np.arange(9) * 10, rows)
    asked = np.array([5, 0, 5])
    np.testing.assert_array_equal(index.vectors_at(asked), rows[asked])
    assert index.scores(rows[0], asked).tolist() == inner_products(rows[0], rows[asked]).tolist()
    assert index.ids.tolist() == list(range(0, 90, 10))
    assert len(index) == 9
    assert index.holds(np.array([10, 11])).tolist() == [True, False]


@LAW
@given(
    seed=st.integers(0, 2**32 - 1),
    mmap=st.booleans(),
    count=st.sampled_from([0, 3, 1500]),
    lists=st.sampled_from([None, 9]),
)
def test_a_saved_index_answers_the_same(tmp_path_factory, seed, mmap, count, lists) -> None:
    rng = np.random.default_rng(seed)
    index = VectorIndex(np.arange(count) * 3, unit_rows(rng, count, 50), lists=lists)
    folder = tmp_path_factory.mktemp("index")
    index.save(folder / "new")
    loaded = VectorIndex.load(folder / "new", mmap=mmap)
    vector = unit_rows(rng, 1, 1)[0]
    for allowed in (None, first(count // 2, count)):
        assert pairs(loaded.search(vector, 9, allowed)) == pairs(index.search(vector, 9, allowed))
    everywhere = np.arange(count)
    np.testing.assert_array_equal(loaded.vectors_at(everywhere), index.vectors_at(everywhere))
    np.testing.assert_array_equal(loaded.ids, index.ids)
    assert len(loaded) == count


@pytest.mark.parametrize(
    ("ids", "vectors", "sentence"),
    [
        ([1, 1], np.eye(2, dtype=np.float32), "given once"),
        ([2, 1], np.eye(2, dtype=np.float32), "ascend"),
        ([1], np.eye(2, dtype=np.float32), "differ in number"),
        ([1, 2], np.eye(2), "float32"),
        ([1], np.ones(3, np.float32), "two dimensions"),
        ([1], np.ones((1, 0), np.float32), "two dimensions"),
        ([1], np.full((1, 3), np.nan, np.float32), "not finite"),
        ([1], np.array([[np.inf, 0]], np.float32), "not finite"),
        ([1], np.array([[1, 1]], np.float32), "unit length"),
        ([1], np.zeros((1, 2), np.float32), "unit length"),
        ([1.0, 2.0], np.eye(2, dtype=np.float32), "int64"),
        ([[1, 2]], np.eye(2, dtype=np.float32), "int64"),
    ],
)
def test_what_is_no_index_is_refused(ids, vectors, sentence) -> None:
    with pytest.raises(ValueError, match=sentence):
        VectorIndex(np.array(ids), vectors)


@pytest.mark.parametrize(
    "vector",
    [
        np.ones(D, np.float32),
        np.zeros(D, np.float32),
        np.eye(D)[0],
        np.eye(D + 1, dtype=np.float32)[0],
        np.eye(D, dtype=np.float32)[:1],
        np.full(D, np.nan, np.float32),
    ],
)
def test_a_query_that_is_no_unit_vector_is_refused(vector) -> None:
    index = VectorIndex(np.zeros(0, np.int64), np.zeros((0, D), np.float32))
    with pytest.raises(ValueError, match="ector"):
        index.search(vector, 1)


def test_unknown_places_and_negative_numbers_are_refused() -> None:
    index = VectorIndex(np.arange(D), np.eye(D, dtype=np.float32))
    vector = np.eye(D, dtype=np.float32)[0]
    with pytest.raises(ValueError, match="no place 8"):
        index.scores(vector, np.array([1, 8]))
    with pytest.raises(ValueError, match="no place -1"):
        index.vectors_at(np.array([-1]))
    with pytest.raises(ValueError, match="int64"):
        index.vectors_at(np.array([1.0]))
    with pytest.raises(ValueError, match="negative"):
        index.search(vector, -1)


@pytest.mark.parametrize(
    "allowed", [np.ones(D), np.ones(D + 1, np.bool_), np.ones((D, 1), np.bool_), np.arange(D)]
)
def test_a_filter_of_another_kind_is_refused(allowed) -> None:
    index = VectorIndex(np.arange(D), np.eye(D, dtype=np.float32))
    with pytest.raises(ValueError, match="truth values"):
        index.search(np.eye(D, dtype=np.float32)[0], 1, allowed)


def test_the_ids_cannot_be_changed() -> None:
    index = VectorIndex(np.arange(D), np.eye(D, dtype=np.float32))
    with pytest.raises(ValueError, match="read-only"):
        index.ids[0] = 7


@pytest.mark.parametrize("file", FILES)
@pytest.mark.parametrize("mmap", [True, False])
@pytest.mark.parametrize("damage", [lambda b: b[:-5], lambda b: b[:10], lambda b: b"", None])
def test_a_damaged_file_is_refused(tmp_path: Path, file, mmap, damage) -> None:
    VectorIndex(np.arange(D), np.eye(D, dtype=np.float32)).save(tmp_path)
    if damage is None:
        (tmp_path / file).unlink()
    else:
        (tmp_path / file).write_bytes(damage((tmp_path / file).read_bytes()))
    with pytest.raises(ValueError, match="cannot be read"):
        VectorIndex.load(tmp_path, mmap=mmap)


# One bit of the kind makes it a name that numpy is about to forget.
@pytest.mark.filterwarnings("ignore:Data type alias:DeprecationWarning")
@pytest.mark.parametrize("file", FILES)
def test_a_flipped_bit_of_a_header_is_refused_or_harmless(tmp_path: Path, file) -> None:
    index = VectorIndex(np.arange(D), np.eye(D, dtype=np.float32))
    index.save(tmp_path)
    path = tmp_path / file
    whole = path.read_bytes()
    vector = np.eye(D, dtype=np.float32)[0]
    for bit in range(0, 8 * 128, 5):
        damaged = bytearray(whole)
        damaged[bit // 8] ^= 1 << bit % 8
        path.write_bytes(damaged)
        try:
            loaded = VectorIndex.load(tmp_path)
        except ValueError:
            continue
        assert pairs(loaded.search(vector, 3)) == pairs(index.search(vector, 3))
