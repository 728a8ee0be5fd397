"""What is due is found by an index in which only what may leave stands; what must wait is parked outside."""

import sqlalchemy as sa
import sqlmodel
from alembic import op

revision = "0006"
down_revision = "0005"

_READY = "state IN ('planned', 'waiting')"
_IN_ORDER = ["newsroom", "channel", "priority", "planned_at", "seq", "uid"]


def upgrade() -> None:
    """Apply."""
    op.add_column("delivery", sa.Column("parked_until_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True))
    op.drop_index("ix_delivery_due", table_name="delivery")
    op.create_index("ix_delivery_channel", "delivery", ["newsroom", "channel"], unique=False)
    _create("ix_delivery_queue", f"{_READY} AND parked_until_at IS NULL", _IN_ORDER)
    _create("ix_delivery_doubt", "state = 'unknown' AND needs_person IS {no}", _IN_ORDER)
    _create("ix_delivery_parked", "parked_until_at IS NOT NULL", ["newsroom", "parked_until_at"])
    _create("ix_delivery_ready", "state IN ('waiting', 'planned')", ["newsroom", "channel"])
    _create("ix_delivery_busy", "state IN ('claimed', 'held')", ["newsroom", "state", "channel"])
    _create("ix_delivery_time", "state IN ('planned', 'waiting', 'unknown') AND needs_person IS {no}", ["newsroom", "not_before_at"])
    op.create_index("ix_message_plan", "message", ["newsroom", "needs_plan"], unique=False)
    op.create_index("ix_message_end", "message", ["newsroom", "ended_at", "expires_at"], unique=False)


def _create(name: str, condition: str, columns: list[str]) -> None:
    sqlite, postgresql = (sa.text(condition.format(no=no)) for no in ("0", "false"))
    op.create_index(name, "delivery", columns, unique=False, sqlite_where=sqlite, postgresql_where=postgresql)
