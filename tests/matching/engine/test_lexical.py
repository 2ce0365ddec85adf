"""Lexical search: equal to a slow plain reading of the formulas, whatever the path."""

import math
from collections import Counter
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.matching.engine import postings
from app.matching.engine.lexical import LexicalIndex

LAW = settings(max_examples=120, deadline=None, derandomize=True)
TERMS = ["c++", "r", "node.js", "ڈیزائن", "python", "\U0001f600", "z" * 30, "\ud800"]
SCHEMES = ["bm25", "tfidf"]

documents_ = st.lists(st.lists(st.sampled_from(TERMS[:7]), max_size=12), max_size=15)
query_ = st.lists(st.sampled_from(TERMS), max_size=8)


def built(documents, seed: int = 0):
    ids = np.random.default_rng(seed).permutation(3 * len(documents))[: len(documents)]
    return ids.astype(np.int64), LexicalIndex.build(ids.astype(np.int64), documents)


def slow_bm25(query, document, documents) -> float:
    average = sum(map(len, documents)) / len(documents) or 1
    total = 0.0
    for term in query:
        held = sum(term in other for other in documents)
        idf = math.log(1 + (len(documents) - held + 0.5) / (held + 0.5))
        count = document.count(term)
        total += idf * count * 2.2 / (count + 1.2 * (0.25 + 0.75 * len(document) / average))
    return total


def slow_cosine(query, document, documents) -> float:
    def weigh(terms):
        return {
            term: (1 + math.log(count))
            * math.log((len(documents) + 1) / max(1, sum(term in other for other in documents)))
            for term, count in Counter(terms).items()
        }

    one, other = weigh(query), weigh(document)
    shared = sum(one[term] * other.get(term, 0) for term in one)
    lengths = math.hypot(*one.values()) * math.hypot(*other.values())
    return shared / lengths if shared else 0.0


SLOW = {"bm25": slow_bm25, "tfidf": slow_cosine}


@LAW
@given(documents_, query_, st.sampled_from(SCHEMES))
def test_scores_equal_a_slow_reading_of_the_formula(documents, query, scheme) -> None:
    ids, index = built(documents)
    expected = [SLOW[scheme](query, document, documents) for document in documents]
    np.testing.assert_allclose(index.scores(query, ids, scheme), expected, rtol=1e-12, atol=1e-12)


@LAW
@given(documents_, query_, st.sampled_from(SCHEMES), st.integers(0, 20), st.booleans())
def test_search_is_the_scores_sorted_and_filtered(documents, query, scheme, k, filtered) -> None:
    ids, index = built(documents)
    allowed = np.concatenate([ids[::2], ids[:2], [999]]).astype(np.int64) if filtered else None
    scores = dict(zip(ids.tolist(), index.scores(query, ids, scheme).tolist(), strict=True))
    expected = sorted(
        (-score, id_)
        for id_, score in scores.items()
        if score > 0 and (allowed is None or id_ in allowed)
    )[:k]
    found, found_scores = index.search(query, k, allowed, scheme)
    assert list(zip((-found_scores).tolist(), found.tolist(), strict=True)) == expected
    assert found.dtype == np.int64
    assert found_scores.dtype == np.float64


@LAW
@given(documents_, query_, st.sampled_from(SCHEMES))
def test_a_fresh_document_scores_the_same_bits_as_an_indexed_one(documents, query, scheme) -> None:
    ids, index = built(documents)
    fresh = index.scores_of(query, documents, scheme)
    assert fresh.tolist() == index.scores(query, ids, scheme).tolist()


@LAW
@given(documents_, query_, st.randoms(use_true_random=False))
def test_the_order_of_words_and_documents_changes_no_bit(documents, query, random) -> None:
    ids, index = built(documents)
    shuffled = [random.sample(document, len(document)) for document in documents]
    pairs = random.sample(list(zip(ids.tolist(), shuffled, strict=True)), len(ids))
    other = LexicalIndex.build(
        np.array([id_ for id_, _ in pairs], np.int64), [terms for _, terms in pairs]
    )
    for scheme in SCHEMES:
        again = other.scores(random.sample(query, len(query)), ids, scheme)
        assert again.tolist() == index.scores(query, ids, scheme).tolist()


@settings(LAW, max_examples=25)
@given(documents_, query_, st.sampled_from(SCHEMES), st.booleans())
def test_a_saved_index_answers_the_same(tmp_path_factory, documents, query, scheme, mmap) -> None:
    ids, index = built(documents)
    folder = tmp_path_factory.mktemp("index") / "new"
    index.save(folder)
    loaded = LexicalIndex.load(folder, mmap=mmap)
    assert loaded.scores(query, ids, scheme).tolist() == index.scores(query, ids, scheme).tolist()
    assert loaded.scores_of(query, documents, scheme).tolist() == (
        index.scores_of(query, documents, scheme).tolist()
    )
    assert loaded.ids.tolist() == sorted(ids.tolist())
    assert len(loaded) == len(documents)


