"""The values of one file, each read with its rule, every problem collected on the way."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from broadcast.durations import seconds_of
from broadcast.frontmatter.times import NotATime, read_time
from broadcast.frontmatter.words import choices, meant, nearest
from broadcast.model import Finding


class Number(int):
    """A whole number, with how it was written."""

    written = ""


def shown(value: Any) -> str:
    """Return a value as it stands in the file."""
    return value.written if isinstance(value, Number) else str(value)


class Reader:
    """Collects the values of one file and every problem on the way."""

    def __init__(self, file: str, slug: str, zone: str = "Europe/Paris", now: datetime | None = None) -> None:
        self.file, self.slug, self.zone, self.now = file, slug, zone, now
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
        """Return one of `words`, also where it is written in French, or note the nearest."""
        value = self.text(key)
        if not value:
            return default
        word = meant(key, value, words)
        if word is None:
            near = nearest(key, value, words)
            hint = f" ; vouliez-vous dire « {near} » ?" if near else ""
            self.problem("unknown_word", f"{key} : « {value} » inconnu ; parmi : {choices(key, words)}{hint}", key)
            return default
        return word

    def time(self, key: str, value: Any = None) -> datetime | None:
        """Return an aware time in UTC, or note what is missing."""
        value = self.values.get(key) if value is None else value
        if value is None:
            return None
        try:
            return read_time(shown(value), self.zone, self.now, ends=key == "expires")
        except NotATime as error:
            self.problem("bad_time", f"{key} : {error}", key)
            return None

    def truth(self, key: str) -> bool:
        """Return whether a key says yes."""
        value = self.values.get(key)
        if value is None or isinstance(value, bool):
            return bool(value)
        if str(value).strip().lower() in ("oui", "non"):
            return str(value).strip().lower() == "oui"
        self.problem("not_truth", f"{key} : « {shown(value)} » : écrivez true ou false", key)
        return False

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
