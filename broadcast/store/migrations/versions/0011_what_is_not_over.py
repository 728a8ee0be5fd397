"""What is told of messages that are over is found by an index: what is in doubt, and takedowns that were not done."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"


def upgrade() -> None:
    """Apply."""
    op.drop_index("ix_message_open", table_name="message")
    op.create_index("ix_message_open", "message", ["newsroom", "ended_at", "uid"], unique=False)
    _create("ix_delivery_unknown", "state = 'unknown'")
    _create("ix_delivery_not_down", "action = 'take_down' AND state IN ('handed_over', 'refused')")


def _create(name: str, condition: str) -> None:
    where = sa.text(condition)
    op.create_index(name, "delivery", ["newsroom", "message_uid"], unique=False, sqlite_where=where, postgresql_where=where)
