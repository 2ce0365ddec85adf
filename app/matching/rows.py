"""The encoded texts as arrays, read from the database; what an index is built of."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Self

import numpy as np
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.matching.columns import FactColumns
from app.matching.encoder import Vectors
from app.matching.engine.order import Ids
from app.matching.models import Embedding, Subject

_READ_AT_ONCE = 1000

Stamps = dict[int, datetime]
"""When each of some texts was written."""


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
        terms: list[str] = []
        for subject_id, body, own_titles, own_terms in records:
            ids.append(subject_id)
            bodies.append(body)
            titles.append(own_titles)
            terms.append(own_terms)
        counts = [len(own) // (4 * dimension) for own in titles]
        return cls(
            np.array(ids, np.int64),
            _matrix(bodies, dimension),
            np.repeat(np.array(ids, np.int64), counts),
            _matrix(titles, dimension),
            _Terms(terms),
        )


class _Terms(Sequence[Sequence[str]]):
    """The terms of each text, parted only when they are looked at: a million would be large."""

    def __init__(self, written: Sequence[str]) -> None:
        self._written = written

    def __len__(self) -> int:
        return len(self._written)

    def __getitem__(self, place: Any) -> Any:
        return self._written[place].split()


@dataclass(frozen=True)
class Read:
    """Encoded texts and their facts, by the same ascending ids."""

    rows: Rows
    facts: FactColumns


def read_all(session: Session, subject: Subject, model: str, dimension: int) -> Read:
    """Read every text that `model` has encoded and that may be found."""
    query = (
        select(*_COLUMNS)
        .where(Embedding.subject == subject, Embedding.model == model, Embedding.facts != "")
        .order_by(Embedding.subject_id)
        .execution_options(yield_per=_READ_AT_ONCE)
    )
    return _gathered(session.execute(query), dimension)


def read_some(
    session: Session, subject: Subject, model: str, dimension: int, ids: Collection[int]
) -> Read:
    """Read the texts of `ids`, those of them that are encoded and may be found."""
    records: list[Any] = []
    ascending = sorted(ids)
    for start in range(0, len(ascending), _READ_AT_ONCE):
        query = (
            select(*_COLUMNS)
            .where(
                Embedding.subject == subject,
                Embedding.model == model,
                Embedding.facts != "",
                Embedding.subject_id.in_(ascending[start : start + _READ_AT_ONCE]),
            )
            .order_by(Embedding.subject_id)
        )
        records += session.execute(query)
    return _gathered(records, dimension)


def written_since(session: Session, subject: Subject, model: str, moment: datetime) -> Stamps:
    """When each text was written or taken out, of those where it was at or after `moment`."""
    query = _since(select(Embedding.subject_id, Embedding.updated_at), subject, model, moment)
    return dict(session.execute(query).all())


def sign_of(session: Session, subject: Subject, model: str, moment: datetime) -> Any:
    """Something small that differs when `written_since` does."""
    counted = select(func.count(), func.max(Embedding.updated_at), func.sum(Embedding.subject_id))
    return session.execute(_since(counted, subject, model, moment)).one()


_COLUMNS: tuple[Any, ...] = (
    Embedding.subject_id,
    Embedding.body,
    Embedding.titles,
    Embedding.terms,
    Embedding.facts,
)


def _since(query: Any, subject: Subject, model: str, moment: datetime) -> Any:
    return query.where(
        Embedding.subject == subject, Embedding.model == model, Embedding.updated_at >= moment
    )


def _gathered(records: Iterable[Any], dimension: int) -> Read:
    facts: list[tuple[int, str]] = []

    def texts() -> Iterable[Any]:
        for subject_id, body, titles, terms, written in records:
            facts.append((subject_id, written))
            yield subject_id, body, titles, terms

    rows = Rows.of(texts(), dimension)
    return Read(rows, FactColumns.of(facts))


def _matrix(rows: Sequence[bytes], dimension: int) -> Vectors:
    return np.frombuffer(b"".join(rows), np.float32).reshape(-1, dimension)
