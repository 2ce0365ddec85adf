"""Finding documents by the words they share with a query: BM25, or the cosine of TF-IDF."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Self

import numpy as np
import numpy.typing as npt

from app.matching.engine.arrays import read_array
from app.matching.engine.impacts import impacts_of
from app.matching.engine.order import Ids, Positions, best, checked_ids, places
from app.matching.engine.postings import Counted, Impacts, Places, Sparse
from app.matching.engine.pruning import Bounds, Searched
from app.matching.engine.statistics import SCHEMES, Scheme, Statistics, Weighed
from app.matching.engine.vocabulary import Vocabulary

__all__ = ["LexicalIndex", "Scheme", "Statistics", "Weighed"]

Numbers = npt.NDArray[np.float64]
Mask = npt.NDArray[np.bool_]

_ABOUT = "lexical.json"


@dataclass(frozen=True, eq=False)
class LexicalIndex:
    """Documents by the terms they hold, each pair with its impact under one scheme; immutable.

    An impact is what a unit of a query's weight gains a document. A score is the sum of weight
    times impact on a grid on which it is exact: the same bits whatever the order and the segment.
    """

    ids: Ids
    """int64[N], ascending, read-only; a place is a position in it."""
    scheme: Scheme
    statistics: Statistics
    """What its queries are to be weighed by: its own, or those of the segment it stands beside."""
    _vocabulary: Vocabulary
    _by_document: Sparse
    _by_term: Sparse
    _bounds: Bounds

    @classmethod
    def build(
        cls,
        ids: Ids,
        terms_per_document: Iterable[Sequence[str]],
        scheme: Scheme,
        statistics: Statistics | None = None,
    ) -> Self:
        """Index n documents, which belong to `ids` int64[n], distinct; by their own `statistics`.

        When `ids` ascend the documents are read as a stream. A small segment beside a big one is
        given the big one's statistics, so that the scores of both compare.

        Raises ValueError when an id is given twice, the numbers differ, a document is a string,
        or there is no such scheme.
        """
        order = np.argsort(checked_ids(ids))
        if (order != np.arange(len(order))).any():
            documents = list(terms_per_document)
            if len(documents) != len(ids):
                raise ValueError("Ids and documents differ in number.")
            terms_per_document = (documents[place] for place in order)
        counted = Counted.of(terms_per_document)
        if len(counted.lengths) != len(ids):
            raise ValueError("Ids and documents differ in number.")
        ascending = ids[order]
        ascending.setflags(write=False)
        starts = counted.term_starts()
        if statistics is None:
            length = float(counted.lengths.mean()) if len(ids) else 0.0
            statistics = Statistics(len(ids), length, counted.vocabulary, starts)
        by_document = Sparse(counted.starts, counted.terms, impacts_of(counted, scheme, statistics))
        by_term = by_document.turned(starts)
        bounds = Bounds.of(by_term, len(ids))
        return cls(ascending, scheme, statistics, counted.vocabulary, by_document, by_term, bounds)

    def __len__(self) -> int:
        """Return the number of documents, N."""
        return len(self.ids)

    def holds(self, ids: Ids) -> Mask:
        """Say for each of `ids` int64[m] whether the index has it; bool[m]."""
        return places(self.ids, ids)[1]

    def weigh(self, terms: Sequence[str]) -> Weighed:
        """Weigh a query by the statistics and the scheme of this index."""
        return self.statistics.weigh(terms, self.scheme)

    def postings(self, term: str) -> tuple[Places, Impacts]:
        """Return the places of the documents that hold `term`, ascending, and its impacts."""
        number = self._vocabulary.find(term)
        if number is None:
            return self._by_term.columns[:0], self._by_term.impacts[:0]
        return self._by_term.row(number)

    def search(
        self, query: Weighed, k: int, allowed: Mask | None = None
    ) -> tuple[Positions, Numbers]:
        """Return the `k` documents that best match: places int64, scores float64.

        Only documents with a score above 0, best first, equal scores by ascending place.
        `allowed` bool[N] keeps the search to the places where it is True. Exact.

        bm25: the sum over the query's terms, a repeated one counting each time, of
        idf * count * (k1 + 1) / (count + k1 * (1 - b + b * length / average length)), with
        k1 = 1.2, b = .75 (Robertson and Zaragoza, The Probabilistic Relevance Framework, 2009,
        section 3.5). Unbounded.
        tfidf: the cosine in [0, 1] of two vectors of (1 + log count) * log((N + 1) / n), the
        "ltc" weights of Salton and Buckley (1988) with one added to N, so that a word that every
        document holds still weighs something in a small index.

        Raises ValueError for a query weighed under another scheme, a mask of another length or a
        negative `k`.
        """
        self._check(query)
        if k < 0:
            raise ValueError("The number of answers asked for is negative.")
        if allowed is not None and (allowed.dtype != np.bool_ or allowed.shape != self.ids.shape):
            raise ValueError("What is allowed must be one truth value for each document.")
        weights = self._numbered(query)
        searched = Searched(self._by_document, self._by_term, self._bounds)
        found = searched.candidates(weights, k, allowed)
        scores = self._products(found, weights)
        matched = scores > 0
        chosen, best_scores = best(found[matched], scores[matched], k)
        return chosen, best_scores.astype(np.float64, copy=False)

    def scores(self, query: Weighed, places: Positions) -> Numbers:
        """Return the score float64[m] of the documents at `places` int64[m], 0 without a term.

        The same bits as `search` gives. Raises ValueError for a query weighed under another
        scheme, and IndexError for a place that is not in [0, N).
        """
        self._check(query)
        if len(places) and not 0 <= int(places.min()) <= int(places.max()) < len(self):
            raise IndexError("A place is outside the index.")
        return self._products(places, self._numbered(query))

    def save(self, folder: Path) -> None:
        """Write the index into `folder`, made if needed. Not atomic: write aside, then swap."""
        folder.mkdir(parents=True, exist_ok=True)
        np.save(folder / "lexical-ids.npy", self.ids)
        self._vocabulary.save(folder)
        self._by_document.save(folder, "by-document")
        self._by_term.save(folder, "by-term")
        self._bounds.save(folder)
        about = {
            "scheme": self.scheme,
            "average_length": self.statistics.average_length,
            "borrowed": None
            if self.statistics.vocabulary is self._vocabulary
            else self.statistics.signature(),
        }
        (folder / _ABOUT).write_text(json.dumps(about))

    @classmethod
    def load(cls, folder: Path, mmap: bool = True, statistics: Statistics | None = None) -> Self:
        """Open what `save` wrote; with `mmap`, processes share its pages and read what they need.

        A segment that was built by another's statistics must be given them again. Raises
        ValueError when they are missing or others, or when a file is missing, cut short or
        contradicts another. Damage inside the numbers is not seen here: compare a digest of the
        files before opening.
        """
        try:
            about = json.loads((folder / _ABOUT).read_text())
            scheme, length, borrowed = (
                about[key] for key in ("scheme", "average_length", "borrowed")
            )
            if scheme not in SCHEMES:
                raise ValueError("its scheme is not known.")
            ids = read_array(folder / "lexical-ids.npy", np.int64, mmap)
            vocabulary = Vocabulary.load(folder, mmap)
            by_document = Sparse.load(folder, "by-document", mmap)
            by_term = Sparse.load(folder, "by-term", mmap)
            bounds = Bounds.load(folder, mmap)
        except (OSError, EOFError, ValueError, KeyError, TypeError) as error:
            raise ValueError(f"The lexical index cannot be read: {error}") from error
        if (ids[1:] <= ids[:-1]).any():
            raise ValueError("The lexical index cannot be read: its ids are not ascending.")
        if (len(by_document), len(by_term)) != (len(ids), len(vocabulary)) or (
            len(by_document.columns) != len(by_term.columns)
            or len(bounds.peaks) != len(vocabulary)
            or len(bounds.columns) != len(bounds.frequent) * len(ids)
        ):
            raise ValueError("The lexical index cannot be read: its arrays do not fit together.")
        if borrowed is None:
            statistics = Statistics(len(ids), float(length), vocabulary, by_term.starts)
        elif statistics is None or list(statistics.signature()) != borrowed:
            raise ValueError("The lexical index cannot be read: it needs the statistics it had.")
        return cls(ids, scheme, statistics, vocabulary, by_document, by_term, bounds)

    def _check(self, query: Weighed) -> None:
        if query.scheme != self.scheme:
            raise ValueError(f"The query is weighed by {query.scheme}, not by {self.scheme}.")

    def _numbered(self, query: Weighed) -> dict[int, float]:
        """The weights by the numbers of terms; those that no document holds are left out."""
        numbers = ((self._vocabulary.find(term), weight) for term, weight in query.items())
        return {number: weight for number, weight in numbers if number is not None}

    def _products(self, places: Positions, weights: Mapping[int, float]) -> Numbers:
        totals = self._by_document.products(places, weights, len(self._vocabulary))
        # Rounding may lift the cosine of two equal texts a last bit above 1.
        return np.minimum(totals, 1.0) if self.scheme == "tfidf" else totals
