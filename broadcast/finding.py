"""What a check says of a message."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """What a check says."""

    #: Stable word, such as "over_limit" or "expiry_missing".
    code: str
    message: str
    blocking: bool
    file: str = ""
    line: int | None = None
    channel: str = ""
    part: int | None = None
    count: int | None = None
    limit: int | None = None
    unit: str = ""
    over_by: int | None = None
