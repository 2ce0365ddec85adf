"""parks and companies told apart by folded names; room for the longest address and subject"""

import hashlib
import unicodedata

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

LONGEST_KEY = 300
# As in app.texts on the day of this migration.
DRAWN_AS_NOTHING = frozenset("\u115f\u1160\u2800\u3164\uffa0\U0001d159")

parks = sa.table("parks", sa.column("id"), sa.column("name"), sa.column("city"), sa.column("key"))
companies = sa.table(
    "tenant_companies",
    *(sa.column("id"), sa.column("park_id"), sa.column("name"), sa.column("key")),
)


def upgrade():
    with op.batch_alter_table("attempts") as table:
        table.alter_column("key", type_=sa.String(LONGEST_KEY), existing_nullable=False)
        table.alter_column("about", type_=sa.String(LONGEST_KEY), existing_nullable=True)
    with op.batch_alter_table("kept_letters") as table:
        table.alter_column("subject", type_=sa.Text(), existing_nullable=False)
    # Not in a batch: it would copy the table and lose its CHECK constraints. So the default stays.
    op.add_column("parks", _key())
    _fill(parks, lambda row: _joined(_folded(row.name), _folded(row.city)))
    op.create_index("uq_parks_key", "parks", ["key"], unique=True)
    op.add_column("tenant_companies", _key())
    _fill(companies, lambda row: _joined(_folded(row.name)), within="park_id")
    with op.batch_alter_table("tenant_companies") as table:
        table.alter_column("key", server_default=None, existing_type=sa.String(LONGEST_KEY))
        table.drop_constraint("uq_tenant_companies_park_id_name", type_="unique")
        table.create_unique_constraint("uq_tenant_companies_park_id_key", ["park_id", "key"])


def downgrade():
    with op.batch_alter_table("tenant_companies") as table:
        table.drop_constraint("uq_tenant_companies_park_id_key", type_="unique")
        table.create_unique_constraint("uq_tenant_companies_park_id_name", ["park_id", "name"])
        table.drop_column("key")
    op.drop_index("uq_parks_key", "parks")
    op.drop_column("parks", "key")
    op.execute("UPDATE kept_letters SET subject = substr(subject, 1, 200)")
    with op.batch_alter_table("kept_letters") as table:
        table.alter_column("subject", type_=sa.String(200), existing_nullable=False)
    op.execute(
        "DELETE FROM attempts WHERE length(key) > 200 OR length(about) > 200"
    )  # they would be forgotten in a day
    with op.batch_alter_table("attempts") as table:
        table.alter_column("key", type_=sa.String(200), existing_nullable=False)
        table.alter_column("about", type_=sa.String(200), existing_nullable=True)


def _key():
    return sa.Column("key", sa.String(LONGEST_KEY), nullable=False, server_default="")


def _fill(table, key_of, within=None):
    """Give each row its key. What is there twice stays: the later ones get a key of their own."""
    connection = op.get_bind()
    taken = set()
    for row in connection.execute(sa.select(table).order_by(table.c.id)).all():
        key, scope = key_of(row), getattr(row, within) if within else None
        if (scope, key) in taken:
            key = _joined(key, str(row.id))
        taken.add((scope, key))
        connection.execute(sa.update(table).where(table.c.id == row.id).values(key=key))


def _joined(*parts):
    whole = "\n".join(parts)
    if len(whole) <= LONGEST_KEY:
        return whole
    digest = hashlib.sha256(whole.encode()).hexdigest()
    return whole[: LONGEST_KEY - len(digest)] + digest


def _folded(name):
    folded = _folded_once(name)
    while (again := _folded_once(folded)) != folded:
        folded = again
    return folded


def _folded_once(text):
    caseless = unicodedata.normalize("NFC", unicodedata.normalize("NFC", text).casefold())
    shown = (
        one
        for one in caseless
        if one.isspace()
        or (one not in DRAWN_AS_NOTHING and unicodedata.category(one) not in ("Cc", "Cf"))
    )
    return unicodedata.normalize("NFC", " ".join("".join(shown).split()))
