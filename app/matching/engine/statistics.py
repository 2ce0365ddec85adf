"""What a collection of documents says of terms: how rare each is, and what a query's terms weigh.

Segments of one index are all weighed by the statistics of one of them, so their scores compare.
"""

import math
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal

import numpy as np
import numpy.typing as npt

from app.matching.engine.vocabulary import Vocabulary

Scheme = Literal["bm25", "tfidf"]
SCHEMES = ("bm25", "tfidf")

IMPACT_BITS = 22
"""Impacts are whole multiples of 2^-22, which float32 holds without rounding below 4."""
MOST_TERMS = 48
"""A long query is looked for by so many terms, the weightiest; Lucene's MoreLikeThis takes 25."""
# Weights of one query are multiples of a power of two, so small that a sum of impacts times
# weights needs no more than the 53 bits of a float64: such sums are exact, in any order.
_WEIGHT_BITS = 52 - IMPACT_BITS - 2


class Weighed(Mapping[str, float]):
    """The distinct terms of a query and what a document gains by each; immutable."""

    def __init__(self, scheme: Scheme, weights: Mapping[str, float]) -> None:
        """Round each weight to the grid on which sums are exact, and never to nothing."""
        self.scheme: Scheme = scheme
        finest = 2.0 ** (math.frexp(sum(weights.values()))[1] - _WEIGHT_BITS)
        self._weights = MappingProxyType(
            {
                term: max(1, math.floor(weight / finest)) * finest
                for term, weight in sorted(weights.items())
            }
        )

    def __getitem__(self, term: str) -> float:
        """Return the weight of a term of the query."""
        return self._weights[term]

    def __iter__(self) -> Iterator[str]:
        """Yield the terms in order."""
        return iter(self._weights)

    def __len__(self) -> int:
        """Return the number of distinct terms."""
        return len(self._weights)


@dataclass(frozen=True)
class Statistics:
    """How many documents there are, how long they are on average, and how many hold each term."""

    size: int
    average_length: float
    vocabulary: Vocabulary
    starts: npt.NDArray[np.int64]
    """int64[V + 1]: starts[i + 1] - starts[i] documents hold term i."""

    def held(self, term: str) -> int:
        """Return the number of documents that hold `term`."""
        number = self.vocabulary.find(term)
        return 0 if number is None else int(self.starts[number + 1] - self.starts[number])

    def idf(self, term: str) -> float:
        """Return how rare a term is, log(1 + (N - n + .5) / (n + .5)) > 0, n documents hold it.

        Never negative, unlike the formula of Robertson and Sparck Jones (1976) it smooths.
        """
        held = self.held(term)
        return math.log(1 + (self.size - held + 0.5) / (held + 0.5))

    def rarity(self, term: str) -> float:
        """Return log((N + 1) / n) > 0, where none counts as one: of documents, and of holders."""
        return math.log((max(self.size, 1) + 1) / max(self.held(term), 1))

    def weigh(self, terms: Sequence[str], scheme: Scheme) -> Weighed:
        """Weigh the terms of a query, repeated ones more, for an index built under `scheme`.

        bm25: idf for each time a term is asked for. Of the terms that any document here holds only
        the `MOST_TERMS` weightiest are kept: what is common to many documents says little of a
        long text, and finding it is what takes time.
        tfidf: (1 + log count) * log((N + 1) / n), made a vector of length 1.
        Raises ValueError for another scheme.
        """
        query = Counter(terms)
        if scheme == "bm25":
            weights = {term: asked * self.idf(term) for term, asked in query.items()}
            return Weighed(scheme, self._weightiest(weights))
        if scheme not in SCHEMES:
            raise ValueError("The scheme must be bm25 or tfidf.")
        weights = {term: (1 + math.log(asked)) * self.rarity(term) for term, asked in query.items()}
        length = math.hypot(*weights.values())
        return Weighed(scheme, {term: weight / length for term, weight in weights.items()})

    def _weightiest(self, weights: Mapping[str, float]) -> Mapping[str, float]:
        held = [term for term in weights if self.held(term)]
        if len(held) <= MOST_TERMS:
            return weights
        # What nobody holds costs nothing here, and a newer segment may hold it.
        light = set(sorted(held, key=lambda term: (-weights[term], term))[MOST_TERMS:])
        return {term: weight for term, weight in weights.items() if term not in light}

    def signature(self) -> tuple[float, ...]:
        """Return a few numbers that differ between different collections."""
        return (
            float(self.size),
            self.average_length,
            float(len(self.vocabulary)),
            float(len(self.vocabulary.text)),
            float(self.starts[-1]),
        )
