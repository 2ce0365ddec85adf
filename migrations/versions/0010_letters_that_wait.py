"""since when an effect is owed, and why an operator let it go"""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade():
    with op.batch_alter_table("effects") as table:
        table.add_column(sa.Column("promised_at", sa.DateTime(), nullable=True))
        table.add_column(sa.Column("note", sa.String(200), nullable=True))
    # The moment of the last try is the nearest that was kept.
    op.execute("UPDATE effects SET promised_at = due_at")
    with op.batch_alter_table("effects") as table:
        table.alter_column("promised_at", existing_type=sa.DateTime(), nullable=False)


def downgrade():
    with op.batch_alter_table("effects") as table:
        table.drop_column("note")
        table.drop_column("promised_at")
