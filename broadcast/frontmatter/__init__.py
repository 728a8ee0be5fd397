"""The message file: front matter, then Markdown. Pure; every problem is named with its line (design §6)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from broadcast.frontmatter.fields import draft_of
from broadcast.frontmatter.header import split
from broadcast.frontmatter.reader import Reader
from broadcast.frontmatter.rules import KEYS, UNREADABLE, MessageFileError
from broadcast.frontmatter.writing import to_text
from broadcast.model import Draft

__all__ = ["KEYS", "MessageFileError", "parse", "to_text"]


def parse(
    text: str,
    *,
    slug: str,
    file: str,
    zone: str = "Europe/Paris",
    now: datetime | None = None,
    default_language: str = "fr",
    default_areas: Sequence[str] = (),
) -> Draft:
    """Read a message file.

    Args:
        text: the whole file.
        slug: its name without the ending.
        file: what findings call it.
        zone: time zone of the newsroom, in which times without an offset are read.
        now: the present, from which "demain 18h" counts; None: such times are refused.
        default_language: language where the file names none.
        default_areas: INSEE codes where the file names none.

    Raises:
        MessageFileError: with every problem, its line and the way out.
    """
    reader = Reader(file, slug, zone, now)
    body = split(reader, text)
    # All problems are told at once, unless the header could not be read at all.
    unreadable = any(f.code in UNREADABLE for f in reader.findings)
    draft = None if unreadable else draft_of(reader, text, body, default_language, tuple(default_areas))
    if reader.findings or draft is None:
        raise MessageFileError(reader.findings)
    return draft
