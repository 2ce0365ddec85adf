"""which forms were sent, and versions of profiles and parks"""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade():
    op.create_table(
        "submissions",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=40), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("path", sa.Text(), nullable=False),
        sa.Column("made_at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["user_id"],
            ["users.id"],
            name=op.f("fk_submissions_user_id_users"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_submissions")),
        sa.UniqueConstraint("user_id", "key", name=op.f("uq_submissions_user_id_key")),
    )
    op.create_index(op.f("ix_submissions_made_at"), "submissions", ["made_at"])
    for name in ("profiles", "parks"):
        op.add_column(name, sa.Column("version", sa.Integer(), nullable=False, server_default="1"))


def downgrade():
    for name in ("parks", "profiles"):
        op.drop_column(name, "version")
    op.drop_index(op.f("ix_submissions_made_at"), "submissions")
    op.drop_table("submissions")
