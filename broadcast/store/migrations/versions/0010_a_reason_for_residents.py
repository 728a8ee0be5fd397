"""Why a message was withdrawn, in words that are meant for residents."""

import sqlalchemy as sa
import sqlmodel
from alembic import op

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    """Apply; what was withdrawn before has told residents nothing."""
    text = sqlmodel.sql.sqltypes.AutoString()
    op.add_column("message", sa.Column("public_reason", text, nullable=False, server_default=""))
    op.add_column("board_entry", sa.Column("public_reason", text, nullable=False, server_default=""))
