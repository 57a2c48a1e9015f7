"""concerns that somebody has are found by an index"""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("concerns", schema=None) as batch_op:
        batch_op.create_index(
            "ix_concerns_owned",
            ["deadline_at"],
            unique=False,
            sqlite_where=sa.text("state = 'owned'"),
            postgresql_where=sa.text("state = 'owned'"),
        )


def downgrade() -> None:
    with op.batch_alter_table("concerns", schema=None) as batch_op:
        batch_op.drop_index(
            "ix_concerns_owned", sqlite_where=sa.text("state = 'owned'"), postgresql_where=sa.text("state = 'owned'")
        )
