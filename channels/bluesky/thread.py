"""What a reply on Bluesky points at, as far as it still stands. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

#: Address, content hash and, where it was read, the words of a record (`uri`, `cid`, `value`).
Record = Mapping[str, Any]


def reply_of(root: Record | None, parent: Record | None) -> dict[str, Any] | None:
    """Return the field `reply` of a post; None: what it answers is gone, and it stands alone.

    Bluesky takes a reply to a post that no longer exists, but its app leaves it out of what followers read.

    Args:
        root: first post of the thread, None if it is gone.
        parent: the post answered, None if it is gone.
    """
    if parent is None:
        return None
    if root is None:
        # The first part of a correction was said alone: it begins a thread of its own.
        words = parent.get("value")
        begins = isinstance(words, Mapping) and not words.get("reply")
        return {"root": _reference(parent), "parent": _reference(parent)} if begins else None
    return {"root": _reference(root), "parent": _reference(parent)}


def _reference(record: Record) -> dict[str, str]:
    return {"uri": str(record["uri"]), "cid": str(record["cid"])}
