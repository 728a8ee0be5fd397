"""Where, and in whose name, a rendition was approved to leave."""

import sqlalchemy as sa
import sqlmodel
from alembic import op

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    """Apply; what was approved before says nothing of it, and is not asked."""
    text = sqlmodel.sql.sqltypes.AutoString()
    op.add_column("rendition", sa.Column("destination", text, nullable=False, server_default="{}"))
