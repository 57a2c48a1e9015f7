"""what of a plan was shown"""

import sqlalchemy as sa
from alembic import op

import bot.store.types

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "plan_readings",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("version_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("person_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("part", sa.Text(), nullable=False),
        sa.Column("at", bot.store.types.Instant(), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_plan_readings_person_id")),
        sa.ForeignKeyConstraint(["version_id"], ["template_versions.id"], name=op.f("fk_plan_readings_version_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_plan_readings")),
        sa.UniqueConstraint("version_id", "person_id", "part", name=op.f("uq_plan_readings_version_id_person_id_part")),
        sqlite_autoincrement=True,
        sqlite_strict=True,
    )
    with op.batch_alter_table("plan_readings", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_plan_readings_person_id"), ["person_id"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("plan_readings", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_plan_readings_person_id"))

    op.drop_table("plan_readings")
