"""Finding documents by the words they share with a query: BM25, or the cosine of TF-IDF."""

import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Literal, Self

import numpy as np
import numpy.typing as npt

from app.matching.engine.order import (
    Ids,
    allowed_places,
    best,
    checked_ids,
    places,
    required_places,
)
from app.matching.engine.postings import MOST_COUNTED, Postings

Scheme = Literal["bm25", "tfidf"]
Numbers = npt.NDArray[np.float64]

K1 = 1.2
B = 0.75
# One table for every place that weighs a count, so that equal counts weigh the same to the last
# bit, whatever way numpy computes a logarithm.
_LOGGED_COUNTS = np.array([0.0, *(1 + math.log(n) for n in range(1, MOST_COUNTED + 1))])
_BLOCK_PAIRS = 4_000_000


class LexicalIndex:
    """Documents by the terms they hold, with the statistics of the day it was built; immutable.

    Searching touches the postings of the query's terms and one number for each document.
    """

    def __init__(self, ids: Ids, postings: Postings, norms: Numbers) -> None:
        """Hold what `build` made: ids int64[N] ascending, and float64[N] lengths of TF-IDF."""
        self._ids = ids
        self._postings = postings
        self._norms = norms
        self._average_length = float(postings.lengths.mean()) if len(ids) else 0.0
        for values in (ids, norms):
            values.setflags(write=False)

    @classmethod
    def build(cls, ids: Ids, terms_per_document: Iterable[Sequence[str]]) -> Self:
        """Count the terms of n documents, which belong to `ids` int64[n], distinct.

        When `ids` ascend the documents are read as a stream. Raises ValueError when an id is
        given twice, the numbers differ, or a document is a string.
        """
        order = np.argsort(checked_ids(ids))
        if (order != np.arange(len(order))).any():
            documents = list(terms_per_document)
            if len(documents) != len(ids):
                raise ValueError("Ids and documents differ in number.")
            terms_per_document = (documents[place] for place in order)
        postings = Postings.count(terms_per_document)
        if len(postings.lengths) != len(ids):
            raise ValueError("Ids and documents differ in number.")
        rarities = [_rarity(len(ids), held) for held in np.diff(postings.starts).tolist()]
        return cls(ids[order], postings, _norms(postings, rarities))

    def __len__(self) -> int:
        """Return the number of documents, N."""
        return len(self._ids)

    @property
    def ids(self) -> Ids:
        """All ids, int64[N], ascending, read-only."""
        return self._ids

    def holds(self, ids: Ids) -> npt.NDArray[np.bool_]:
        """Say for each of `ids` int64[m] whether the index has it; bool[m]."""
        return places(self._ids, ids)[1]

    def idf(self, term: str) -> float:
        """Return how rare a term is, log(1 + (N - n + .5) / (n + .5)) > 0, n documents hold it.

        Never negative, unlike the formula of Robertson and Sparck Jones (1976) it smooths.
        """
        held = self._postings.held(term)
        return math.log(1 + (len(self) - held + 0.5) / (held + 0.5))

    def search(
        self, terms: Sequence[str], k: int, allowed: Ids | None = None, scheme: Scheme = "bm25"
    ) -> tuple[Ids, Numbers]:
        """Return the `k` documents that best match `terms`: ids int64, scores float64.

        Only documents with a score above 0, best first, equal scores by ascending id. `allowed`
        int64[m] keeps the search to those ids; unknown and repeated ids in it are ignored.

        bm25: the sum over the query's terms, a repeated one counting each time, of
        idf * count * (k1 + 1) / (count + k1 * (1 - b + b * length / average length)), with
        k1 = 1.2, b = .75 (Robertson and Zaragoza, The Probabilistic Relevance Framework, 2009,
        section 3.5). Unbounded.
        tfidf: the cosine in [0, 1] of two vectors of (1 + log count) * log((N + 1) / n), the
        "ltc" weights of Salton and Buckley (1988) with one added to N, so that a word that every
        document holds still weighs something in a small index.

        Raises ValueError for another scheme or a negative `k`.
        """
        if k < 0:
            raise ValueError("The number of answers asked for is negative.")
        totals = self.totals(terms, self._postings, self._norms, scheme)
        if allowed is None:
            positions = np.flatnonzero(totals > 0)
        else:
            positions = allowed_places(self._ids, allowed)
            positions = positions[totals[positions] > 0]
        ids, scores = best(self._ids[positions], totals[positions], k)
        return ids, scores.astype(np.float64, copy=False)

    def scores(self, terms: Sequence[str], ids: Ids, scheme: Scheme = "bm25") -> Numbers:
        """Return the score float64[m] of each of `ids` int64[m], 0 where no term is shared.

        The same numbers as `search` gives. Raises ValueError when an id is not in the index.
        """
        positions = required_places(self._ids, ids)
        return self.totals(terms, self._postings, self._norms, scheme)[positions]

    def scores_of(
        self, terms: Sequence[str], documents: Iterable[Sequence[str]], scheme: Scheme = "bm25"
    ) -> Numbers:
        """Return the score float64[m] of m documents that the index need not hold.

        Uses the statistics of the index as they are, so that a document of the index gets
        exactly the score `search` gives it; a term the index never saw is as rare as can be.
        """
        return self.beside(documents).scores(terms, scheme)

    def beside(self, documents: Iterable[Sequence[str]]) -> "Beside":
        """Count m documents once, to be scored again and again as `scores_of` does."""
        postings = Postings.count(documents)
        return Beside(self, postings, self._norms_of(postings))

    def save(self, folder: Path) -> None:
        """Write the index into `folder`, made if needed. Not atomic: write aside, then swap."""
        folder.mkdir(parents=True, exist_ok=True)
        self._postings.save(folder)
        np.save(folder / "lexical-ids.npy", self._ids)
        np.save(folder / "lexical-norms.npy", self._norms)

    @classmethod
    def load(cls, folder: Path, mmap: bool = True) -> Self:
        """Open what `save` wrote; with `mmap`, processes share its pages and read what they need.

        Raises ValueError when a file is missing, cut short or contradicts another. Damage inside
        the numbers is not seen here: compare a digest of the files before opening.
        """
        mode: Literal["r"] | None = "r" if mmap else None
        try:
            postings = Postings.load(folder, mmap)
            ids = np.asarray(np.load(folder / "lexical-ids.npy", mmap_mode=mode))
            norms = np.asarray(np.load(folder / "lexical-norms.npy", mmap_mode=mode))
        except (OSError, EOFError, ValueError) as error:
            raise ValueError(f"The lexical index cannot be read: {error}") from error
        if ids.dtype != np.int64 or norms.dtype != np.float64 or (ids[1:] <= ids[:-1]).any():
            raise ValueError("The lexical index cannot be read: its ids are not ascending.")
        if not len(ids) == len(norms) == len(postings.lengths):
            raise ValueError("The lexical index cannot be read: its arrays do not fit together.")
        return cls(ids, postings, norms)

    def totals(
        self, terms: Sequence[str], postings: Postings, norms: Numbers, scheme: Scheme
    ) -> Numbers:
        """Return a score for each document of `postings`, by the statistics of this index.

        `norms` float64 are the lengths of its documents by TF-IDF.
        """
        query = Counter(terms)
        if scheme == "bm25":
            return self._bm25(query, postings)
        if scheme == "tfidf":
            return self._cosines(query, postings, norms)
        raise ValueError("The scheme must be bm25 or tfidf.")

    def _bm25(self, query: Mapping[str, int], postings: Postings) -> Numbers:
        totals = np.zeros(len(postings.lengths))
        # Without any term in the index every length is the average one.
        average = self._average_length or 1.0
        # Sorted, so that the same terms in another order add up to the same bits.
        for term, asked in sorted(query.items()):
            documents, counts = postings.of(term)
            relative = postings.lengths[documents] / average
            totals[documents] += (asked * self.idf(term)) * (
                counts * (K1 + 1) / (counts + K1 * (1 - B + B * relative))
            )
        return totals

    def _cosines(self, query: Mapping[str, int], postings: Postings, norms: Numbers) -> Numbers:
        totals = np.zeros(len(postings.lengths))
        squares = 0.0
        for term, asked in sorted(query.items()):
            rarity = _rarity(len(self), self._postings.held(term))
            weight = (1 + math.log(asked)) * rarity
            squares += weight * weight
            documents, counts = postings.of(term)
            totals[documents] += weight * (_LOGGED_COUNTS[counts] * rarity)
        lengths = norms * math.sqrt(squares)
        # Rounding may lift the cosine of two equal texts a last bit above 1.
        return np.minimum(np.divide(totals, lengths, out=totals, where=totals > 0), 1.0)

    def _norms_of(self, postings: Postings) -> Numbers:
        """Return the TF-IDF length of each of m fresh documents, float64[m]."""
        rarities = [_rarity(len(self), self._postings.held(term)) for term in postings.vocabulary]
        return _norms(postings, rarities)


