"""Whether two databases hold the same: counts and fingerprints by table, and sums of money."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from sqlalchemy import Connection, ForeignKey, FromClause, Table, func, null, select

from app.moving.tables import Fingerprint, fingerprint

MONEY = "_minor"
CURRENCY = "currency"


@dataclass(frozen=True)
class Compared:
    """One table on both sides."""

    table: Table
    source: Fingerprint
    target: Fingerprint

    @property
    def is_equal(self) -> bool:
        return self.source == self.target


@dataclass(frozen=True)
class Total:
    """The sum of one column of money in one currency, on both sides; None where there is none."""

    column: str
    currency: str | None
    source: int | None
    target: int | None

    @property
    def is_equal(self) -> bool:
        return self.source == self.target


def compare(source: Connection, target: Connection, table: Table) -> Compared:
    """Read the table on both sides."""
    return Compared(table, fingerprint(source, table), fingerprint(target, table))


def totals(source: Connection, target: Connection, tables: Sequence[Table]) -> Iterator[Total]:
    """Add every column of money up, by the currency beside it."""
    for table in tables:
        for column in table.c:
            if column.name.endswith(MONEY):
                one, other = _sums(source, table, column), _sums(target, table, column)
                for currency in sorted(one.keys() | other.keys(), key=str):
                    name = f"{table.name}.{column.name}"
                    yield Total(name, currency, one.get(currency), other.get(currency))


def _sums(connection: Connection, table: Table, column: Any) -> dict[str | None, int]:
    path = _path_to_a_currency(table)
    joined: FromClause = table
    for key in path or ():
        joined = joined.outerjoin(key.column.table, key.parent == key.column)
    currency = null() if path is None else (path[-1].column.table if path else table).c[CURRENCY]
    query = select(currency, func.sum(column)).select_from(joined).where(column.is_not(None))
    if path is not None:
        query = query.group_by(currency)
    # PostgreSQL adds integers up to a Decimal.
    rows = connection.execute(query)
    return {name: int(Decimal(total)) for name, total in rows if total is not None}


def _path_to_a_currency(table: Table) -> list[ForeignKey] | None:
    """The keys that lead from a table to the one that names its currency; None without one."""
    if CURRENCY in table.c:
        return []
    for column in table.c:
        for key in column.foreign_keys:
            if key.column.table is not table:
                rest = _path_to_a_currency(key.column.table)
                if rest is not None:
                    return [key, *rest]
    return None
