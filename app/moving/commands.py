"""`flask move-to` copies the site to an empty PostgreSQL and checks that it arrived whole."""

import click
from flask.cli import with_appcontext
from sqlalchemy.exc import OperationalError

from app.config import driver_url
from app.db import Base, connect
from app.matching.vector_table import fill
from app.moving.errors import CannotMove
from app.moving.move import Move, Report
from app.web.database import db


@click.command("move-to")
@click.argument("url")
@with_appcontext
def move_to(url: str) -> None:
    """Copy everything to the empty PostgreSQL at URL, and compare both sides.

    Stop the site and its worker first. Stopped half way, it is run again and goes on.
    """
    url = driver_url(url)
    if not url.startswith("postgresql"):
        raise click.ClickException("A site moves to PostgreSQL: name it as postgresql://...")
    target = connect(url)
    try:
        report = Move(db.engine, target, Base.metadata, finish=fill, say=click.echo).run()
    except CannotMove as error:
        raise click.ClickException(str(error)) from error
    except OperationalError as error:
        raise click.ClickException(
            f"The database cannot be reached or fails: {error.orig}"
        ) from error
    finally:
        target.dispose()
    for line in _table(report):
        click.echo(line)


def _table(report: Report) -> list[str]:
    lines = ["", f"{'table':<20}{'rows':>12}  {'fingerprint':<18}"]
    for one in report.compared:
        rows, mark = one.source.rows, str(one.source)[:16]
        lines.append(f"{one.table.name:<20}{rows:>12,}  {mark:<18}equal")
    lines += ["", f"{'money':<34}{'sum in minor units':>20}"]
    for total in report.totals:
        name = f"{total.column} {total.currency or ''}"
        lines.append(f"{name:<34}{total.source:>20,}  equal")
    words = "was there already; nothing was written" if report.was_there else "is there"
    lines += ["", f"All of it {words}. Start the site with DATABASE_URL set to the new address."]
    return lines