class Beside:
    """Documents that are scored by the statistics of an index that need not hold them."""

    def __init__(self, index: LexicalIndex, postings: Postings, norms: Numbers) -> None:
        self._index = index
        self._postings = postings
        self._norms = norms

    def scores(self, terms: Sequence[str], scheme: Scheme = "bm25") -> Numbers:
        """Return the score float64[m] of each, in the order they were given."""
        return self._index.totals(terms, self._postings, self._norms, scheme)


def _rarity(size: int, held: int) -> float:
    return math.log((size + 1) / max(held, 1))


def _norms(postings: Postings, rarities: Sequence[float]) -> Numbers:
    """Return the TF-IDF length of each document, float64[N], given the rarity of each term."""
    squares = np.zeros(len(postings.lengths))
    by_term = np.array(rarities, np.float64)
    for start in range(0, len(postings.documents), _BLOCK_PAIRS):
        part = slice(start, start + _BLOCK_PAIRS)
        pairs = np.arange(start, start + len(postings.documents[part]))
        terms = np.searchsorted(postings.starts, pairs, side="right") - 1
        weights = _LOGGED_COUNTS[postings.counts[part]] * by_term[terms]
        # One after the other, so that the sum has the bits of a document scored on its own.
        np.add.at(squares, postings.documents[part], weights * weights)
    return np.sqrt(squares)
