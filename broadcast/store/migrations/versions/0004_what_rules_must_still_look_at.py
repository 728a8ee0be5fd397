"""What rules must still look at; what a source's newest document says of itself."""

import sqlalchemy as sa
import sqlmodel
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Apply."""
    time = sqlmodel.sql.sqltypes.UTCDateTime()
    no = sa.false()
    op.add_column("feed", sa.Column("issued_at", time, nullable=True))
    op.add_column("feed", sa.Column("is_state", sa.Boolean(), nullable=False, server_default=no))
    op.add_column("entry", sa.Column("rules_due", sa.Boolean(), nullable=False, server_default=no))
    op.create_index("ix_entry_rules_due", "entry", ["newsroom", "rules_due"], unique=False)
