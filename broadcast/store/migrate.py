"""Upgrading a database with Alembic; loaded only when there is something to do."""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from alembic.util.exc import CommandError
from sqlalchemy import Engine

from broadcast.errors import StoreError


def upgrade(engine: Engine, version: str | None) -> None:
    """Bring the tables to the latest migration, all or nothing.

    Raises:
        StoreError: the database was written by a newer Broadcast.
    """
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    known = {script.revision for script in ScriptDirectory.from_config(config).walk_revisions()}
    if version is not None and version not in known:
        raise StoreError(
            f"base de données : version {version} : écrite par une version plus récente de Broadcast ; mettez le programme à jour"
        )
    with engine.connect().execution_options(writes=True) as connection, connection.begin():
        config.attributes["connection"] = connection
        try:
            command.upgrade(config, "head")
        except CommandError as error:
            raise StoreError(f"base de données : migration impossible : {error}") from error
