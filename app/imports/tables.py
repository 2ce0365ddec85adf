"""Reading a CSV file with known columns: checked as a whole first, then row by row."""

import csv
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from app.errors import Invalid

MOST_BYTES = 256 * 1024 * 1024
# What the file of refused rows has besides; it is imported again once it is mended.
OURS = ("line", "reason")


@dataclass(frozen=True)
class Columns:
    """The columns a file must have and those it may have."""

    needed: tuple[str, ...]
    others: tuple[str, ...] = ()

    @property
    def every(self) -> tuple[str, ...]:
        return self.needed + self.others


@dataclass(frozen=True)
class Row:
    """One row: the line it begins on, and its cells."""

    line: int
    cells: tuple[str, ...]


class Table:
    """A file that parses: `names` are its columns in their order, `count` its rows."""

    def __init__(self, path: Path, columns: Columns) -> None:
        """Read the file through once; raises `Invalid` with a sentence on what is wrong with it."""
        self.path = path
        self.names = _names(_first(path), columns)
        self.count = sum(1 for _ in self.rows())

    def rows(self) -> Iterator[Row]:
        """The rows in their order; lines without any text are passed over."""
        return (Row(line, tuple(cells)) for line, cells in islice(_lines(self.path), 1, None))


def _first(path: Path) -> list[str]:
    if not path.is_file():
        raise Invalid("There is no file %(path)s.", path=path)
    if path.stat().st_size > MOST_BYTES:
        raise Invalid("The file is larger than %(n)d MB. Part it.", n=MOST_BYTES // 1024**2)
    first = next(_lines(path), None)
    if first is None:
        raise Invalid("The file is empty.")
    return first[1]


def _names(header: list[str], columns: Columns) -> tuple[str, ...]:
    names = tuple(cell.strip().lower().replace(" ", "_") for cell in header)
    missing = [name for name in columns.needed if name not in names]
    unknown = [name for name in names if name not in columns.every + OURS]
    if missing:
        raise Invalid(
            "The first line must name the columns, separated by commas; missing: %(names)s.",
            names=", ".join(missing),
        )
    if unknown:
        raise Invalid("The first line names unknown columns: %(names)s.", names=_quoted(unknown))
    if len(set(names)) < len(names):
        raise Invalid("The first line names a column twice.")
    return names


def _quoted(names: Collection[str]) -> str:
    return ", ".join(f"“{name[:40]}”" for name in list(names)[:5])


def _lines(path: Path) -> Iterator[tuple[int, list[str]]]:
    """Each row with the line it begins on; raises `Invalid` where the file does not parse."""
    line = 1
    try:
        # Excel writes a mark in front (BOM); "-sig" takes it away.
        with path.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.reader(_without_nul(file), strict=True, skipinitialspace=True)
            for cells in reader:
                if any(cell.strip() for cell in cells):
                    yield line, cells
                line = reader.line_num + 1
    except UnicodeDecodeError as error:
        raise Invalid("The file is not in UTF-8. Save it as “CSV UTF-8”.") from error
    except csv.Error as error:
        raise Invalid(
            "The file is no CSV from line %(line)d on: %(why)s.", line=line, why=error
        ) from error
    except OSError as error:
        raise Invalid("The file cannot be read: %(why)s.", why=error.strerror) from error


def _without_nul(file: Iterator[str]) -> Iterator[str]:
    for number, line in enumerate(file, start=1):
        if "\0" in line:
            raise Invalid("Line %(line)d holds a NUL character: this is no text.", line=number)
        yield line