def test_counting_in_small_chunks_gives_the_same_postings(monkeypatch) -> None:
    rng = np.random.default_rng(5)
    documents = [rng.choice(TERMS[:7], rng.integers(0, 9)).tolist() for _ in range(200)]
    whole = postings.Postings.count(documents)
    monkeypatch.setattr(postings, "_CHUNK_TERMS", 50)
    chunked = postings.Postings.count(iter(documents))
    for term in TERMS:
        for one, other in zip(whole.of(term), chunked.of(term), strict=True):
            assert one.tolist() == other.tolist()
    assert chunked.lengths.tolist() == [len(document) for document in documents]


def test_repeating_a_word_gains_less_and_less() -> None:
    documents = [["python"] * n + ["filler"] * (800 - n) for n in (1, 2, 40, 255, 800)]
    ids = np.arange(5)
    scores = LexicalIndex.build(ids, documents).scores(["python"], ids)
    gains = np.diff(scores)
    assert (gains >= 0).all()
    assert gains[2] + gains[3] < gains[0]


def test_a_rare_word_weighs_more_and_none_weighs_less_than_nothing() -> None:
    index = LexicalIndex.build(np.arange(3), [["a", "b"], ["a"], ["a"]])
    assert index.idf("never seen") > index.idf("b") > index.idf("a") > 0


def test_a_term_only_a_fresh_document_has_is_found_in_it() -> None:
    index = LexicalIndex.build(np.arange(2), [["a"], ["b"]])
    for scheme in ("bm25", "tfidf"):
        assert index.scores_of(["bun"], [["bun"], ["a"]], scheme)[0] > 0
        assert len(index.search(["bun"], 5, scheme=scheme)[0]) == 0


def test_equal_texts_have_cosine_one() -> None:
    documents = [["a", "b", "b"], ["a"], ["c"]]
    index = LexicalIndex.build(np.arange(3), documents)
    assert index.scores(["b", "a", "b"], np.array([0]), "tfidf")[0] == pytest.approx(1)


def test_an_empty_index_finds_nothing() -> None:
    index = LexicalIndex.build(np.zeros(0, np.int64), [])
    for scheme in ("bm25", "tfidf"):
        assert len(index.search(["a"], 3, scheme=scheme)[0]) == 0
        assert index.scores_of(["a"], [["a"], []], scheme).tolist()[1] == 0


def test_what_is_no_index_is_refused() -> None:
    with pytest.raises(ValueError, match="given twice"):
        LexicalIndex.build(np.array([1, 1]), [["a"], ["b"]])
    for ids in ([1, 2], [2, 1]):
        with pytest.raises(ValueError, match="differ in number"):
            LexicalIndex.build(np.array(ids), [["a"]])
    with pytest.raises(ValueError, match="int64"):
        LexicalIndex.build(np.array([1.0]), [["a"]])
    with pytest.raises(ValueError, match="not a string"):
        LexicalIndex.build(np.array([1]), ["python django"])


def test_what_is_no_question_is_refused() -> None:
    index = LexicalIndex.build(np.array([1]), [["a"]])
    with pytest.raises(ValueError, match="bm25 or tfidf"):
        index.search(["a"], 1, scheme="lm")
    with pytest.raises(ValueError, match="negative"):
        index.search(["a"], -1)
    with pytest.raises(ValueError, match="does not hold id 7"):
        index.scores(["a"], np.array([7]))
    assert index.holds(np.array([1, 7])).tolist() == [True, False]


def test_a_damaged_file_is_refused(tmp_path: Path) -> None:
    index = LexicalIndex.build(np.arange(3), [["a", "b"], ["a"], ["c"]])
    index.save(tmp_path)
    files = sorted(tmp_path.iterdir())
    assert len(files) == 8
    for file in files:
        whole = file.read_bytes()
        for damaged in (whole[:-1], whole[:20], b"", None):
            file.unlink() if damaged is None else file.write_bytes(damaged)
            for mmap in (True, False):
                with pytest.raises(ValueError, match="cannot be read"):
                    LexicalIndex.load(tmp_path, mmap=mmap)
        file.write_bytes(whole)
    assert len(LexicalIndex.load(tmp_path)) == 3


def test_files_of_two_indexes_are_not_mixed(tmp_path: Path) -> None:
    LexicalIndex.build(np.arange(3), [["a", "b"], ["a"], ["c"]]).save(tmp_path)
    np.save(tmp_path / "lexical-ids.npy", np.arange(2))
    with pytest.raises(ValueError, match="fit together"):
        LexicalIndex.load(tmp_path)
    np.save(tmp_path / "lexical-ids.npy", np.array([2, 1, 0]))
    with pytest.raises(ValueError, match="ascending"):
        LexicalIndex.load(tmp_path)
    np.save(tmp_path / "postings-counts.npy", np.ones(9, np.uint8))
    with pytest.raises(ValueError, match="fit together"):
        LexicalIndex.load(tmp_path)
