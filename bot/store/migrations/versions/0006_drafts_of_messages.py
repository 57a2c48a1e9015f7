"""drafts of messages"""

import sqlalchemy as sa
from alembic import op

import bot.store.types

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "template_drafts",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("topic", sa.Text(), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("serial", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("base_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("version_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("author_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("saved_at", bot.store.types.Instant(), nullable=False),
        sa.ForeignKeyConstraint(["author_id"], ["people.id"], name=op.f("fk_template_drafts_author_id")),
        sa.ForeignKeyConstraint(["base_id"], ["template_versions.id"], name=op.f("fk_template_drafts_base_id")),
        sa.ForeignKeyConstraint(["version_id"], ["template_versions.id"], name=op.f("fk_template_drafts_version_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_template_drafts")),
        sqlite_autoincrement=True,
        sqlite_strict=True,
    )
    with op.batch_alter_table("template_drafts", schema=None) as batch_op:
        batch_op.create_index(
            "ix_template_drafts_open",
            ["topic", "language"],
            unique=True,
            sqlite_where=sa.text("state = 'open'"),
            postgresql_where=sa.text("state = 'open'"),
        )
        batch_op.create_index(batch_op.f("ix_template_drafts_version_id"), ["version_id"], unique=False)
        batch_op.create_index("ix_template_drafts_words", ["topic", "language"], unique=False)

    with op.batch_alter_table("template_versions", schema=None) as batch_op:
        batch_op.add_column(sa.Column("retired_why", sa.Text(), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("template_versions", schema=None) as batch_op:
        batch_op.drop_column("retired_why")

    with op.batch_alter_table("template_drafts", schema=None) as batch_op:
        batch_op.drop_index("ix_template_drafts_words")
        batch_op.drop_index(batch_op.f("ix_template_drafts_version_id"))
        batch_op.drop_index(
            "ix_template_drafts_open",
            sqlite_where=sa.text("state = 'open'"),
            postgresql_where=sa.text("state = 'open'"),
        )

    op.drop_table("template_drafts")
