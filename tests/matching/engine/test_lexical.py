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
from app.matching.engine.order import best
from app.matching.engine.statistics import MOST_TERMS

LAW = settings(max_examples=120, deadline=None, derandomize=True)
TERMS = ["c++", "r", "node.js", "ڈیزائن", "python", "\U0001f600", "z" * 30, "\ud800"]
SCHEMES = ["bm25", "tfidf"]

documents_ = st.lists(st.lists(st.sampled_from(TERMS[:7]), max_size=12), max_size=15)
query_ = st.lists(st.sampled_from(TERMS), max_size=8)


def built(documents, scheme: str, seed: int = 0):
    """Ids in no order, and the index of the documents."""
    ids = np.random.default_rng(seed).permutation(3 * len(documents))[: len(documents)]
    ids = ids.astype(np.int64)
    return ids, LexicalIndex.build(ids, documents, scheme)


def scored(index: LexicalIndex, query, ids) -> list[float]:
    return index.scores(index.weigh(query), np.searchsorted(index.ids, ids)).tolist()


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


# Impacts are cut to steps of 2^-22: so much a query's weight may lose, at its largest.
STEP = 2.0**-21


@LAW
@given(documents_, query_, st.sampled_from(SCHEMES))
def test_scores_equal_a_slow_reading_of_the_formula(documents, query, scheme) -> None:
    ids, index = built(documents, scheme)
    expected = [SLOW[scheme](query, document, documents) for document in documents]
    lost = STEP * (1 + sum(index.weigh(query).values()))
    np.testing.assert_allclose(scored(index, query, ids), expected, rtol=0, atol=lost)


@LAW
@given(documents_, query_, st.sampled_from(SCHEMES), st.integers(0, 20), st.booleans())
def test_search_is_the_scores_sorted_and_filtered(documents, query, scheme, k, filtered) -> None:
    _, index = built(documents, scheme)
    weighed = index.weigh(query)
    allowed = np.arange(len(index)) % 3 != 1 if filtered else None
    scores = index.scores(weighed, np.arange(len(index)))
    expected = sorted(
        (-score, place)
        for place, score in enumerate(scores.tolist())
        if score > 0 and (allowed is None or allowed[place])
    )[:k]
    places, found_scores = index.search(weighed, k, allowed)
    assert list(zip((-found_scores).tolist(), places.tolist(), strict=True)) == expected
    assert places.dtype == np.int64
    assert found_scores.dtype == np.float64


@LAW
@given(documents_, documents_, query_, st.sampled_from(SCHEMES), st.integers(0, 20))
def test_segments_that_share_statistics_answer_as_one_index(old, new, query, scheme, k) -> None:
    ids = np.random.default_rng(len(new)).permutation(len(old) + len(new)).astype(np.int64)
    big = LexicalIndex.build(ids[: len(old)], old, scheme)
    small = LexicalIndex.build(ids[len(old) :], new, scheme, big.statistics)
    whole = LexicalIndex.build(ids, [*old, *new], scheme, big.statistics)
    weighed = big.weigh(query)
    found = [(one.ids, *one.search(weighed, k)) for one in (big, small)]
    merged = best(
        np.concatenate([own[places] for own, places, _ in found]),
        np.concatenate([scores for _, _, scores in found]),
        k,
    )
    places, scores = whole.search(weighed, k)
    assert merged[0].tolist() == whole.ids[places].tolist()
    assert merged[1].tolist() == scores.tolist()


@LAW
@given(documents_, query_, st.randoms(use_true_random=False))
def test_the_order_of_words_and_documents_changes_no_bit(documents, query, random) -> None:
    for scheme in SCHEMES:
        ids, index = built(documents, scheme)
        shuffled = [random.sample(document, len(document)) for document in documents]
        pairs = random.sample(list(zip(ids.tolist(), shuffled, strict=True)), len(ids))
        other = LexicalIndex.build(
            np.array([id_ for id_, _ in pairs], np.int64), [terms for _, terms in pairs], scheme
        )
        again = scored(other, random.sample(query, len(query)), ids)
        assert again == scored(index, query, ids)


@settings(LAW, max_examples=25)
@given(documents_, query_, st.sampled_from(SCHEMES), st.booleans())
def test_a_saved_index_answers_the_same(tmp_path_factory, documents, query, scheme, mmap) -> None:
    ids, index = built(documents, scheme)
    small = LexicalIndex.build(np.arange(2), [["r", "new"], ["c++"]], scheme, index.statistics)
    folder = tmp_path_factory.mktemp("index") / "new"
    index.save(folder / "big")
    small.save(folder / "small")
    loaded = LexicalIndex.load(folder / "big", mmap=mmap)
    beside = LexicalIndex.load(folder / "small", mmap, loaded.statistics)
    assert scored(loaded, query, ids) == scored(index, query, ids)
    assert scored(beside, query, [0, 1]) == scored(small, query, [0, 1])
    assert loaded.ids.tolist() == sorted(ids.tolist())
    assert len(loaded) == len(documents)
    assert loaded.scheme == beside.scheme == scheme


