"""who is seen"""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade():
    op.create_table(
        "exposures",
        sa.Column("profile_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("seen", sa.Double(), nullable=False),
        sa.ForeignKeyConstraint(
            ["profile_id"],
            ["profiles.id"],
            name=op.f("fk_exposures_profile_id_profiles"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("profile_id", name=op.f("pk_exposures")),
    )
    op.create_table(
        "fairness_reports",
        sa.Column("counted_on", sa.Date(), nullable=False),
        sa.Column("figures", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("counted_on", name=op.f("pk_fairness_reports")),
    )


def downgrade():
    op.drop_table("fairness_reports")
    op.drop_table("exposures")
