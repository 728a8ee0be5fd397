"""One statement for many rows, on SQLite: the parameters are made column by column.

SQLAlchemy makes them row by row, which takes longer than SQLite's own work. Other databases, where the
way there and back counts, are given the rows as usual.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from typing import Any

from sqlalchemy import Connection
from sqlalchemy.dialects import sqlite

#: Fewer rows go the usual way.
MIN_ROWS = 8

_Convert = Callable[[Any], Any] | None


def run_many(connection: Connection, statement: Any, rows: Sequence[Mapping[str, Any]]) -> None:
    """Execute a statement once for each row; how many rows of the table were touched not every driver knows.

    Args:
        connection: with an open transaction.
        statement: an insert or update that lives as long as the process (it is compiled once).
        rows: bound values by name; all have the same names.
    """
    if len(rows) < MIN_ROWS or connection.dialect.name != "sqlite":
        connection.execute(statement, rows)
        return
    made = _compiled(statement, tuple(rows[0]))
    if made is None:
        connection.execute(statement, rows)
        return
    sql, binds = made
    columns = [_column(name, convert, default, rows) for name, convert, default in binds]
    connection.exec_driver_sql(sql, list(zip(*columns, strict=True)))


@lru_cache(maxsize=64)
def _compiled(statement: Any, names: tuple[str, ...]) -> tuple[str, list[tuple[str, _Convert, Any]]] | None:
    """Return the SQL, and for each `?` its name, what makes a database value of it, and its value in the statement.

    None if a column has a default that SQLAlchemy works out row by row.
    """
    dialect = sqlite.dialect()
    compiled = statement.compile(dialect=dialect, column_keys=list(names))
    if compiled.insert_prefetch or compiled.update_prefetch:
        return None
    binds = [
        (name, compiled.binds[name].type.dialect_impl(dialect).bind_processor(dialect), compiled.params[name])
        for name in compiled.positiontup
    ]
    return str(compiled), binds


def _column(name: str, convert: _Convert, default: Any, rows: Sequence[Mapping[str, Any]]) -> list[Any]:
    values = [row[name] for row in rows] if name in rows[0] else [default] * len(rows)
    if convert is None:
        return values
    # Most rows of a pass carry the same time.
    known = {value: convert(value) for value in set(values)}
    return [known[value] for value in values]
