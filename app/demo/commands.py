"""`flask seed` fills an empty database with demo data, `flask demo sign-ins` says who signs in."""

import click
from flask import current_app
from sqlalchemy import select
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlalchemy.orm import Session

from app.accounts.models import User
from app.accounts.passwords import hash_password
from app.clock import now
from app.demo import cast, seeding, sources
from app.errors import Conflict
from app.web.database import db

MOST_FREELANCERS = 1_000_000
MOST_JOBS = 100_000


@click.command("seed")
@click.option("--freelancers", default=2000, type=click.IntRange(1, MOST_FREELANCERS))
@click.option("--jobs", default=300, type=click.IntRange(0, MOST_JOBS))
@click.option("--seed", default=7, help="Another number gives other people.")
def seed_command(freelancers: int, jobs: int, seed: int) -> None:
    """Fill an empty database with invented parks' people, clients and jobs, all marked as demo."""
    if not current_app.extensions["hunar"].config.demo:
        raise click.ClickException(
            "This is no demonstration (HUNAR_DEMO=0), and demo people have a known password."
        )
    password = sources.read().sign_ins["password"]
    try:
        with Session(db.engine) as session:
            seeding.refuse_people(session)
        plan = seeding.Plan(freelancers, jobs, seed, now(), hash_password(password))
        with click.progressbar(length=freelancers + jobs, label="Writing demo data") as bar:
            for written in seeding.seed(db.engine, plan):
                bar.update(written)
    except Conflict as refusal:
        click.echo(refusal)
        return
    except IntegrityError as error:
        raise click.ClickException("Somebody else has written to this database.") from error
    except DBAPIError as error:
        raise click.ClickException(
            f"The database refuses ({error.orig}). Is it up to date (flask db upgrade) and free?"
        ) from error
    click.echo(f"{freelancers:,} freelancers and {jobs:,} jobs. Every demo password: {password}")


@click.group("demo")
def demo() -> None:
    """The demo data."""


@demo.command("sign-ins")
def sign_ins() -> None:
    """Show one sign-in for each role, as far as they are in the database."""
    given = sources.read().sign_ins
    wanted = {given[role.value]["email"]: role for role in cast.SIGN_INS}
    with Session(db.engine) as session:
        there = set(session.scalars(select(User.email).where(User.email.in_(wanted), User.is_demo)))
    for email, role in wanted.items():
        if email in there:
            click.echo(f"{role.value:<12}{email:<28}{given['password']}")
