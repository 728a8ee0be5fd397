"""A newsroom whose one channel is a real server, used through the installed command."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path
from typing import Any
from uuid import uuid4

from broadcast.shipped import shipped
from tests.newsroom import COMMAND, Folder
from tests.real.servers.said import Said

#: Long after the server should have answered, seconds.
PATIENCE_S = 30
ALT = "Le quai inondé, vu du pont"
TEXT = """\
---
title: Crue {word} : évitez les quais
short: Quais fermés. Évitez les bords de Seine ({word}).
kind: alert
level: severe
expires: 2099-11-23T08:00:00+01:00
instruction: Ne descendez pas sur les berges.
{more}---
{body}
"""
BODY = "Les quais sont **fermés** depuis ce matin."
PICTURE = 'images: [{file: quai.png, alt: "' + ALT + '", credit: "Ville"}]\n'
EXPIRES = "expires: 2099-11-23T08:00:00+01:00"


class City:
    """One newsroom; `word` stands in all it says, so that a server may hold more than one test's posts."""

    def __init__(self, path: Path, server: Any, more: str = "") -> None:
        self.server, self.word = server, f"n{uuid4().hex[:8]}"
        self.slug = f"crue-{self.word}"
        self.folder = Folder(path, _section(server, path) + more, timeout="10s").people()
        (path / "content/messages/quai.png").write_bytes(shipped("content/examples/quai.png").read_bytes())
        self._before = {one.id for one in server.said()}

    def text(self, more: str = "", body: str = BODY) -> str:
        return TEXT.format(word=self.word, more=more, body=body)

    def approved(self, more: str = "", body: str = BODY, slug: str = "", text: str = "") -> None:
        self.folder.approved(slug or self.slug, text=text or self.text(more, body))

    def published(self, more: str = "", body: str = BODY) -> list[Said]:
        self.approved(more, body)
        self.folder.run("send", "--wait", str(PATIENCE_S))
        return self.said()

    def said(self) -> list[Said]:
        """Return what the server holds of this newsroom, oldest first."""
        return [one for one in self.server.said() if one.id not in self._before]

    def status(self, slug: str = "") -> Any:
        return self.folder.json("status", slug or self.slug)

    def states(self) -> list[str]:
        return [d["state"] for d in self.status()["deliveries"]]

    def begin(self, *args: str) -> subprocess.Popen[str]:
        """Begin a command, and do not wait for its end."""
        return subprocess.Popen(
            [COMMAND, "--newsroom", str(self.folder.path), *args],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            text=True,
            env=dict(os.environ),
        )

    def killed(self, request: bytes, *args: str, passes: bool) -> None:
        """Run a command, and kill it at a request: before the server gets it, or once the server has answered."""
        gate = self.server.proxy.stop_at(request, passes=passes)
        process = self.begin(*args)
        try:
            assert gate.reached.wait(PATIENCE_S), self.server.proxy.requests[-5:]
        finally:
            process.kill()
            process.wait()
            self.server.proxy.drop()


def _section(server: Any, path: Path) -> str:
    lines = ["[channels.reseau]", f'kind = "{server.kind}"']
    for key, value in server.settings().items():
        if key == "password":
            secret = path / "secrets" / "reseau"
            secret.parent.mkdir(parents=True, exist_ok=True)
            secret.touch(mode=0o600)
            secret.write_text(value)
            lines.append('password_file = "secrets/reseau"')
        else:
            lines.append(f"{key} = {value}" if value.isdigit() else f'{key} = "{value}"')
    return "\n".join(lines) + "\n"
