"""A database that replaced a newer one knows it: what left in between is looked for on the networks."""

import sqlalchemy as sa
import sqlmodel
from alembic import op

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    """Apply."""
    time = sqlmodel.sql.sqltypes.UTCDateTime()
    op.add_column("newsroom", sa.Column("restored_at", time, nullable=True))
    op.add_column("newsroom", sa.Column("restored_from_at", time, nullable=True))
