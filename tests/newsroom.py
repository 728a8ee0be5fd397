"""A real newsroom folder for tests that run the program as a user does."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

from broadcast.stands.base import Stand

COMMAND = str(Path(sys.executable).parent / "broadcast")

MESSAGE = """\
---
title: Crue de la Seine : évitez les quais
short: Quais fermés. Évitez les bords de Seine.
kind: alert
level: severe
expires: 2099-11-23T08:00:00+01:00
instruction: Ne descendez pas sur les berges.
hashtags: [Crue]
{more}---
Les quais sont **fermés** depuis ce matin.
"""

BASE = """\
[newsroom]
id = "ville"
name = "Ville d'Exemple"
base_url = "https://www.example.org"
areas = ["92040"]
cap_sender = "com@example.org"
{newsroom}
[dispatch]
find_delay = "1s"
backoff_first = "1s"
call_timeout = "{timeout}"
"""

#: Two places that need no network.
SITE = '[channels.website]\nkind = "website"\n[channels.signs]\nkind = "sign"\ncolumns = 16\nrows = 4\n'

#: A database with alice, bob and carol, and the mark and the heads of its audit beside it.
_MADE: dict[str, bytes] = {}


class Folder:
    """A newsroom folder; alice writes, bob approves and publishes, carol approves and administers."""

    def __init__(self, path: Path, channels: str = "", *, timeout: str = "2s", newsroom: str = "") -> None:
        self.path = path
        #: What this process's own App is told, such as BROADCAST_NOW.
        self.env: dict[str, str] = {}
        path.mkdir(parents=True, exist_ok=True)
        (path / "secrets").mkdir(exist_ok=True)
        (path / "broadcast.toml").write_text(BASE.format(timeout=timeout, newsroom=newsroom) + channels)
        (path / "content" / "messages").mkdir(parents=True, exist_ok=True)

    @staticmethod
    def network(name: str, stand: Stand, path: Path) -> str:
        """Return the section of a channel on a stand, its secrets in files."""
        (path / "secrets").mkdir(parents=True, exist_ok=True)
        lines = [f"[channels.{name}]", f'kind = "{stand.kind}"']
        secrets = {"token", "consumer_key", "consumer_secret", "access_token", "access_token_secret", "password"}
        for file_name, text in stand.sample_files().items():
            (path / file_name).write_text(text)
        for key, value in stand.sample_settings(stand.url).items():
            if key in secrets:
                file = path / "secrets" / f"{name}-{key}"
                file.touch(mode=0o600)
                file.write_text(value)
                lines.append(f'{key}_file = "secrets/{name}-{key}"')
            else:
                lines.append(f'{key} = "{value}"' if isinstance(value, str) else f"{key} = {value}")
        return "\n".join(lines) + "\n"

    def message(self, slug: str = "crue-quais", text: str | None = None, *, more: str = "") -> Path:
        path = self.path / "content" / "messages" / f"{slug}.md"
        path.write_text(text if text is not None else MESSAGE.format(more=more), encoding="utf-8")
        return path

    def run(self, *args: str | Path, env: dict[str, str] | None = None, code: int | None = 0) -> subprocess.CompletedProcess[str]:
        done = subprocess.run(
            [COMMAND, "--newsroom", str(self.path), *map(str, args)],
            capture_output=True,
            text=True,
            timeout=120,
            env={**os.environ, **(env or {})},
            cwd=self.path,
        )
        assert "Traceback" not in done.stderr + done.stdout, done.stderr
        if code is not None:
            assert done.returncode == code, f"{args}: {done.returncode}\n{done.stdout}\n{done.stderr}"
        return done

    def json(self, *args: str | Path, **kwargs: Any) -> Any:
        return json.loads(self.run(*args, "--json", **kwargs).stdout)

    def people(self) -> Folder:
        """Have alice, bob and carol; the new database is made once a process, and copied: making one takes a tenth of a second."""
        from broadcast.app import App
        from broadcast.desk.people import add_person

        database, mark = self.path / "newsroom.db", self.path / ".broadcast" / "epoch"
        heads = mark.with_name("audit-heads")
        is_elsewhere = "\ndatabase = " in (self.path / "broadcast.toml").read_text()
        is_told = self.env or any(name in os.environ for name in ("BROADCAST_NOW", "BROADCAST_NEWSROOM__DATABASE"))
        is_copied = not (is_elsewhere or is_told or database.exists() or mark.parent.exists())
        if is_copied and _MADE:
            mark.parent.mkdir(mode=0o700)
            database.write_bytes(_MADE["database"])
            mark.write_bytes(_MADE["mark"])
            heads.touch(mode=0o600)
            heads.write_bytes(_MADE["heads"])
            return self
        app = App(self.path, self.env)
        add_person(app.desk, "alice", ("editor",))
        add_person(app.desk, "bob", ("approver", "publisher"))
        add_person(app.desk, "carol", ("approver", "editor"))
        app.close()
        if is_copied:
            assert not database.with_name("newsroom.db-wal").exists(), "the copy would lack what stands in the log"
            _MADE.update(database=database.read_bytes(), mark=mark.read_bytes(), heads=heads.read_bytes())
        return self

    def approved(self, slug: str = "crue-quais", **kwargs: Any) -> None:
        """Submit and approve a message, in this process."""
        from broadcast import intake
        from broadcast.app import App
        from broadcast.desk.submit import submit
        from broadcast.desk.vote import approve

        path = self.message(slug, **kwargs)
        app = App(self.path, self.env)
        reading = intake.read(app, path)
        done = submit(
            app.desk,
            reading.draft,
            as_="alice",
            path=str(path),
            media=reading.media,
            made=reading.proof.renditions,
            findings=reading.proof.findings,
        )
        approve(app.desk, slug, done.revision.number, as_="bob")
        app.close()


def error_of(done: subprocess.CompletedProcess[str]) -> dict[str, object]:
    """Return the error that a command with `--json` ended in."""
    return json.loads(done.stdout)["error"]
