"""indexes of what is looked for"""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

PLANNED = "state = 'planned'"
REMIND = "state IN ('asked', 'open') AND remind_at IS NOT NULL"
UNANSWERED = "state IN ('missed', 'late')"
NOT_CLOSED = "state IN ('open', 'owned')"
LOST = "kind != 'broadcast' AND state IN ('failed', 'suppressed', 'missed')"
UNCERTAIN = "state = 'uncertain'"
FRESH = (
    ("checkins", "ix_checkins_remind", ["remind_at"], REMIND),
    ("checkins", "ix_checkins_unanswered", ["closed_at", "person_id"], UNANSWERED),
    ("concerns", "ix_concerns_not_closed", ["id", "state"], NOT_CLOSED),
    ("deliveries", "ix_deliveries_lost", ["not_after"], LOST),
    ("deliveries", "ix_deliveries_uncertain", ["done_at"], UNCERTAIN),
)


def upgrade() -> None:
    op.drop_index("ix_checkins_due", "checkins")
    _create("checkins", "ix_checkins_due", ["due_at", "id", "kind"], PLANNED)
    for one in FRESH:
        _create(*one)


def downgrade() -> None:
    for table, name, _, _ in FRESH:
        op.drop_index(name, table)
    op.drop_index("ix_checkins_due", "checkins")
    _create("checkins", "ix_checkins_due", ["due_at"], PLANNED)


def _create(table: str, name: str, columns: list[str], where: str) -> None:
    op.create_index(name, table, columns, sqlite_where=sa.text(where), postgresql_where=sa.text(where))
