"""effects that merely make a page say more wait for those that somebody waits for"""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade():
    priority = sa.Column("priority", sa.SmallInteger(), server_default="0", nullable=False)
    op.add_column("effects", priority)


def downgrade():
    op.drop_column("effects", "priority")
