"""What becomes of a row: imported, here already, or refused with its reasons."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy import Connection, Engine
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app.db import transaction
from app.errors import DomainError
from app.imports.tables import Row, Table


@dataclass(frozen=True)
class Problem:
    """Something about one cell, or about the whole row."""

    reason: str
    column: str | None = None


class Refused(Exception):
    """The row breaks a rule of the pages; nothing of it is kept."""

    def __init__(self, *problems: Problem) -> None:
        super().__init__("; ".join(problem.reason for problem in problems))
        self.problems = problems


@contextmanager
def gathered(problems: list[Problem]) -> Iterator[None]:
    """Keep what is refused inside, so that a row is told all its problems at once."""
    try:
        yield
    except Refused as refusal:
        problems += refusal.problems


class Fate(StrEnum):
    """What became of a row."""

    IMPORTED = "imported"
    KNOWN = "known"
    REFUSED = "refused"


@dataclass(frozen=True)
class Result:
    """One row's fate; of an imported one, the problems are warnings."""

    row: Row
    fate: Fate
    problems: Sequence[Problem] = ()


Cells = Mapping[str, str]
"""Trimmed cells by column; a column the file does not have is empty."""
Importer = Callable[[Session, Cells], tuple[Fate, list[Problem]]]


def import_all(
    engine: Engine | Connection, table: Table, columns: Sequence[str], one: Importer
) -> Iterator[Result]:
    """Import row by row, each in a transaction of its own, so that no row is half there."""
    for row in table.rows():
        yield _import(engine, table, columns, one, row)


def _import(
    engine: Engine | Connection, table: Table, columns: Sequence[str], one: Importer, row: Row
) -> Result:
    if len(row.cells) != len(table.names):
        reason = f"{len(row.cells)} cells, where the first line has {len(table.names)}."
        return Result(row, Fate.REFUSED, [Problem(reason)])
    cells = dict.fromkeys(columns, "")
    cells |= zip(table.names, (cell.strip() for cell in row.cells), strict=True)
    try:
        with transaction(engine) as session:
            fate, warnings = one(session, cells)
    except Refused as refusal:
        return Result(row, Fate.REFUSED, refusal.problems)
    except DomainError as refusal:
        return Result(row, Fate.REFUSED, [Problem(str(refusal))])
    except IntegrityError:
        reason = "Somebody else has just written the same. Import the file again."
        return Result(row, Fate.REFUSED, [Problem(reason)])
    return Result(row, fate, warnings)
