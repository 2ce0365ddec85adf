"""Tables as rows of plain values: read in a stream, copied, and told apart by a fingerprint.

A value is read as the database keeps it, so that copying is word for word and a value that no
model would accept is still copied, or refused by the other database's own checks.
"""

import hashlib
import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from typing import cast as cast_type

import psycopg
from psycopg import sql
from sqlalchemy import (
    JSON,
    Connection,
    DateTime,
    Enum,
    String,
    Table,
    Text,
    cast,
    func,
    select,
    text,
    type_coerce,
)

from app.db import UtcDateTime
from app.moving.errors import CannotMove

BATCH = 1000
"""Rows in memory at a time."""
_STEP = 50_000

Progress = Callable[[str], None]


class Fingerprint:
    """What rows come to in any order: how many, and the sum of their SHA-256 digests."""

    def __init__(self) -> None:
        self.rows = 0
        self._sum = 0

    def add(self, row: Iterable[bytes]) -> None:
        """Count one row, given as its values in canonical form."""
        digest = hashlib.sha256()
        for value in row:
            # With its length before it, no value can be taken for two.
            digest.update(b"%d:" % len(value))
            digest.update(value)
        self.rows += 1
        self._sum = (self._sum + int.from_bytes(digest.digest())) % 2**256

    def __str__(self) -> str:
        return f"{self._sum:064x}"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Fingerprint) and vars(self) == vars(other)

    def __hash__(self) -> int:
        return hash((self.rows, self._sum))


def read(connection: Connection, table: Table) -> Iterator[Sequence[Any]]:
    """Every row of the table, in no order; only `BATCH` of them are in memory."""
    query = select(*map(_kept, table.c)).execution_options(yield_per=BATCH)
    yield from connection.execute(query)


def fingerprint(connection: Connection, table: Table) -> Fingerprint:
    """Of the table as the connection sees it now."""
    seen = Fingerprint()
    canonical = Canonical(table)
    for row in read(connection, table):
        seen.add(canonical(row))
    return seen


def count(connection: Connection, table: Table) -> int:
    """How many rows the table has."""
    return connection.scalar(select(func.count()).select_from(table)) or 0


def copy(source: Connection, target: Connection, table: Table, say: Progress) -> Fingerprint:
    """Copy every row in one statement of the target's transaction; return what was copied.

    No trigger of the table's own runs: a copy adds nothing and computes nothing. Foreign keys and
    checks do hold.
    """
    seen = Fingerprint()
    canonical = Canonical(table)
    with _triggers_rest(target, table):
        try:
            with _raw(target).cursor() as cursor, cursor.copy(_copy_statement(table)) as out:
                for row in read(source, table):
                    out.write_row(row)
                    seen.add(canonical(row))
                    if seen.rows % _STEP == 0:
                        say(f"  {table.name}: {seen.rows:,} rows so far")
        except (psycopg.DataError, psycopg.IntegrityError) as error:
            raise CannotMove(
                f"Table {table.name} cannot be copied as it is. PostgreSQL says: {error}"
            ) from error
    return seen


class Canonical:
    """A row's values as bytes that are the same whichever database they were read from."""

    def __init__(self, table: Table) -> None:
        self._is_json = [isinstance(column.type, JSON) for column in table.c]

    def __call__(self, row: Sequence[Any]) -> Iterator[bytes]:
        for value, is_json in zip(row, self._is_json, strict=True):
            if is_json and value is not None:
                # A database may order the keys, or write the numbers, its own way.
                yield b"j" + json.dumps(json.loads(value), sort_keys=True).encode()
            else:
                yield _canonical(value)


def _canonical(value: Any) -> bytes:
    match value:
        case None:
            return b"-"
        case bool():
            return b"b1" if value else b"b0"
        case int():
            return b"i%d" % value
        case str():
            return b"s" + value.encode()
        case bytes() | memoryview():
            return b"y" + bytes(value)
        case float():
            return b"f" + value.hex().encode()
        case Decimal():
            return b"d" + format(value.normalize(), "f").encode()
        case datetime() | date():
            return b"t" + value.isoformat().encode()
    raise CannotMove(f"A value of type {type(value).__name__} has no canonical form.")


def _kept(column: Any) -> Any:
    """The column as the database keeps it, not as the model shows it."""
    match column.type:
        case UtcDateTime():
            return type_coerce(column, DateTime())
        case JSON():
            return cast(column, Text()).label(column.name)  # tells NULL from a JSON null
        case Enum():
            return type_coerce(column, String())
    return column


def _copy_statement(table: Table) -> sql.Composed:
    return sql.SQL("COPY {} ({}) FROM STDIN").format(
        sql.Identifier(table.name),
        sql.SQL(", ").join(sql.Identifier(column.name) for column in table.c),
    )


def _raw(connection: Connection) -> psycopg.Connection[Any]:
    return cast_type(psycopg.Connection[Any], connection.connection.driver_connection)


@contextmanager
def _triggers_rest(connection: Connection, table: Table) -> Iterator[None]:
    """While it lasts, the table's own triggers do not run; those of foreign keys do."""
    name = connection.dialect.identifier_preparer.format_table(table)
    own = text(
        "SELECT count(*) FROM pg_trigger WHERE tgrelid = CAST(:name AS regclass) "
        "AND NOT tgisinternal"
    )
    has_own = connection.scalar(own, {"name": name})
    if has_own:
        connection.execute(text(f"ALTER TABLE {name} DISABLE TRIGGER USER"))
    yield  # after an error the transaction is lost, and the setting with it
    if has_own:
        connection.execute(text(f"ALTER TABLE {name} ENABLE TRIGGER USER"))
