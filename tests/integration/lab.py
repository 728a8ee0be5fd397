"""A newsroom on look-alike networks, its clock set by hand."""

from __future__ import annotations

from contextlib import ExitStack
from pathlib import Path
from typing import Any

from broadcast.app import App
from broadcast.dispatch.send import send
from broadcast.stands import stand_type
from tests.newsroom import MESSAGE, Folder

LONG = (
    "La Seine monte de deux centimètres par heure et le pic est attendu demain vers midi. Les quais restent fermés entre le "
    "pont et l'écluse. Les habitants des rez-de-chaussée montent leurs affaires à l'étage. La crèche accueille les enfants à "
    "l'école des Acacias. Le marché de samedi se tient place de la Mairie. Les bus ne passent plus par les quais.\n"
)
THREAD = (
    MESSAGE.format(more="")
    .replace("short: Quais fermés. Évitez les bords de Seine.\n", "")
    .replace("Les quais sont **fermés** depuis ce matin.\n", LONG)
)


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
