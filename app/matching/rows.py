"""The encoded texts as arrays, read from the database; what an index is built of."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Self

import numpy as np
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.matching.encoder import TextEncoder, Vectors
from app.matching.engine.order import Ids
from app.matching.models import Embedding, Subject
from app.matching.sources import Source

_READ_AT_ONCE = 1000


@dataclass(frozen=True)
class Rows:
    """n encoded texts by ascending id, and their m titles, those of one text side by side."""

    ids: Ids
    bodies: Vectors
    """float32[n, d]."""
    owners: Ids
    """int64[m], ascending: whose title each row of `titles` is."""
    titles: Vectors
    """float32[m, d]."""
    terms: Sequence[Sequence[str]]

    @classmethod
    def of(cls, records: Iterable[Any], dimension: int) -> Self:
        """Gather (id, body, titles, terms) as the table keeps them; ids ascend."""
        ids: list[int] = []
        bodies: list[bytes] = []
        titles: list[bytes] = []
        terms: list[list[str]] = []
        for subject_id, body, own_titles, own_terms in records:
            ids.append(subject_id)
            bodies.append(body)
            titles.append(own_titles)
            terms.append(own_terms.split(" ") if own_terms else [])
        counts = [len(own) // (4 * dimension) for own in titles]
        return cls(
            np.array(ids, np.int64),
            _matrix(bodies, dimension),
            np.repeat(np.array(ids, np.int64), counts),
            _matrix(titles, dimension),
            terms,
        )


def encode_all(encoder: TextEncoder, sources: Sequence[Source]) -> Rows:
    """Encode texts on the spot, each under its place among `sources` for an id.

    The model runs: in no write transaction.
    """
    texts = list(dict.fromkeys(text for one in sources for text in (one.body, *one.titles)))
    vectors = dict(zip(texts, encoder.encode(texts), strict=True))
    records = []
    for place, source in enumerate(sources):
        titles = b"".join(vectors[title].tobytes() for title in source.titles)
        records.append((place, vectors[source.body].tobytes(), titles, " ".join(source.terms)))
    return Rows.of(records, encoder.dimension)


def read_all(session: Session, subject: Subject, model: str, dimension: int) -> Rows:
    """Read every text that `model` has encoded."""
    query = (
        select(*_COLUMNS)
        .where(Embedding.subject == subject, Embedding.model == model)
        .order_by(Embedding.subject_id)
        .execution_options(yield_per=_READ_AT_ONCE)
    )
    return Rows.of(session.execute(query), dimension)


def read_some(
    session: Session, subject: Subject, model: str, dimension: int, ids: Collection[int]
) -> Rows:
    """Read the texts of `ids`, those of them that are encoded."""
    records: list[Any] = []
    ascending = sorted(ids)
    for start in range(0, len(ascending), _READ_AT_ONCE):
        query = (
            select(*_COLUMNS)
            .where(
                Embedding.subject == subject,
                Embedding.model == model,
                Embedding.subject_id.in_(ascending[start : start + _READ_AT_ONCE]),
            )
            .order_by(Embedding.subject_id)
        )
        records += session.execute(query)
    return Rows.of(records, dimension)


def written_since(
    session: Session, subject: Subject, model: str, moment: datetime
) -> list[tuple[int, str]]:
    """The ids and fingerprints of the texts encoded at or after `moment`, by id."""
    query = (
        select(Embedding.subject_id, Embedding.fingerprint)
        .where(
            Embedding.subject == subject,
            Embedding.model == model,
            Embedding.updated_at >= moment,
        )
        .order_by(Embedding.subject_id)
    )
    return [(subject_id, fingerprint) for subject_id, fingerprint in session.execute(query)]


_COLUMNS: tuple[Any, ...] = (
    Embedding.subject_id,
    Embedding.body,
    Embedding.titles,
    Embedding.terms,
)


def _matrix(rows: Sequence[bytes], dimension: int) -> Vectors:
    return np.frombuffer(b"".join(rows), np.float32).reshape(-1, dimension)
