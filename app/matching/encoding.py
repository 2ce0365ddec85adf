"""Composed texts to vectors, in one way for the site's pages, its worker and the evaluation."""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

import numpy as np

from app.matching.encoder import TextEncoder, Vectors
from app.matching.engine.texts import Composed
from app.matching.holding import Query


@dataclass(frozen=True)
class Encoded:
    """The vectors of one composed text."""

    body: Vectors
    """float32[d], unit length."""
    titles: Vectors
    """float32[t, d], one unit row for each title."""


@dataclass(frozen=True)
class Known:
    """Vectors that need not be made, by the texts they are of."""

    bodies: dict[str, Vectors] = field(default_factory=dict)
    titles: dict[str, Vectors] = field(default_factory=dict)


def encode_all(
    encoder: TextEncoder,
    composed: Sequence[Composed],
    *,
    threads: int = 1,
    known: Known | None = None,
) -> list[Encoded]:
    """Encode bodies and titles, each text once: titles repeat, and encoding is what costs."""
    if not composed:
        return []
    known = known or Known()
    every = dict.fromkeys(body for body, _, _ in composed)
    bodies = [body for body in every if body not in known.bodies]
    every = dict.fromkeys(title for _, own, _ in composed for title in own)
    titles = [title for title in every if title not in known.titles]
    made = spread(encoder.encode, bodies, threads=threads)
    of_body = {**known.bodies, **dict(zip(bodies, made, strict=True))}
    placed = spread(encoder.encode_titles, titles, threads=threads)
    of_title = {**known.titles, **dict(zip(titles, placed, strict=True))}
    empty = np.empty((0, encoder.dimension), np.float32)
    return [
        Encoded(of_body[body], np.stack([of_title[title] for title in own]) if own else empty)
        for body, own, _ in composed
    ]


def query_of(encoder: TextEncoder, composed: Composed, known: Known | None = None) -> Query:
    """What is looked for when a text is: its vectors, encoded now if unknown, and its terms."""
    [encoded] = encode_all(encoder, [composed], known=known)
    return Query(encoded.body, encoded.titles, composed[2])


def spread(
    encode: Callable[[Sequence[str]], Vectors], texts: Sequence[str], *, threads: int
) -> Vectors:
    """Encode with several threads at once; the vectors come in the order of the texts."""
    if threads == 1 or len(texts) < threads:
        return encode(texts)
    with ThreadPoolExecutor(threads) as pool:
        parts = list(pool.map(encode, [texts[first::threads] for first in range(threads)]))
    vectors = np.empty((len(texts), parts[0].shape[1]), np.float32)
    for first, part in enumerate(parts):
        vectors[first::threads] = part
    return vectors
