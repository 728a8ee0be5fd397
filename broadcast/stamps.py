"""Near days in words, true on one day only: the words for that day, and those for any other. Pure.

A text is approved now and may leave later: after an outage, an embargo, quiet hours. So a part that says "ce soir"
carries both texts, approved together, and the dispatcher takes the one that is true when its attempt begins.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, time, timedelta

from broadcast.model import Part

#: Document of a part that names its days by their date; and the facts that say when `text` is true.
DATED, FROM, UNTIL = "dated", "near_from", "near_until"


def near_until_midnight(part: Part, *, dated: str, at: datetime) -> Part:
    """Return a part whose near days are true on the day of `at`, with the words for any other day beside it.

    Args:
        part: with near days in its text.
        dated: the same text with the days by their date.
        at: when it is said, in the zone in which it is read.
    """
    begins = datetime.combine(at.date(), time(), at.tzinfo)
    ends = datetime.combine(at.date() + timedelta(days=1), time(), at.tzinfo)
    facts = {FROM: begins.isoformat(), UNTIL: ends.isoformat()}
    return replace(part, documents={**part.documents, DATED: dated}, options={**part.options, **facts})


def as_said_at(part: Part, at: datetime | None) -> Part:
    """Return the part as it is true at a time; without a time, as it always is.

    Args:
        part: as approved.
        at: when the attempt began; the same for every look at what became of it.
    """
    dated = part.documents.get(DATED)
    if dated is None:
        return part
    begins, ends = (datetime.fromisoformat(str(part.options[name])) for name in (FROM, UNTIL))
    documents = {name: text for name, text in part.documents.items() if name != DATED}
    is_near = at is not None and begins <= at < ends
    return replace(part, text=part.text if is_near else dated, documents=documents)
