"""Alembic's entry: runs the migrations on the connection handed in by `store.migrate`."""

from alembic import context
from sqlmodel import SQLModel

import broadcast.store.rows
import broadcast.store.rows_outbox
import broadcast.store.rows_relay  # noqa: F401  (they fill the metadata)

connection = context.config.attributes["connection"]
context.configure(
    connection=connection,
    target_metadata=SQLModel.metadata,
    transactional_ddl=True,
)
context.run_migrations()
