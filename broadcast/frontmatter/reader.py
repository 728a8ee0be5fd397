"""The values of one file, each read with its rule, every problem collected on the way."""

from __future__ import annotations

import difflib
from collections.abc import Sequence
from datetime import UTC, date, datetime
from typing import Any

from broadcast.durations import seconds_of
from broadcast.localtime import to_write
from broadcast.model import Finding


class Number(int):
    """A whole number, with how it was written."""

    written = ""


def shown(value: Any) -> str:
    """Return a value as it stands in the file."""
    return value.written if isinstance(value, Number) else str(value)


class Reader:
    """Collects the values of one file and every problem on the way."""

    def __init__(self, file: str, slug: str, zone: str = "Europe/Paris") -> None:
        self.file, self.slug, self.zone = file, slug, zone
        self.findings: list[Finding] = []
        self.lines: dict[str, int] = {}
        self.values: dict[str, Any] = {}

    def problem(self, code: str, message: str, key: str = "", line: int | None = None) -> None:
        """Keep a problem, with the line of its key."""
        where = line or self.lines.get(key) or self.lines.get(key.partition(".")[0])
        self.findings.append(Finding(code=code, message=message, blocking=True, file=self.file, line=where))

    def text(self, key: str) -> str:
        """Return a text, or note that it is none."""
        value = self.values.get(key, "")
        if value is None:
            return ""
        if not isinstance(value, str):
            self.problem(
                "not_text",
                f'{key} : « {shown(value)} » doit être un texte : mettez-le entre guillemets ("{shown(value)}")',
                key,
            )
            return ""
        return value.strip()

    def one_line(self, key: str) -> str:
        """Return a text without the line breaks that a block or an escape brought in."""
        return " ".join(line.strip() for line in self.text(key).splitlines())

    def texts(self, key: str) -> tuple[str, ...]:
        """Return a list of texts."""
        value = self.values.get(key) or []
        if isinstance(value, str):
            value = [value]
        if not isinstance(value, list):
            self.problem("not_a_list", f"{key} : écrivez une liste, comme [un, deux]", key)
            return ()
        for item in value:
            if not isinstance(item, str):
                self.problem(
                    "not_text",
                    f'{key} : « {shown(item)} » doit être un texte : mettez-le entre guillemets ("{shown(item)}")',
                    key,
                )
        return tuple(item.strip() for item in value if isinstance(item, str))

    def word(self, key: str, words: Sequence[str], default: str | None) -> str | None:
        """Return one of `words`, or note the nearest."""
        value = self.text(key).lower()
        if not value:
            return default
        if value not in words:
            near = difflib.get_close_matches(value, words, 1)
            hint = f" ; vouliez-vous dire « {near[0]} » ?" if near else ""
            self.problem(
                "unknown_word",
                f"{key} : « {value} » inconnu ; parmi : {', '.join(words)}{hint}",
                key,
            )
            return default
        return value

    def time(self, key: str, value: Any = None) -> datetime | None:
        """Return an aware time in UTC, or note what is missing."""
        value = self.values.get(key) if value is None else value
        if value is None:
            return None
        if isinstance(value, date) and not isinstance(value, datetime):
            value = value.isoformat()
        try:
            at = datetime.fromisoformat(str(value).strip())
        except ValueError:
            at = None
        if at is None:
            self.problem("bad_time", f"{key} : « {value} » n'est pas une date et heure ; écrivez 2026-11-22T17:30:00+01:00", key)
            return None
        if at.tzinfo is None:
            self.problem("bad_time", f"{key} : « {value} » {to_write(at, self.zone)}", key)
            return None
        return at.astimezone(UTC)

    def duration(self, key: str) -> int | None:
        """Return seconds, at least a minute."""
        value = self.values.get(key)
        if value is None:
            return None
        try:
            seconds = int(seconds_of(value))
        except ValueError as error:
            self.problem("bad_duration", f"{key} : {error}", key)
            return None
        if seconds < 60:
            self.problem("bad_duration", f"{key} : au moins une minute", key)
        return seconds
