"""A receipt knows in which row of the audit it entered, so that one that commits late enters too."""

import json
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"

_A = sa.table("audit", sa.column("newsroom"), sa.column("seq"), sa.column("act"), sa.column("detail"))
_R = sa.table("receipt", sa.column("id"), sa.column("delivery_uid"), sa.column("audit_seq"))
_D = sa.table("delivery", sa.column("uid"), sa.column("newsroom"))


def upgrade() -> None:
    """Apply."""
    op.add_column("receipt", sa.Column("audit_seq", sa.Integer(), nullable=True))
    connection = op.get_bind()
    for row in connection.execute(sa.select(_A).where(_A.c.act == "receipts").order_by(_A.c.newsroom, _A.c.seq)).all():
        _mark(connection, row)
    op.create_index(
        "ix_receipt_not_audited",
        "receipt",
        ["id"],
        unique=False,
        sqlite_where=sa.text("audit_seq IS NULL"),
        postgresql_where=sa.text("audit_seq IS NULL"),
    )
    op.create_index("ix_receipt_audit_seq", "receipt", ["audit_seq"], unique=False)


def _mark(connection: Any, row: Any) -> None:
    said = json.loads(row.detail)
    mine = sa.and_(
        _R.c.id >= said["first"],
        _R.c.id <= said["last"],
        _R.c.delivery_uid.in_(sa.select(_D.c.uid).where(_D.c.newsroom == row.newsroom)),
    )
    # Where more stand now than entered then, some came late and nobody can tell which: all enter anew, in the next batch.
    if connection.execute(sa.select(sa.func.count()).select_from(_R).where(mine)).scalar() == said["count"]:
        connection.execute(sa.update(_R).where(mine).values(audit_seq=row.seq))
