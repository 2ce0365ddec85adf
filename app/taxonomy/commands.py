"""`flask taxonomy`: build the shipped vocabulary, and load it into the database."""

from pathlib import Path

import click
from flask import current_app

from app.db import transaction
from app.taxonomy import occupations, skills, source
from app.web.database import db

FOLDER = click.Path(exists=True, file_okay=False, path_type=Path)


@click.group("taxonomy")
def taxonomy() -> None:
    """The vocabulary of skills and occupations."""


@taxonomy.command("build")
@click.option("--esco", required=True, type=FOLDER, help="folder of ESCO's English CSV files")
@click.option("--onet", required=True, type=FOLDER, help="folder of O*NET's text files")
def build(esco: Path, onet: Path) -> None:
    """Derive app/taxonomy/taxonomy.json.xz from the raw classifications."""
    made = source.build(esco, onet, Path(current_app.root_path) / "taxonomy" / "taxonomy.json.xz")
    click.echo(
        f"{made.skills:,} skills with {made.names:,} names and {made.occupations:,} occupations, "
        f"{made.digital} of them digital: {made.size_bytes:,} bytes."
    )


@taxonomy.command("load")
def load() -> None:
    """Bring the skills in the database up to the shipped vocabulary."""
    with transaction(db.engine) as session:
        changed = skills.load(session, occupations.read())
    click.echo(f"{changed:,} skills added or changed.")
