"""What cannot be read of a row costs that row, and is told; never the rows beside it."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from sqlalchemy.exc import SQLAlchemyError

from broadcast.errors import BroadcastError, DamagedRow, StoreError
from broadcast.store.base import Tx

_T = TypeVar("_T")
_log = logging.getLogger("broadcast.store")
#: What reading the content of a row can raise: JSON, times, enumerations, missing keys, pydantic.
_OF_CONTENT = (ValueError, TypeError, LookupError, AttributeError, AssertionError)


def is_damage(error: BaseException) -> bool:
    """True if what stands in a row is to blame, false if the database itself refuses."""
    if isinstance(error, SQLAlchemyError):
        return "could not decode to utf-8" in str(error).lower()  # SQLite reads a text only when the row is fetched
    if isinstance(error, BroadcastError):
        return not isinstance(error, StoreError)
    return isinstance(error, _OF_CONTENT)


def damage(error: Exception, what: str) -> DamagedRow:
    """Return what is said of a row that cannot be read.

    Raises:
        Exception: the error itself, where the database is to blame and not the row.
    """
    if isinstance(error, DamagedRow):
        return error
    if not is_damage(error):
        raise error
    why = str(error) if isinstance(error, BroadcastError) else type(error).__name__
    return DamagedRow(f"{what} : illisible dans la base ({why}) ; restaurez une sauvegarde, ou soumettez une nouvelle version")


def rows_of(tx: Tx, query: Any, facts: Mapping[str, Any], make: Callable[[Any], _T], uid: Any, what: str) -> list[_T]:
    """Return what `make` makes of each row; one that is damaged is left out, and told.

    Args:
        tx: the transaction.
        query: the rows.
        facts: its parameters.
        make: reads a row.
        uid: the column by which a row is found alone.
        what: what a row is, for people.
    """
    try:
        return [make(row) for row in tx.all(query, facts)]
    except Exception as error:
        if not is_damage(error):
            raise
    found = []
    for key in [row[0] for row in tx.all(query.with_only_columns(uid, maintain_column_froms=True), facts)]:
        try:
            found += [make(row) for row in tx.all(query.where(uid == key), facts)]
        except Exception as error:  # noqa: BLE001  (raised again unless the row is to blame)
            _log.warning("%s", damage(error, f"{what} {key}"))
    return found
