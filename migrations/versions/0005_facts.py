"""facts beside the encoded texts, and whose membership it is"""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade():
    # A copy of what stands elsewhere: the worker makes it anew, facts and all.
    op.execute("DELETE FROM embeddings")
    with op.batch_alter_table("embeddings") as table:
        table.add_column(sa.Column("facts", sa.Text(), nullable=False))
        table.add_column(sa.Column("version", sa.Integer(), nullable=False))
    with op.batch_alter_table("memberships") as table:
        table.create_index(op.f("ix_memberships_user_id"), ["user_id"])


def downgrade():
    with op.batch_alter_table("memberships") as table:
        table.drop_index(op.f("ix_memberships_user_id"))
    with op.batch_alter_table("embeddings") as table:
        table.drop_column("version")
        table.drop_column("facts")
