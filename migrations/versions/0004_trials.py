"""trials"""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade():
    op.create_table(
        "trials",
        sa.Column("model", sa.String(length=120), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column(
            "subject",
            sa.Enum(
                "profile",
                "job",
                name="subject",
                native_enum=False,
                create_constraint=True,
                length=20,
            ),
            nullable=False,
        ),
        sa.Column("subject_id", sa.Integer(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=True),
        sa.Column("titles", sa.LargeBinary(), nullable=True),
        sa.Column("terms", sa.Text(), nullable=True),
        sa.Column("used_on", sa.Date(), nullable=False),
        sa.PrimaryKeyConstraint("model", "digest", name=op.f("pk_trials")),
    )
    op.create_index(
        op.f("ix_trials_subject_trials_subject_id"), "trials", ["subject", "subject_id"]
    )
    op.create_index(op.f("ix_trials_used_on"), "trials", ["used_on"])
    op.create_index(
        "ix_trials_asked",
        "trials",
        ["used_on"],
        sqlite_where=sa.text("body IS NULL"),
        postgresql_where=sa.text("body IS NULL"),
    )


def downgrade():
    op.drop_table("trials")