def test_a_segment_is_opened_beside_the_statistics_it_was_built_by_and_no_others(tmp_path) -> None:
    big = LexicalIndex.build(np.arange(3), [["a", "b"], ["a"], ["c"]], "bm25")
    other = LexicalIndex.build(np.arange(3), [["a", "b"], ["a"], ["c", "c"]], "bm25")
    LexicalIndex.build(np.arange(1), [["a"]], "bm25", big.statistics).save(tmp_path)
    for given_ in (None, other.statistics):
        with pytest.raises(ValueError, match="needs the statistics it had"):
            LexicalIndex.load(tmp_path, statistics=given_)
    assert len(LexicalIndex.load(tmp_path, statistics=big.statistics)) == 1


def test_counting_in_small_chunks_gives_the_same_pairs(monkeypatch) -> None:
    rng = np.random.default_rng(5)
    documents = [rng.choice(TERMS[:7], rng.integers(0, 9)).tolist() for _ in range(200)]
    whole = postings.Counted.of(documents)
    monkeypatch.setattr(postings, "_CHUNK_TERMS", 50)
    chunked = postings.Counted.of(iter(documents))
    for place, document in enumerate(documents):
        expected = sorted(Counter(document).items())
        for one in (whole, chunked):
            part = slice(one.starts[place], one.starts[place + 1])
            terms = list(one.vocabulary)
            held = [terms[number] for number in one.terms[part]]
            assert sorted(zip(held, one.counts[part].tolist(), strict=True)) == expected
    assert chunked.lengths.tolist() == [len(document) for document in documents]


def test_repeating_a_word_gains_less_and_less() -> None:
    documents = [["python"] * n + ["filler"] * (800 - n) for n in (1, 2, 40, 255, 800)]
    index = LexicalIndex.build(np.arange(5), documents, "bm25")
    gains = np.diff(scored(index, ["python"], np.arange(5)))
    assert (gains >= 0).all()
    assert gains[2] + gains[3] < gains[0]


def test_a_rare_word_weighs_more_and_none_weighs_less_than_nothing() -> None:
    documents = [["a", "b"], ["a"], ["a"]]
    for scheme in SCHEMES:
        index = LexicalIndex.build(np.arange(3), documents, scheme)
        weighed = index.weigh(["a", "b", "never seen"])
        assert weighed["never seen"] >= weighed["b"] > weighed["a"] > 0
    idf = index.statistics.idf
    assert idf("never seen") > idf("b") > idf("a") > 0


def test_of_a_long_query_the_weightiest_terms_are_kept_and_the_unknown_ones_too() -> None:
    names = [f"t{number:02}" for number in range(MOST_TERMS + 5)]
    documents = [names[place:] for place in range(len(names))]  # the later, the more hold it
    index = LexicalIndex.build(np.arange(len(documents)), documents, "bm25")
    weighed = index.weigh(["new", *names])
    assert sorted(weighed) == sorted(["new", *names[:MOST_TERMS]])
    twice = index.weigh([*names, names[-6], names[-6], names[-6]])
    assert names[-6] in twice
    assert len(index.weigh(names[:MOST_TERMS])) == MOST_TERMS
    assert len(index.statistics.weigh(names, "tfidf")) == len(names)


def test_what_a_query_weighs_cannot_be_changed() -> None:
    weighed = LexicalIndex.build(np.arange(1), [["a"]], "bm25").weigh(["a"])
    with pytest.raises(TypeError):
        weighed["a"] = 2.0
    assert dict(weighed) == {"a": pytest.approx(math.log(4 / 3))}


def test_a_term_only_a_newer_segment_has_is_found_in_it() -> None:
    for scheme in SCHEMES:
        big = LexicalIndex.build(np.arange(2), [["a"], ["b"]], scheme)
        small = LexicalIndex.build(np.arange(2), [["bun"], ["a"]], scheme, big.statistics)
        weighed = big.weigh(["bun"])
        assert small.search(weighed, 5)[0].tolist() == [0]
        assert len(big.search(weighed, 5)[0]) == 0


