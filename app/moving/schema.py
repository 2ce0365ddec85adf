"""The schema of the target, made by the product's own migrations and by nothing else."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine

FOLDER = Path(__file__).parent.parent.parent / "migrations"


def upgrade(engine: Engine) -> None:
    """Bring the engine's database to the newest migration; needs the application's context."""
    config = Config(str(FOLDER / "alembic.ini"))
    config.set_main_option("script_location", str(FOLDER))
    config.attributes["engine"] = engine
    command.upgrade(config, "head")


def is_current(connection: Connection) -> bool:
    """Tell whether the database has had every migration."""
    heads = MigrationContext.configure(connection).get_current_heads()
    return set(heads) == set(ScriptDirectory(str(FOLDER)).get_heads())
