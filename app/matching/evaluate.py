"""How well the matching finds what people judged right, beside the methods anyone could use.

What is called ours goes through the functions the site goes through: the composed texts, the
encoder with its title side, the holding's parts, the weights of `engine.rank`.
"""

import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from app.matching.encoder import TextEncoder
from app.matching.encoding import encode_all, query_of, spread
from app.matching.engine import measures
from app.matching.engine.lexical import LexicalIndex, Scheme
from app.matching.engine.outliers import held_in
from app.matching.engine.rank import (
    FOR_JOB,
    FOR_PROFILE,
    WORDS_FOR_JOB,
    WORDS_FOR_PROFILE,
    Score,
    rank,
)
from app.matching.engine.skill_spans import SkillLabels
from app.matching.engine.texts import tokenise
from app.matching.engine.vectors import inner_products
from app.matching.holding import PARTS, Holding
from app.matching.labelled import Kind, LabelledSet
from app.matching.rows import Rows

OURS = "ours"
PLAIN = "MiniLM"
COLUMNS = ("set", "method", "queries", "measure", "value", "gain_low", "gain_high")
Numbers = measures.Numbers
Scorer = Callable[[int], Numbers]


@dataclass(frozen=True)
class Result:
    """One method on one set, by each measure; and what it gains on plain MiniLM."""

    set_name: str
    method: str
    queries: int
    values: Mapping[str, float]
    intervals: Mapping[str, tuple[float, float]]
    """Of ours alone: the 95 % paired bootstrap interval of the gain on plain MiniLM."""


@dataclass(frozen=True)
class _Way:
    """How the site matches a kind of thing: by which parts, how weighed, which words."""

    parts: Sequence[str]
    weights: Mapping[str, float]
    scheme: Scheme
    bound: Callable[..., Numbers] = np.asarray


_WAYS: Mapping[Kind, _Way] = {
    # A bare title has neither a body nor words beyond itself.
    "titles": _Way(("title",), FOR_JOB, WORDS_FOR_JOB),
    "to_profiles": _Way(PARTS, FOR_JOB, WORDS_FOR_JOB, held_in),
    "to_jobs": _Way(PARTS, FOR_PROFILE, WORDS_FOR_PROFILE),
}


def evaluate(given: LabelledSet, encoder: TextEncoder) -> list[Result]:
    """Measure every method on a set, ours last."""
    methods = _baselines(given, encoder)
    methods[OURS] = _skills(given, encoder) if given.kind == "skills" else _site(given, encoder)
    measured = {name: _measured(given, scorer) for name, scorer in methods.items()}
    return [
        Result(
            given.name,
            name,
            len(given.queries),
            {one: float(np.mean(values[one])) for one in measures.MEASURES},
            _intervals(values, measured[PLAIN]) if name == OURS else {},
        )
        for name, values in measured.items()
    ]


def site_lists(given: LabelledSet, encoder: TextEncoder) -> list[list[Score]]:
    """Rank for each query as the site does; texts of a set have no skills listed and no trust."""
    way = _WAYS[given.kind]
    composed = [document.composed for document in given.documents]
    encoded = encode_all(encoder, composed, threads=_threads())
    records = (
        (place, one.body.tobytes(), one.titles.tobytes(), " ".join(text[2]))
        for place, (one, text) in enumerate(zip(encoded, composed, strict=True))
    )
    holding = Holding.build(Rows.of(records, encoder.dimension), way.scheme)
    every = np.arange(len(holding))

    def ranked(query: int) -> list[Score]:
        wanted = query_of(encoder, given.queries[query].composed)
        found = holding.scores(wanted, holding.words.weigh(wanted.terms), every)
        parts = {part: way.bound(found[part]) for part in way.parts}
        return rank(holding.ids, parts, way.weights)

    return [ranked(query) for query in range(len(given.queries))]


def table(results: Sequence[Result]) -> Iterator[str]:
    """Yield the lines of one table: a set's methods, then what ours gains on plain MiniLM."""
    shown = ""
    for result in results:
        if result.set_name != shown:
            shown = result.set_name
            title = f"{shown} ({result.queries} queries)"
            yield ""
            yield f"{title:<40}" + "".join(f"{one:>17}" for one in measures.MEASURES)
        yield f"  {result.method:<38}" + "".join(
            f"{result.values[one]:>17.3f}" for one in measures.MEASURES
        )
        if result.intervals:
            cells = (_signed(*result.intervals[one]) for one in measures.MEASURES)
            yield f"  {'gain on MiniLM, 95 %':<38}" + "".join(f"{cell:>17}" for cell in cells)


def rows(results: Sequence[Result]) -> Iterator[dict[str, object]]:
    """Yield one row for each set, method and measure, for a CSV."""
    for result in results:
        for one in measures.MEASURES:
            low, high = result.intervals.get(one, ("", ""))
            yield {
                "set": result.set_name,
                "method": result.method,
                "queries": result.queries,
                "measure": one,
                "value": f"{result.values[one]:.4f}",
                "gain_low": low if low == "" else f"{low:.4f}",
                "gain_high": high if high == "" else f"{high:.4f}",
            }


def _baselines(given: LabelledSet, encoder: TextEncoder) -> dict[str, Scorer]:
    ids = np.arange(len(given.documents), dtype=np.int64)
    # As anyone would: every word as it is written.
    terms = [tokenise(document.written) for document in given.documents]
    bodies = _spread(encoder, [document.written for document in given.documents])
    queries = _spread(encoder, [query.written for query in given.queries])

    def by_words(scheme: Scheme) -> Scorer:
        words = LexicalIndex.build(ids, terms, scheme)
        return lambda query: words.scores(words.weigh(tokenise(given.queries[query].written)), ids)

    def by_meaning(query: int) -> Numbers:
        return inner_products(queries[query], bodies).astype(np.float64)

    bm25 = by_words("bm25")
    return {
        "BM25": bm25,
        "TF-IDF": by_words("tfidf"),
        PLAIN: by_meaning,
        "RRF of BM25 and MiniLM": lambda i: measures.fused(bm25(i), by_meaning(i)),
    }


def _site(given: LabelledSet, encoder: TextEncoder) -> Scorer:
    lists = site_lists(given, encoder)

    def scores(query: int) -> Numbers:
        totals = np.empty(len(given.documents))
        for score in lists[query]:
            totals[score.id] = score.total
        return totals

    return scores


def _skills(given: LabelledSet, encoder: TextEncoder) -> Scorer:
    names = [document.written for document in given.documents]
    labels = SkillLabels(names, _spread(encoder, names))
    return lambda query: labels.scores(given.queries[query].written, encoder.encode)


def _measured(given: LabelledSet, scorer: Scorer) -> dict[str, list[float]]:
    values: dict[str, list[float]] = {one: [] for one in measures.MEASURES}
    for query, grades in enumerate(given.grades):
        order = np.argsort(-scorer(query), kind="stable").tolist()
        for one, value in measures.measure(order, grades).items():
            values[one].append(value)
    return values


def _intervals(
    ours: Mapping[str, list[float]], plain: Mapping[str, list[float]]
) -> dict[str, tuple[float, float]]:
    return {one: measures.interval(np.subtract(ours[one], plain[one])) for one in measures.MEASURES}


def _spread(encoder: TextEncoder, texts: Sequence[str]) -> np.ndarray:
    return spread(encoder.encode, texts, threads=_threads())


def _threads() -> int:
    return len(os.sched_getaffinity(0))


def _signed(low: float, high: float) -> str:
    return f"{low:+.3f} {high:+.3f}"
