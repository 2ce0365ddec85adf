"""vectors in PostgreSQL, where it has pgvector"""

import logging
from pathlib import Path

from alembic import op
from sqlalchemy.exc import NotSupportedError

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

log = logging.getLogger("alembic")
SQL = Path(__file__).parent.parent / "sql" / "vectors.sql"


def upgrade():
    connection = op.get_bind()
    if connection.dialect.name != "postgresql":
        return
    savepoint = connection.begin_nested()
    try:
        connection.exec_driver_sql(SQL.read_text())
    except NotSupportedError as error:
        savepoint.rollback()
        sentence = error.orig.diag.message_primary
        log.warning(
            "%s Until then vectors are searched in files, which needs nothing. "
            "Afterwards run: flask matching build-vectors",
            sentence,
        )
    else:
        savepoint.commit()


def downgrade():
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP TRIGGER IF EXISTS vectors_follow ON embeddings")
        op.execute("DROP TRIGGER IF EXISTS vectors_empty ON embeddings")
        op.execute("DROP SCHEMA IF EXISTS vectors CASCADE")
