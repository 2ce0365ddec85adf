"""Search over unit vectors in PostgreSQL: the promise of `engine.index.VectorIndex`, kept there.

PostgreSQL finds the candidates in `vectors.bodies` and `inner_products` scores them from the
stored float32 of `embeddings`, so that a row has the same score as in any other index.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any, Self

import numpy as np
from sqlalchemy import (
    ARRAY,
    BindParameter,
    ColumnElement,
    Connection,
    Double,
    Integer,
    LargeBinary,
    Text,
    any_,
    bindparam,
    case,
    cast,
    column,
    func,
    literal,
    select,
    table,
)
from sqlalchemy.types import UserDefinedType

from app.matching.engine.order import Ids, Positions, best, places
from app.matching.engine.vectors import (
    UNIT_TOLERANCE,
    Mask,
    Vectors,
    check_mask,
    check_number,
    check_places,
    check_query,
    inner_products,
)
from app.matching.models import Embedding, Subject
from app.matching.vector_table import DIMENSION, has_graph

EXACT_ROWS = 50_000
"""Up to so many allowed rows are compared one by one, which is exact.

The graph is faster from some 10,000 on, but under such filters it misses one in ten."""

_GONE = -1.0  # the score of a row that was deleted since its place was given: the lowest there is
_SPARE_ROWS = 16
# So many ids cost less as an array, found by their key, than as a bitmap beside a scan of all.
_ARRAY_ROWS = 20_000
_READ_AT_ONCE = 1000
# Of the graph: how many candidates a scan keeps, and how many rows it looks at, at most.
_LEAST_KEPT, _MOST_KEPT = 100, 1000
_MOST_LOOKED_AT = 40_000
# |fl(x.y) - x.y| <= gamma(d) |x||y|: Higham, Accuracy and Stability, 2002, (3.5).
_ROUNDING_ERROR = (DIMENSION + 4) * 2.0**-24 * (1 + UNIT_TOLERANCE) ** 3

_BODIES = table(
    "bodies",
    column("subject", Text()),
    column("model", Text()),
    column("subject_id", Integer()),
    column("body"),
    schema="vectors",
)


class _Numbers(UserDefinedType[str]):
    """One of pgvector's types."""

    cache_ok = True

    def __init__(self, name: str) -> None:
        self.name = name

    def get_col_spec(self, **_: Any) -> str:
        return f"{self.name}({DIMENSION})"


_EXACT = _Numbers("vector")
_NEAR = _Numbers("halfvec")  # as the graph keeps them


