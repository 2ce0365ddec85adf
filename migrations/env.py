"""Alembic's way in: runs on the application's own engine, so that both databases migrate alike."""

from pathlib import Path

from alembic import context
from flask import current_app

HEAD = Path(__file__).parent / "HEAD"

target = current_app.extensions["migrate"].db


def write_head(_context, _revision, directives) -> None:
    """Keep the newest id in a file: two branches that both add a migration collide in git."""
    if directives and not directives[0].upgrade_ops.is_empty():
        HEAD.write_text(directives[0].rev_id + "\n")


def run() -> None:
    """Upgrade or downgrade inside one transaction."""
    # Who moves a site to another database gives that one's engine.
    engine = context.config.attributes.get("engine") or target.engine
    with engine.connect() as connection:
        _enforce_foreign_keys(connection, on=False)
        context.configure(
            connection=connection.execution_options(will_write=True),
            target_metadata=target.metadata,
            render_as_batch=True,
            compare_type=True,
            process_revision_directives=write_head,
            user_module_prefix="app.db.",
        )
        with context.begin_transaction():
            context.run_migrations()
        _enforce_foreign_keys(connection, on=True)


def _enforce_foreign_keys(connection, *, on: bool) -> None:
    # SQLite cannot change a table in place: batch mode copies it, and a copy must not be stopped
    # half way by the foreign keys that point at the original. The setting only takes outside a
    # transaction, hence on the driver's own connection.
    if connection.dialect.name == "sqlite":
        setting = "ON" if on else "OFF"
        connection.connection.dbapi_connection.execute(f"PRAGMA foreign_keys={setting}")


run()
