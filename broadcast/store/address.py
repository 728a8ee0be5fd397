"""Addresses of SQLite files by which opening a connection never makes a file."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import quote

from sqlalchemy.engine import URL


def file_address(path: Path, mode: str = "rw") -> str:
    """Return the address of a file that must be there: SQLite itself would lay an empty one in the place of one that is gone.

    Args:
        path: the file.
        mode: rw, or ro for a connection that may only read (https://www.sqlite.org/uri.html).
    """
    return f"file:{quote(str(path.absolute()))}?mode={mode}"


def existing_only(url: URL) -> URL:
    """Return the same database, as SQLAlchemy opens it without making its file; one in memory has none."""
    if not url.database or url.database == ":memory:" or "uri" in url.query:
        return url
    name, _, mode = file_address(Path(url.database)).partition("?mode=")
    return url.set(database=name).update_query_dict({"mode": mode, "uri": "true"})
