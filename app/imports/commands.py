"""`flask profiles import` and `flask jobs import`: rows of a CSV file, each bad one reported."""

import csv
from collections import Counter
from contextlib import ExitStack
from functools import partial
from pathlib import Path
from typing import Any

import click
from sqlalchemy.exc import DBAPIError

from app.errors import Invalid
from app.imports import jobs as job_rows
from app.imports import profiles as profile_rows
from app.imports.rows import Fate, Importer, Result, import_all
from app.imports.tables import Columns, Table
from app.web.database import db

MOST_SHOWN = 200
_FILE = click.Path(path_type=Path)
_THEY_AGREED = click.option(
    "--they-agreed",
    is_flag=True,
    help="Publish at once what the file says is published: its people have agreed on paper.",
)


@click.group("profiles")
def profiles() -> None:
    """Freelancers' profiles."""


@click.group("jobs")
def jobs() -> None:
    """Clients' jobs."""


@profiles.command("import")
@click.argument("file", type=_FILE)
@click.option("--errors", type=_FILE, help="Write the refused rows here, each with its reason.")
@_THEY_AGREED
def import_profiles(file: Path, errors: Path | None, they_agreed: bool) -> None:
    """Make people and profiles from FILE, a CSV; the columns stand in docs/imports.md.

    Each person gets a letter with the link to their login, and publishes the profile or not.
    """
    one = partial(profile_rows.import_row, they_agreed=they_agreed)
    _run(file, errors, profile_rows.COLUMNS, one)


@jobs.command("import")
@click.argument("file", type=_FILE)
@click.option("--errors", type=_FILE, help="Write the refused rows here, each with its reason.")
@_THEY_AGREED
def import_jobs(file: Path, errors: Path | None, they_agreed: bool) -> None:
    """Make clients and jobs from FILE, a CSV; the columns stand in docs/imports.md.

    Each new client gets a letter with the link to their login, and publishes the jobs or not.
    """
    _run(file, errors, job_rows.COLUMNS, partial(job_rows.import_row, they_agreed=they_agreed))


def _run(file: Path, errors: Path | None, columns: Columns, one: Importer) -> None:
    fates: Counter[Fate] = Counter()
    shown: list[str] = []
    with ExitStack() as open_files:
        try:
            table = Table(file, columns)
            refused = _writer(open_files, file, errors, table)
            with click.progressbar(length=table.count, label=f"Importing {file.name}") as bar:
                for result in import_all(db.engine, table, columns.every, one):
                    fates[result.fate] += 1
                    shown += _told(result)[: MOST_SHOWN + 1 - len(shown)]
                    if refused and result.fate is Fate.REFUSED:
                        refused.writerow(_explained(result, len(table.names)))
                    bar.update(1)
        except Invalid as refusal:
            raise click.ClickException(f"{file}: {refusal}") from refusal
        except DBAPIError as error:
            raise click.ClickException(
                f"The database refuses ({error.orig}). Good rows up to here are kept; import the "
                "file again once it is up to date (flask db upgrade) and free."
            ) from error
    for line in shown[:MOST_SHOWN]:
        click.echo(line, err=True)
    if len(shown) > MOST_SHOWN:
        click.echo("… and more. Write them all to a file with --errors.", err=True)
    click.echo(
        f"{fates[Fate.IMPORTED]:,} imported, {fates[Fate.KNOWN]:,} here already, "
        f"{fates[Fate.REFUSED]:,} refused."
    )
    if fates[Fate.IMPORTED]:
        click.echo("The worker writes to everybody who is new.")
    if fates[Fate.REFUSED]:
        raise SystemExit(1)


def _writer(open_files: ExitStack, file: Path, errors: Path | None, table: Table) -> Any:
    """A writer of refused rows, or None when nobody asked for one."""
    if errors is None:
        return None
    if errors.exists() and errors.samefile(file):
        raise Invalid("The refused rows need another file than the one they come from.")
    try:
        opened = open_files.enter_context(errors.open("w", encoding="utf-8-sig", newline=""))
    except OSError as error:
        raise Invalid("%(path)s cannot be written.", path=errors) from error
    writer = csv.writer(opened)
    writer.writerow([*table.names, "line", "reason"])
    return writer


def _told(result: Result) -> list[str]:
    """What a person reads about a row."""
    begin = f"Line {result.row.line}"
    kind = ", refused" if result.fate is Fate.REFUSED else ""
    return [
        f"{begin}{kind}{f', {problem.column}' if problem.column else ''}: {problem.reason}"
        for problem in result.problems
    ]


def _explained(result: Result, columns: int) -> list[str]:
    """A refused row with its line and its reasons."""
    reasons = " ".join(
        f"{problem.column}: {problem.reason}" if problem.column else problem.reason
        for problem in result.problems
    )
    cells = list(result.row.cells)
    return [*cells, *[""] * (columns - len(cells)), str(result.row.line), reasons]
