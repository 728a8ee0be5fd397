"""What a message file may hold: keys, words, sizes; and the error that tells every problem."""

from __future__ import annotations

import re
from collections.abc import Sequence

from broadcast.errors import ContentError
from broadcast.model import Finding

#: Largest file, characters.
MAX_FILE = 200_000
MAX_TITLE, MAX_SLUG = 140, 80
#: Longest header, characters: YAML of any more takes a reader for minutes. Most pictures of a message.
MAX_HEADER, MAX_IMAGES = 60_000, 40
#: These keys are read to the end of their line, colons included.
LITERAL = ("title", "short", "instruction", "contact", "event", "change")
KEYS = (
    "title",
    "short",
    "kind",
    "level",
    "urgency",
    "certainty",
    "category",
    "response",
    "event",
    "areas",
    "channels",
    "embargo_until",
    "onset",
    "until",
    "expires",
    "instruction",
    "contact",
    "link",
    "hashtags",
    "images",
    "owner",
    "next_update",
    "repeat_every",
    "incident",
    "ends",
    "source",
    "language",
    "override",
    "base",
    "change",
    "correction",
)
WORDS = {
    "urgency": ("immediate", "expected", "future", "past", "unknown"),
    "certainty": ("observed", "likely", "possible", "unlikely", "unknown"),
    "category": (
        "geo",
        "met",
        "safety",
        "security",
        "rescue",
        "fire",
        "health",
        "env",
        "transport",
        "infra",
        "cbrne",
        "other",
    ),
    "response": (
        "shelter",
        "evacuate",
        "prepare",
        "execute",
        "avoid",
        "monitor",
        "assess",
        "allclear",
        "none",
    ),
}
#: A department, or a commune: five signs, of which overseas the department takes three.
AREA = re.compile(r"(?:0[1-9]|[1-8]\d|9[0-5]|2[AB])(?:\d{3})?|(?:97[1-8]|98[46-8])(?:\d{2})?")
#: A language as the web writes it (BCP 47): fr, pt-BR, zh-Hant.
LANGUAGE = re.compile(r"[A-Za-z]{2,3}(?:-[A-Za-z0-9]{2,8}){0,3}")
SLUG = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
#: Control, private-use and direction-changing characters: they could forge slots or reverse a text.
FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\u202a-\u202e\u2066-\u2069\ue000-\uf8ff\ufffe\uffff]")
UNREADABLE = ("too_large", "bad_slug", "bad_character", "no_front_matter", "bad_yaml")


class MessageFileError(ContentError):
    """A message file has problems; all of them come along as findings."""

    code = "message_file"

    def __init__(self, findings: Sequence[Finding]) -> None:
        first = findings[0]
        more = f" (et {len(findings) - 1} autre(s) problème(s))" if len(findings) > 1 else ""
        super().__init__(f"{first.message}{more}", file=first.file, line=first.line)
        self.findings = tuple(findings)

    def facts(self) -> dict[str, object]:
        """Add the findings."""
        return super().facts() | {"findings": list(self.findings)}
