"""After a claim was lost or a call was made again, the network is looked at once more: does it stand twice?"""

import sqlalchemy as sa
import sqlmodel
from alembic import op

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    """Apply."""
    text, time = sqlmodel.sql.sqltypes.AutoString(), sqlmodel.sql.sqltypes.UTCDateTime()
    op.create_table(
        "second_look",
        sa.Column("delivery_uid", text, nullable=False),
        sa.Column("newsroom", text, nullable=False),
        sa.Column("due_at", time, nullable=False),
        sa.Column("since_wall_at", time, nullable=False),
        sa.PrimaryKeyConstraint("delivery_uid"),
    )
    op.create_index("ix_second_look_due", "second_look", ["newsroom", "due_at"], unique=False)
