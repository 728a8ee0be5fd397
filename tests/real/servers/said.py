"""What a server holds, read from the server itself."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field


@dataclass(frozen=True, kw_only=True)
class Said:
    """One post or article that stands."""

    id: str
    text: str
    url: str = ""
    #: Id of what it answers, "" if nothing.
    answers: str = ""
    #: Alternative texts of its pictures.
    pictures: Sequence[str] = field(default_factory=list)
