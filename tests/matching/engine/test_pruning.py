"""Pruning leaves out only what cannot matter: equal to a sum over every posting, ties included."""

from collections import Counter

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.matching.engine import pruning
from app.matching.engine.lexical import LexicalIndex
from app.matching.engine.order import best

LAW = settings(max_examples=150, deadline=None, derandomize=True)
SCHEMES = ["bm25", "tfidf"]
WORDS = [f"w{number}" for number in range(40)]

documents_ = st.lists(st.lists(st.sampled_from(WORDS[:6]), max_size=8), max_size=30)
query_ = st.lists(st.sampled_from(WORDS[:8]), max_size=8)


@pytest.fixture(autouse=True, scope="module")
def small_indexes_are_pruned():
    """Everything that is for large indexes happens in small ones."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(pruning, "FEWEST_DOCUMENTS", 0)
        patch.setattr(pruning, "FREQUENT", 5)
        patch.setattr(pruning, "_GROUPS", 16)
        patch.setattr(pruning, "_GATHER_COST", 0.5)
        patch.setattr(pruning, "_SEARCH_COST", -1e9)
        yield


def slow(index: LexicalIndex, query, k: int, allowed):
    """The best by adding every posting of every term."""
    totals = np.zeros(len(index))
    for term, weight in query.items():
        places, impacts = index.postings(term)
        totals[places] += weight * impacts.astype(np.float64)
    if index.scheme == "tfidf":
        totals = np.minimum(totals, 1.0)
    matched = totals > 0 if allowed is None else (totals > 0) & allowed
    found = np.flatnonzero(matched)
    return best(found, totals[found], k)


def is_same(index: LexicalIndex, query, k: int, allowed) -> bool:
    expected = slow(index, query, k, allowed)
    return all(
        one.tolist() == other.tolist()
        for one, other in zip(index.search(query, k, allowed), expected, strict=True)
    )


@LAW
@given(documents_, query_, st.sampled_from(SCHEMES), st.integers(0, 12), st.integers(0, 4))
def test_what_is_found_is_what_a_whole_sum_finds(documents, query, scheme, k, step) -> None:
    index = LexicalIndex.build(np.arange(len(documents)), documents, scheme)
    allowed = np.arange(len(index)) % step == 0 if step else None
    assert is_same(index, index.weigh(query), k, allowed)


def zipf_documents(luck: np.random.Generator, size: int) -> list[list[str]]:
    """Texts of one to thirty words, the first words of all frequent."""
    picks = np.minimum(luck.zipf(1.3, (size, 30)), len(WORDS)) - 1
    return [
        [WORDS[number] for number in row[:length]]
        for row, length in zip(picks.tolist(), luck.integers(1, 31, size).tolist(), strict=True)
    ]


@pytest.mark.parametrize("seed", range(24))
def test_the_best_of_many_are_found_among_few(seed) -> None:
    luck = np.random.default_rng(seed)
    index = LexicalIndex.build(np.arange(1500), zipf_documents(luck, 1500), SCHEMES[seed % 2])
    query = index.weigh(luck.choice(WORDS, luck.integers(1, 25)).tolist())
    for share in (None, 0.5, 0.1, 0.01, 0.0):
        allowed = None if share is None else luck.random(1500) < share
        for k in (1, 10, 200, 2000):
            assert is_same(index, query, k, allowed)


def test_most_postings_of_frequent_terms_are_left_out(monkeypatch) -> None:
    luck = np.random.default_rng(0)
    added = Counter()
    whole = pruning.Searched._add

    def counting(self, totals, terms):
        added.update({term.number: term.held for term in terms})
        whole(self, totals, terms)

    monkeypatch.setattr(pruning.Searched, "_add", counting)
    documents = zipf_documents(luck, 3000)
    for number in range(20):
        documents[150 * number] = WORDS[10:]
    index = LexicalIndex.build(np.arange(3000), documents, "bm25")
    query = index.weigh(WORDS)
    held = sum(len(index.postings(term)[0]) for term in query)
    assert is_same(index, query, 10, None)
    assert added.total() < held / 2


def test_documents_as_good_as_the_last_one_go_by_their_place() -> None:
    documents = [["w1", "w2"], ["w3"]] * 200
    index = LexicalIndex.build(np.arange(400), documents, "bm25")
    places, scores = index.search(index.weigh(["w1", "w2"]), 7)
    assert places.tolist() == [0, 2, 4, 6, 8, 10, 12]
    assert len(set(scores.tolist())) == 1


def test_the_column_of_a_frequent_term_never_says_too_little() -> None:
    documents = zipf_documents(np.random.default_rng(1), 700)
    index = LexicalIndex.build(np.arange(700), documents, "bm25")
    bounds = index._bounds
    assert len(bounds.frequent) > 3
    for number in bounds.frequent.tolist():
        places, impacts = index._by_term.row(number)
        column = bounds.column(number, 700)
        assert (column[places] * (bounds.peaks[number] / 255) >= impacts * (1 - 1e-6)).all()
        assert np.count_nonzero(column) == len(places)
