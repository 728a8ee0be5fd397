"""Folder: files in a directory, for anything that picks up files. The model to copy for a new kind.

What the public sees: nothing by itself; another program takes the files from there. Each part is
a text file named after the message, with its pictures beside it and a small JSON file that says
what it is.

No network, no credentials. Read `docs/add-a-channel.md` with this file open.

Quirks:
    - The key of the delivery stands in the JSON file, so that a part is found again by it.
    - Writing the same part twice changes nothing, so a repeated key is always safe.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import ClassVar

from broadcast import files
from broadcast.channel import (
    ChannelSettings,
    Found,
    Idempotent,
    Limits,
    Memory,
    NotSeen,
    Published,
    Reply,
    Stream,
)
from broadcast.model import Part, part_facts, sha256_of


@dataclass(frozen=True, kw_only=True)
class Settings(ChannelSettings):
    """`[channels.<name>]` of kind folder."""

    #: Where the files go, relative to the newsroom folder.
    path: str = "folder"


class Folder:
    """One directory."""

    kind: ClassVar[str] = "folder"
    settings_type: ClassVar[type[ChannelSettings]] = Settings
    idempotent: ClassVar[Idempotent] = "always"

    def __init__(self, settings: Settings, memory: Memory) -> None:
        self._settings = settings
        self._dir = Path(settings.newsroom_dir) / settings.path

    @property
    def limits(self) -> Limits:
        """No limits: it is only a file."""
        return Limits(source="settings")

    def publish(self, part: Part, *, key: str, reply_to: Reply | None) -> Published:
        """Write a part under a name of its own."""
        name = f"{part.slug}-{sha256_of(key.encode())[:8]}"
        self._write(name, part, key, reply_to.root.external_id if reply_to else None)
        return self._published(name)

    def update(self, part: Part, published: Published, *, key: str) -> Published:
        """Write a part over the earlier one."""
        self._write(published.external_id, part, key, None)
        return self._published(published.external_id)

    def take_down(self, published: Published, *, key: str) -> None:
        """Remove the files of a part; pictures go with it."""
        try:
            for path in sorted(self._dir.glob(f"{published.external_id}.*")):
                path.unlink(missing_ok=True)
        except OSError as error:
            raise files.failure(error, self._settings.name) from error

    def find(self, part: Part, *, key: str, since: datetime, known_ids: frozenset[str]) -> Found | NotSeen:
        """Look for the file that carries this key."""
        name = f"{part.slug}-{sha256_of(key.encode())[:8]}"
        exists = name not in known_ids and (self._dir / f"{name}.json").exists()
        return Found(published=self._published(name)) if exists else NotSeen()

    def _write(self, name: str, part: Part, key: str, replies_to: str | None) -> None:
        facts = part_facts(part) | {"key": key, "replies_to": replies_to}
        try:
            for media in part.media:
                files.write(self._dir / f"{name}.{media.name}", media.read())
            files.write(self._dir / f"{name}.txt", part.text.encode())
            # Last: whoever waits for the JSON file finds all the rest.
            files.write(
                self._dir / f"{name}.json",
                json.dumps(facts, ensure_ascii=False, indent=1).encode(),
            )
        except OSError as error:
            raise files.failure(error, self._settings.name) from error

    def _published(self, name: str) -> Published:
        return Published(external_id=name, url=(self._dir / f"{name}.txt").as_uri())


ADAPTER: type[Stream] = Folder
