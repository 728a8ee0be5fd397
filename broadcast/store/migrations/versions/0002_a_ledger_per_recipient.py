"""A ledger per recipient; a board of ten thousand messages found by slug and by urgency."""

import sqlalchemy as sa
import sqlmodel
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Apply."""
    text = sqlmodel.sql.sqltypes.AutoString()
    op.create_table(
        "recipient",
        sa.Column("delivery_uid", text, nullable=False),
        sa.Column("address", text, nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("state", text, nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("reason", text, nullable=False),
        sa.PrimaryKeyConstraint("delivery_uid", "address"),
    )
    op.create_index("ix_recipient_state", "recipient", ["delivery_uid", "state", "position"], unique=False)
    op.execute("ALTER TABLE board_entry RENAME COLUMN priority TO urgency")
    op.execute("UPDATE board_entry SET urgency = -urgency")
    op.drop_index("ix_board_live", table_name="board_entry")
    op.create_index("ix_board_live", "board_entry", ["newsroom", "channel", "ended_at", "urgency", "seq"], unique=False)
    op.create_index("ix_board_slug", "board_entry", ["newsroom", "channel", "slug"], unique=False)
