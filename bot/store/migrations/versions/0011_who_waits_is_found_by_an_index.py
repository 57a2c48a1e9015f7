"""who waits is found by an index"""

from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

NAME = "ix_enrolments_state_ended_at"


def upgrade() -> None:
    op.create_index(NAME, "enrolments", ["state", "ended_at"])


def downgrade() -> None:
    op.drop_index(NAME, "enrolments")
