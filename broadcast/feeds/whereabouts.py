"""Where a newsroom is, and whether an item concerns it. Pure values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from broadcast.feeds.geometry import Point

#: From the nearest to the widest; the first that matches is told.
LEVELS = ("commune", "position", "department", "region", "nation", "keyword", "unclear")


@dataclass(frozen=True, slots=True, kw_only=True)
class Whereabouts:
    """Where a newsroom is, and what one feed is said to cover."""

    #: INSEE codes of the newsroom; a department code stands for all of it.
    communes: tuple[str, ...] = ()
    #: Names of communes by code.
    names: Mapping[str, str] = field(default_factory=dict)
    #: (latitude, longitude) of the town hall.
    position: Point | None = None
    #: Outline of the territory, (latitude, longitude) each.
    outline: tuple[Point, ...] = ()
    #: Vigicrues sections that the town watches.
    river_sections: tuple[str, ...] = ()
    #: EMMA_ID to department: no table is published, the newsroom writes its own.
    emma: Mapping[str, str] = field(default_factory=dict)
    #: False for a town without coast in a department that has one.
    is_coastal: bool = True
    #: Words that make an item without area concern the town.
    keywords: tuple[str, ...] = ()
    #: What the feed covers by declaration: "national", "region:11", "department:92", "commune:92040" or "".
    scope: str = ""


@dataclass(frozen=True, slots=True)
class Concern:
    """Whether and why an item concerns the town."""

    #: One of `LEVELS`; None where it does not.
    level: str | None
    #: A French sentence.
    because: str
    #: False where a person has to look: never enough for a rule.
    is_sure: bool = True
