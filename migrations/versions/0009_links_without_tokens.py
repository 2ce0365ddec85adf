"""mailed links are rows without a token; no login before its letter is opened; tries of something

Links that were mailed before stop working: their pages offer a new letter. What lay there in clear
is taken out. Passwords that somebody chose for an address they had not proved open nothing more.
"""

import re

import idna
import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

ROLES = ("freelancer", "client", "manager", "operator")
LETTERS = {"verify", "known", "reset", "appointed"}
EFFECTS = sa.table(
    "effects",
    sa.column("id", sa.Integer()),
    sa.column("task", sa.String()),
    sa.column("payload", sa.JSON()),
    sa.column("finished_at", sa.DateTime()),
)


def role(name):
    return sa.Enum(*ROLES, name=name, native_enum=False, create_constraint=True, length=20)


def upgrade():
    op.drop_table("tokens")
    op.create_table(
        "sign_ups",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("nonce", sa.String(32), nullable=False),
        sa.Column("email", sa.String(254), nullable=False),
        sa.Column("name", sa.String(120), nullable=False),
        sa.Column("role", role("role"), nullable=False),
        sa.Column("language", sa.String(8), nullable=False),
        *_times(),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sign_ups")),
    )
    op.create_index(op.f("ix_sign_ups_email"), "sign_ups", ["email"])
    op.create_index(op.f("ix_sign_ups_expires_at"), "sign_ups", ["expires_at"])
    op.create_table(
        "password_links",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("nonce", sa.String(32), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        *_times(),
        sa.ForeignKeyConstraint(
            ["user_id"],
            ["users.id"],
            name=op.f("fk_password_links_user_id_users"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_password_links")),
    )
    op.create_index(op.f("ix_password_links_user_id"), "password_links", ["user_id"])
    op.create_index(op.f("ix_password_links_expires_at"), "password_links", ["expires_at"])
    with op.batch_alter_table("attempts") as table:
        table.add_column(sa.Column("about", sa.String(200), nullable=True))
    op.execute("UPDATE users SET password_hash = '!' WHERE email_verified_at IS NULL")
    connection = op.get_bind()
    _clean_effects(connection)
    _clean_kept_letters(connection)
    _spell_domains(connection)


def downgrade():
    with op.batch_alter_table("attempts") as table:
        table.drop_column("about")
    op.drop_table("password_links")
    op.drop_table("sign_ups")
    # What only the new code can carry out; who asked asks again.
    op.execute("DELETE FROM effects WHERE task = 'accounts.wish'")
    connection = op.get_bind()
    for row in _letters(connection):
        connection.execute(EFFECTS.delete().where(EFFECTS.c.id == row.id))
    op.create_table(
        "tokens",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("token_hash", sa.String(64), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column(
            "purpose",
            sa.Enum(
                "verify",
                "reset",
                name="purpose",
                native_enum=False,
                create_constraint=True,
                length=20,
            ),
            nullable=False,
        ),
        sa.Column("expires_at", sa.DateTime(), nullable=False),
        sa.Column("used_at", sa.DateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name=op.f("fk_tokens_user_id_users"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tokens")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_tokens_token_hash")),
    )
    op.create_index(op.f("ix_tokens_user_id"), "tokens", ["user_id"])


def _times():
    return (
        sa.Column("asked_at", sa.DateTime(), nullable=False),
        sa.Column("expires_at", sa.DateTime(), nullable=False),
        sa.Column("used_at", sa.DateTime(), nullable=True),
    )


def _letters(connection):
    rows = sa.select(EFFECTS).where(EFFECTS.c.task == "mail.send")
    return [row for row in connection.execute(rows) if row.payload.get("letter") in LETTERS]


def _clean_effects(connection):
    for row in _letters(connection):
        given = row.payload
        given["params"]["path"] = ""
        # Nobody is left without the letter that still waits: the worker writes a new one.
        wish = {"email": given["to"], "language": given["language"], "name": "", "role": ""}
        done = {"task": row.task, "payload": given}
        changes = done if row.finished_at else {"task": "accounts.wish", "payload": wish}
        connection.execute(EFFECTS.update().where(EFFECTS.c.id == row.id).values(**changes))


def _clean_kept_letters(connection):
    for id_, body in connection.execute(sa.text("SELECT id, body FROM kept_letters")).all():
        clean = re.sub(r"/(verify|new-password)/\S+", r"/\1/", body)
        if clean != body:
            connection.execute(
                sa.text("UPDATE kept_letters SET body = :body WHERE id = :id"),
                {"id": id_, "body": clean},
            )


def _spell_domains(connection):
    """Write each domain in ASCII, as it is looked up now; who is there twice stays twice."""
    known = dict(connection.execute(sa.text("SELECT email, id FROM users")).all())
    for email, id_ in known.items():
        local, _, domain = email.rpartition("@")
        if domain.isascii():
            continue
        try:
            spelled = f"{local}@{idna.encode(domain, uts46=True).decode()}"
        except idna.IDNAError:
            continue
        if spelled not in known and len(spelled) <= 254:
            connection.execute(
                sa.text("UPDATE users SET email = :email WHERE id = :id"),
                {"id": id_, "email": spelled},
            )
