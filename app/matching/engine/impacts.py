"""What each term of a document is worth: the document's side of BM25, or of a cosine of TF-IDF."""

import math

import numpy as np
import numpy.typing as npt

from app.matching.engine.postings import MOST_COUNTED, Counted, Impacts
from app.matching.engine.statistics import IMPACT_BITS, SCHEMES, Scheme, Statistics

K1 = 1.2
B = 0.75
_LOGGED_COUNTS = np.array([0.0, *(1 + math.log(n) for n in range(1, MOST_COUNTED + 1))])
_BLOCK_DOCUMENTS = 100_000

Numbers = npt.NDArray[np.float64]


def impacts_of(counted: Counted, scheme: Scheme, statistics: Statistics) -> Impacts:
    """Return the impact of each pair of `counted`, float32[P], above 0 and below 4.

    Whole multiples of 2^-22, rounded down, so that no cosine passes 1 by more than a last bit.
    """
    if scheme not in SCHEMES:
        raise ValueError("The scheme must be bm25 or tfidf.")
    impacts = np.empty(len(counted.terms), np.float32)
    by_term = _rarities(counted, statistics) if scheme == "tfidf" else None
    for start in range(0, len(counted.lengths), _BLOCK_DOCUMENTS):
        documents = slice(start, start + _BLOCK_DOCUMENTS)
        edges = counted.starts[start : start + _BLOCK_DOCUMENTS + 1]
        part = slice(int(edges[0]), int(edges[-1]))
        owners = np.repeat(np.arange(len(edges) - 1), np.diff(edges))
        counts = counted.counts[part]
        if by_term is None:
            # Without any term in the index every length is the average one.
            lengths = counted.lengths[documents] / (statistics.average_length or 1.0)
            exact = counts * (K1 + 1) / (counts + K1 * (1 - B + B * lengths[owners]))
        else:
            weights = _LOGGED_COUNTS[counts] * by_term[counted.terms[part]]
            squares = np.bincount(owners, weights * weights, len(edges) - 1)
            exact = weights / np.sqrt(squares)[owners]
        impacts[part] = _on_grid(exact)
    return impacts


def _rarities(counted: Counted, statistics: Statistics) -> Numbers:
    return np.array([statistics.rarity(term) for term in counted.vocabulary], np.float64)


def _on_grid(impacts: Numbers) -> Numbers:
    finest = 2.0**-IMPACT_BITS
    return np.asarray(np.maximum(np.floor(impacts / finest), 1) * finest)
