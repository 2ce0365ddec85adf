"""the names of skills without blanks and dots, looked up by an index"""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade():
    with op.batch_alter_table("skill_names") as table:
        table.add_column(sa.Column("joined", sa.String(200), nullable=False, server_default=""))
    op.execute("""UPDATE skill_names SET joined = replace(replace("key", ' ', ''), '.', '')""")
    with op.batch_alter_table("skill_names") as table:
        table.alter_column("joined", server_default=None)
        table.create_index(op.f("ix_skill_names_joined"), ["joined"])


def downgrade():
    with op.batch_alter_table("skill_names") as table:
        table.drop_index(op.f("ix_skill_names_joined"))
        table.drop_column("joined")
