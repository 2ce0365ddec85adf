"""The encoded texts as arrays, read from the database; what an index is built of."""

from array import array
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Self

import numpy as np
import numpy.typing as npt
from sqlalchemy import bindparam, func, select
from sqlalchemy.orm import Session

from app.matching.columns import FactColumns
from app.matching.encoder import Vectors
from app.matching.engine.order import Ids
from app.matching.models import Embedding, Subject

_READ_AT_ONCE = 1000

Numbers = npt.NDArray[np.int32]

Versions = dict[int, int]
"""How often each of some texts was written."""


@dataclass(frozen=True)
class Rows:
    """n encoded texts by ascending id, and their m titles, those of one text side by side."""

    ids: Ids
    bodies: Vectors
    """float32[n, d]."""
    owners: Ids
    """int64[m], ascending: whose title each of `numbers` is."""
    numbers: Numbers
    """int32[m]: the row of `titles` that it is; many write the same ones."""
    titles: Vectors
    """float32[u, d], all different."""
    terms: Sequence[Sequence[str]]

    @classmethod
    def of(cls, records: Iterable[Any], dimension: int) -> Self:
        """Gather (id, body, titles, terms) as the table keeps them; ids ascend."""
        # What a million have is gathered in bytes; as objects it would not fit a small machine.
        ids, owners, numbers = array("q"), array("q"), array("i")
        bodies = bytearray()
        titles: dict[bytes, int] = {}
        terms: list[str] = []
        width = 4 * dimension
        for subject_id, body, own_titles, own_terms in records:
            ids.append(subject_id)
            bodies += body
            terms.append(own_terms)
            for start in range(0, len(own_titles), width):
                title = own_titles[start : start + width]
                owners.append(subject_id)
                numbers.append(titles.setdefault(title, len(titles)))
        return cls(
            np.array(ids, np.int64),
            np.frombuffer(bodies, np.float32).reshape(-1, dimension),
            np.array(owners, np.int64),
            np.array(numbers, np.int32),
            np.frombuffer(b"".join(titles), np.float32).reshape(-1, dimension),
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


def written_since(session: Session, subject: Subject, model: str, moment: datetime) -> Versions:
    """The version of each text that was written, or taken out, at or after `moment`."""
    query = _since(select(Embedding.subject_id, Embedding.version), subject, model, moment)
    return dict(session.execute(query).all())


def sign_of(session: Session, subject: Subject, model: str, moment: datetime) -> Any:
    """Something small that differs when `written_since` does."""
    which = {"subject": subject, "model": model, "moment": moment}
    return session.execute(_SIGN, which).one()


_COLUMNS: tuple[Any, ...] = (
    Embedding.subject_id,
    Embedding.body,
    Embedding.titles,
    Embedding.terms,
    Embedding.facts,
)


def _since(query: Any, subject: Any, model: Any, moment: Any) -> Any:
    return query.where(
        Embedding.subject == subject, Embedding.model == model, Embedding.updated_at >= moment
    )


_SIGN = _since(
    select(func.count(), func.max(Embedding.updated_at), func.sum(Embedding.version)),
    bindparam("subject"),
    bindparam("model"),
    bindparam("moment"),
)


def _gathered(records: Iterable[Any], dimension: int) -> Read:
    facts: list[tuple[int, str]] = []

    def texts() -> Iterable[Any]:
        for subject_id, body, titles, terms, written in records:
            facts.append((subject_id, written))
            yield subject_id, body, titles, terms

    rows = Rows.of(texts(), dimension)
    return Read(rows, FactColumns.of(facts))