def test_equal_texts_have_cosine_one() -> None:
    index = LexicalIndex.build(np.arange(3), [["a", "b", "b"], ["a"], ["c"]], "tfidf")
    scores = scored(index, ["b", "a", "b"], [0])
    assert scores == [pytest.approx(1)]
    assert scores[0] <= 1


def test_an_empty_index_finds_nothing() -> None:
    for scheme in SCHEMES:
        index = LexicalIndex.build(np.zeros(0, np.int64), [], scheme)
        assert len(index.search(index.weigh(["a"]), 3)[0]) == 0
        small = LexicalIndex.build(np.arange(2), [["a"], []], scheme, index.statistics)
        assert scored(small, ["a"], [0])[0] > 0
        assert scored(small, ["a"], [1]) == [0]
        assert len(small.search(small.weigh([]), 3)[0]) == 0


def test_what_is_no_index_is_refused() -> None:
    with pytest.raises(ValueError, match="given twice"):
        LexicalIndex.build(np.array([1, 1]), [["a"], ["b"]], "bm25")
    for ids in ([1, 2], [2, 1]):
        with pytest.raises(ValueError, match="differ in number"):
            LexicalIndex.build(np.array(ids), [["a"]], "bm25")
    with pytest.raises(ValueError, match="int64"):
        LexicalIndex.build(np.array([1.0]), [["a"]], "bm25")
    with pytest.raises(ValueError, match="not a string"):
        LexicalIndex.build(np.array([1]), ["python django"], "bm25")
    with pytest.raises(ValueError, match="bm25 or tfidf"):
        LexicalIndex.build(np.array([1]), [["a"]], "lm")


def test_what_is_no_question_is_refused() -> None:
    index = LexicalIndex.build(np.array([1]), [["a"]], "bm25")
    weighed = index.weigh(["a"])
    with pytest.raises(ValueError, match="bm25 or tfidf"):
        index.statistics.weigh(["a"], "lm")
    cosine = index.statistics.weigh(["a"], "tfidf")
    with pytest.raises(ValueError, match="weighed by tfidf"):
        index.search(cosine, 1)
    with pytest.raises(ValueError, match="weighed by tfidf"):
        index.scores(cosine, np.array([0]))
    with pytest.raises(ValueError, match="negative"):
        index.search(weighed, -1)
    for mask in (np.ones(2, np.bool_), np.ones(1, np.int64)):
        with pytest.raises(ValueError, match="one truth value"):
            index.search(weighed, 1, mask)
    for place in (-1, 1):
        with pytest.raises(IndexError, match="outside"):
            index.scores(weighed, np.array([place]))
    assert index.holds(np.array([1, 7])).tolist() == [True, False]


def test_a_damaged_file_is_refused(tmp_path: Path) -> None:
    index = LexicalIndex.build(np.arange(3), [["a", "b"], ["a"], ["c"]], "bm25")
    index.save(tmp_path)
    files = sorted(tmp_path.iterdir())
    assert len(files) == 13
    for file in files:
        whole = file.read_bytes()
        for damaged in (whole[:-1], whole[:20], b"", None):
            file.unlink() if damaged is None else file.write_bytes(damaged)
            for mmap in (True, False):
                with pytest.raises(ValueError, match="cannot be read"):
                    LexicalIndex.load(tmp_path, mmap=mmap)
        file.write_bytes(whole)
    assert len(LexicalIndex.load(tmp_path)) == 3
    about = tmp_path / "lexical.json"
    for text in (about.read_text().replace("bm25", "lm"), "[]", "{}"):
        about.write_text(text)
        with pytest.raises(ValueError, match="cannot be read"):
            LexicalIndex.load(tmp_path)


def test_files_of_two_indexes_are_not_mixed(tmp_path: Path) -> None:
    LexicalIndex.build(np.arange(3), [["a", "b"], ["a"], ["c"]], "bm25").save(tmp_path)
    np.save(tmp_path / "lexical-ids.npy", np.arange(2))
    with pytest.raises(ValueError, match="fit together"):
        LexicalIndex.load(tmp_path)
    np.save(tmp_path / "lexical-ids.npy", np.array([2, 1, 0]))
    with pytest.raises(ValueError, match="ascending"):
        LexicalIndex.load(tmp_path)
    np.save(tmp_path / "by-term-impacts.npy", np.ones(9, np.float32))
    with pytest.raises(ValueError, match="fit together"):
        LexicalIndex.load(tmp_path)
    np.save(tmp_path / "by-term-impacts.npy", np.ones(4, np.float64))
    with pytest.raises(ValueError, match="other types"):
        LexicalIndex.load(tmp_path)
