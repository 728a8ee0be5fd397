"""A newsroom on look-alike networks, its clock set by hand."""

from __future__ import annotations

from contextlib import ExitStack
from pathlib import Path
from typing import Any

from broadcast.app import App
from broadcast.dispatch.send import send
from broadcast.stands import stand_type
from tests.newsroom import Folder


class Lab:
    """A newsroom on stands, its clock set by hand."""

    def __init__(self, path: Path, kinds: tuple[str, ...], stack: ExitStack, more: str = "") -> None:
        types = {kind: stand_type(kind) for kind in kinds}
        self.stands: dict[str, Any] = {kind: stack.enter_context(type_()) for kind, type_ in types.items() if type_}
        sections = "".join(Folder.network(kind, stand, path) + more for kind, stand in self.stands.items())
        self.folder = Folder(path, sections)
        self.now = "2026-11-24T08:00:00+01:00"
        self.folder.people()

    @property
    def now(self) -> str:
        return self.folder.env["BROADCAST_NOW"]

    @now.setter
    def now(self, value: str) -> None:
        self.folder.env["BROADCAST_NOW"] = value

    def app(self) -> App:
        return App(self.folder.path, self.folder.env)

    def send(self) -> None:
        app = self.app()
        send(app.dispatcher())
        app.close()

    def live(self, kind: str) -> list[Any]:
        return self.stands[kind].live()