class PgVectorIndex:
    """The ids of one kind of text and, in PostgreSQL, their vectors.

    Rows are spoken of by their places among the ascending ids, as in `VectorIndex`. The ids are
    those it was made with: a newer row is not seen, and one that was deleted since is not found.
    Up to `exact_rows` allowed rows, or while there is no graph (see `vector_table`), an answer is
    exact; else the graph may miss a few rows, and the next best stand in their places.
    """

    def __init__(
        self,
        connection: Connection,
        subject: Subject,
        model: str,
        ids: Ids,
        *,
        exact_rows: int = EXACT_ROWS,
    ) -> None:
        """Search among `ids` int64[n], ascending, inside the connection's transaction."""
        if not isinstance(ids, np.ndarray) or ids.ndim != 1 or ids.dtype != np.int64:
            raise ValueError("Ids must be a one-dimensional int64 array.")
        if (ids[1:] <= ids[:-1]).any():
            raise ValueError("Ids must ascend, each given once.")
        self._connection = connection
        self._subject = subject
        self._model = model
        self._ids = ids
        self._exact_rows = exact_rows

    @classmethod
    def open(
        cls, connection: Connection, subject: Subject, model: str, *, exact_rows: int = EXACT_ROWS
    ) -> Self:
        """Search among all ids that the table holds now."""
        of_the_kind = select(_BODIES.c.subject_id).where(*_kind(subject, model))
        ids = connection.scalars(of_the_kind.order_by(_BODIES.c.subject_id)).all()
        return cls(connection, subject, model, np.array(ids, np.int64), exact_rows=exact_rows)

    def __len__(self) -> int:
        """Return the number of rows."""
        return len(self._ids)

    @property
    def ids(self) -> Ids:
        """All ids, int64[n], ascending."""
        return self._ids

    @property
    def dimension(self) -> int:
        """The length d of every vector."""
        return DIMENSION

    def holds(self, ids: Ids) -> Mask:
        """Say for each of `ids` int64[m] whether the index has it; bool[m]."""
        return places(self._ids, ids)[1]

    def search(
        self, vector: Vectors, k: int, allowed: Mask | None = None
    ) -> tuple[Positions, Vectors]:
        """Return the `k` rows nearest to `vector`, a unit float32[d]: places int64, scores float32.

        As `VectorIndex.search`: best first, equal scores by ascending place, exactly min(k, rows)
        of them, only places where `allowed` bool[n] is true, ValueError for what makes no sense.
        """
        check_query(vector, self.dimension)
        check_number(k)
        if allowed is not None:
            check_mask(allowed, len(self))
        ids = self._ids if allowed is None else self._ids[allowed]
        wanted = min(k, len(ids))
        if not wanted:
            return np.zeros(0, np.int64), np.zeros(0, np.float32)
        if len(ids) > self._exact_rows and has_graph(self._connection, self._subject):
            found = self._by_the_graph(vector, wanted, ids)
        else:
            found = self._one_by_one(vector, wanted, ids)
        found, rows = self._rows_of(found)
        return best(np.searchsorted(self._ids, found), inner_products(vector, rows), wanted)

    def scores(self, vector: Vectors, places: Positions) -> Vectors:
        """Return the cosine float32[m] of `vector` float32[d] with the rows at `places` int64[m].

        The same numbers as `search` gives; -1 for a row that was deleted since. Raises ValueError
        when there is no such place.
        """
        check_query(vector, self.dimension)
        check_places(places, len(self))
        wanted, back = np.unique(self._ids[places], return_inverse=True)
        found, rows = self._rows_of(wanted)
        scores = np.full(len(wanted), _GONE, np.float32)
        scores[np.searchsorted(wanted, found)] = inner_products(vector, rows)
        return scores[back]

    def _one_by_one(self, vector: Vectors, wanted: int, ids: Ids) -> Ids:
        """Ids that surely include the `wanted` best of `ids`."""
        near = self._nearest(_EXACT, vector, ids, most=wanted + _SPARE_ROWS)
        if len(near) <= wanted:
            return _ids(near)
        # pgvector sums in float32. Whatever it places further behind the last wanted row than
        # twice its rounding error cannot belong to the answer.
        last = near[wanted - 1][1] + 2 * _ROUNDING_ERROR
        if len(near) == wanted + _SPARE_ROWS and near[-1][1] <= last:
            near = self._nearest(_EXACT, vector, ids, last=last)
        return _ids([row for row in near if row[1] <= last])

    def _by_the_graph(self, vector: Vectors, wanted: int, ids: Ids) -> Ids:
        kept = 2 * wanted * len(self) // len(ids)
        settings = {
            "hnsw.iterative_scan": "relaxed_order",  # we sort; held strictly, it drops rows
            "hnsw.ef_search": str(min(max(kept, _LEAST_KEPT), _MOST_KEPT)),
            "hnsw.max_scan_tuples": str(_MOST_LOOKED_AT),
            "enable_sort": "off",
            "jit": "off",
        }
        with self._set(settings):
            near = self._nearest(_NEAR, vector, ids, most=wanted + _SPARE_ROWS)
        if len(near) < wanted:
            # The scan has looked at as much as it may, and too little of it was allowed.
            return self._one_by_one(vector, wanted, ids)
        return _ids(near)

    @contextmanager
    def _set(self, settings: dict[str, str]) -> Iterator[None]:
        """Have settings for a while, without a trace in the transaction they are used in."""
        savepoint = self._connection.begin_nested()
        calls = (func.set_config(name, value, True) for name, value in settings.items())
        self._connection.execute(select(*calls))
        yield
        savepoint.rollback()

    def _nearest(
        self,
        kind: _Numbers,
        vector: Vectors,
        ids: Ids,
        *,
        most: int | None = None,
        last: float | None = None,
    ) -> Sequence[Any]:
        """(id, distance) of `ids`, nearest first: the `most` first, or all as near as `last`.

        The distance is the negative inner product, of the numbers as `kind` keeps them.
        """
        given = cast(literal(str(vector.tolist()), Text()), kind)
        body: ColumnElement[str] = cast(_BODIES.c.body, kind)
        distance: ColumnElement[float] = body.op("<#>", return_type=Double())(given)
        query = select(_BODIES.c.subject_id, distance)
        query = query.where(*_kind(self._subject, self._model), _is_one_of(ids))
        if last is not None:
            query = query.where(distance <= last)
        return self._connection.execute(query.order_by(distance).limit(most)).all()

    def _rows_of(self, ids: Ids) -> tuple[Ids, Vectors]:
        """Those of `ids`, ascending, that are still there, and their vectors."""
        found: list[Any] = []
        for start in range(0, len(ids), _READ_AT_ONCE):
            query = (
                select(Embedding.subject_id, Embedding.body)
                .where(
                    Embedding.subject == self._subject,
                    Embedding.model == self._model,
                    Embedding.facts != "",
                    Embedding.subject_id.in_(ids[start : start + _READ_AT_ONCE].tolist()),
                )
                .order_by(Embedding.subject_id)
            )
            found += self._connection.execute(query)
        rows = np.frombuffer(b"".join(body for _, body in found), np.float32)
        return _ids(found), rows.reshape(-1, self.dimension)


def _kind(subject: Subject, model: str) -> tuple[ColumnElement[bool], ...]:
    # Written out, so that the planner sees that the graph of that kind will do.
    name: BindParameter[str] = bindparam("kind", subject.value, literal_execute=True)
    return _BODIES.c.subject == name, _BODIES.c.model == model


def _is_one_of(ids: Ids) -> ColumnElement[bool]:
    """The condition that a row's id is one of `ids`, which ascend."""
    one, low, high = _BODIES.c.subject_id, int(ids[0]), int(ids[-1])
    # An id takes 32 bits in an array and one bit for each number in between in a bitmap.
    if len(ids) <= _ARRAY_ROWS or high - low > 32 * len(ids):
        # Written out, or PostgreSQL would read the array anew for each row that it looks at.
        written = "{" + ",".join(map(str, ids.tolist())) + "}"
        array: BindParameter[str] = bindparam("ids", written, Text(), literal_execute=True)
        return one == any_(cast(array, ARRAY(Integer)))
    bits = np.zeros(high - low + 1, np.bool_)
    bits[ids - low] = True
    bitmap = literal(np.packbits(bits, bitorder="little").tobytes(), LargeBinary())
    is_set = func.get_bit(bitmap, one - low) == 1
    return case((one.between(low, high), is_set), else_=False)


def _ids(rows: Sequence[Any]) -> Ids:
    """The ids that rows begin with, ascending."""
    return np.sort(np.array([row[0] for row in rows], np.int64))
