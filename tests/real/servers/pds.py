"""A Bluesky personal data server from npm, with its directory of identities, behind a door."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import urllib.error
import urllib.parse
import urllib.request
from pathlib import Path
from typing import Any

import pytest

from tests.real.proxy import Proxy
from tests.real.servers.process import Process, free_port, needs
from tests.real.servers.said import Said

#: Newer ones want Node 22.
PACKAGES = ("@atproto/pds@0.4.217", "@atproto/dev-env@0.3.215")
#: Where the packages are kept between runs; `make real` installs them there.
KEPT = Path(os.environ.get("BROADCAST_REAL_PDS") or Path(__file__).parents[3] / ".real/pds")
HANDLE, PASSWORD = "ville.test", "a-password-of-the-city"
#: Servers listen on loopback only, and the data server behind the door, though it tells the door's address.
_LOOPBACK = """const net=require('net'), listen=net.Server.prototype.listen;
net.Server.prototype.listen=function(...a){
  const done=a.find(x=>typeof x==='function'), asked=typeof a[0]==='object'&&a[0]?a[0]:{port:Number(a[0])};
  if(asked.path||Number.isNaN(asked.port)) return listen.apply(this,a);
  const port=String(asked.port)===process.env.DOOR?Number(process.env.BEHIND):asked.port;
  return listen.call(this,{...asked,port,host:'127.0.0.1'},done)};
"""
_RUN = """const {TestNetworkNoAppView}=require('@atproto/dev-env');
(async()=>{const n=await TestNetworkNoAppView.create({pds:{port:Number(process.env.DOOR)},plc:{port:Number(process.env.PLC)}});
console.log('READY',n.pds.url);process.on('SIGTERM',async()=>{await n.close();process.exit(0)})
})().catch(e=>{console.error('FAIL',e);process.exit(1)})
"""


class Pds:
    """One server with the city's account; what it holds is asked by its public methods, without signing in."""

    kind = "bluesky"
    creates = changes = rb"^POST /xrpc/com\.atproto\.repo\.putRecord"
    removes = rb"^POST /xrpc/com\.atproto\.repo\.deleteRecord"
    edits_in_place = False

    def __init__(self, folder: Path) -> None:
        node = needs("node", "nodejs")
        if not (KEPT / "node_modules/@atproto/dev-env").exists():
            pytest.skip(f"the Bluesky server is not installed (make real; {' '.join(PACKAGES)} from npm, g++)")
        behind = free_port()
        self.proxy = Proxy(free_port(), behind)
        self.url = f"http://127.0.0.1:{self.proxy.port}"
        # Node looks for packages beside the script.
        (folder / "node_modules").symlink_to(KEPT / "node_modules")
        (folder / "loopback.js").write_text(_LOOPBACK)
        (folder / "run.js").write_text(_RUN)
        self._process = Process(
            [node, "-r", "./loopback.js", "run.js"],
            folder / "log",
            cwd=folder,
            env={"DOOR": str(self.proxy.port), "BEHIND": str(behind), "PLC": str(free_port())},
        )
        try:
            self._process.until(lambda: "READY" in (folder / "log").read_text() or "FAIL" in (folder / "log").read_text())
            made = self.call(
                "com.atproto.server.createAccount", {"handle": HANDLE, "email": "v@example.org", "password": PASSWORD}
            )
            self.did = str(made["did"])
        except BaseException:
            self.stop()
            raise

    def stop(self) -> None:
        self.proxy.close()
        self._process.stop()

    def settings(self) -> dict[str, str]:
        return {"url": self.url, "handle": HANDLE, "password": PASSWORD}

    def said(self) -> list[Said]:
        """Return the records that stand, by their keys, oldest first."""
        return [
            Said(
                id=str(one["uri"]),
                text=str(one["value"]["text"]),
                answers=str(((one["value"].get("reply") or {}).get("parent") or {}).get("uri") or ""),
                pictures=[i["alt"] for i in (one["value"].get("embed") or {}).get("images", [])],
            )
            for one in self.records()
        ]

    def delete(self, uri: str) -> None:
        """Delete a post, as somebody does by hand in the app."""
        session = self.call("com.atproto.server.createSession", {"identifier": HANDLE, "password": PASSWORD})
        body = {"repo": self.did, "collection": "app.bsky.feed.post", "rkey": uri.rpartition("/")[2]}
        self.call("com.atproto.repo.deleteRecord", body, token=session["accessJwt"])

    def records(self) -> list[dict[str, Any]]:
        """Return the records of posts, by their keys, the oldest first."""
        query = {"repo": self.did, "collection": "app.bsky.feed.post", "limit": "100", "reverse": "true"}
        found: list[dict[str, Any]] = self.call("com.atproto.repo.listRecords", query=query)["records"]
        return found

    def blob(self, cid: str) -> bytes:
        """Return the bytes of a picture."""
        query = urllib.parse.urlencode({"did": self.did, "cid": cid})
        with urllib.request.urlopen(f"{self.url}/xrpc/com.atproto.sync.getBlob?{query}", timeout=20) as answer:
            content: bytes = answer.read()
            return content

    def call(self, method: str, body: dict[str, Any] | None = None, query: dict[str, str] | None = None, token: str = "") -> Any:
        asked = f"?{urllib.parse.urlencode(query)}" if query else ""
        data = None if body is None else json.dumps(body).encode()
        headers = {"Content-Type": "application/json"} | ({"Authorization": f"Bearer {token}"} if token else {})
        request = urllib.request.Request(f"{self.url}/xrpc/{method}{asked}", data, headers)
        try:
            with urllib.request.urlopen(request, timeout=20) as answer:
                return json.loads(answer.read() or b"{}")
        except urllib.error.HTTPError as error:
            raise AssertionError(f"{method}: {error.code} {error.read().decode()}") from error


def install() -> str:
    """Install the packages where they are kept; return "" or why it could not be done."""
    if (KEPT / "node_modules/@atproto/dev-env").exists():
        return ""
    npm, compiler = shutil.which("npm"), shutil.which("g++")
    if not npm or not compiler:
        return "npm or g++ is missing"
    KEPT.mkdir(parents=True, exist_ok=True)
    (KEPT / "package.json").write_text('{"name": "broadcast-real-pds", "private": true}')
    # npm 11 holds install scripts back: what must be compiled is compiled by name.
    for args in (
        ["install", "--silent", "--no-audit", "--no-fund", *PACKAGES],
        ["rebuild", "--silent", "better-sqlite3", "sharp"],
    ):
        done = subprocess.run([npm, *args], cwd=KEPT, capture_output=True, text=True)
        if done.returncode:
            shutil.rmtree(KEPT / "node_modules", ignore_errors=True)
            return f"npm {args[0]}: {done.stderr.strip()[-300:]}"
    return ""


if __name__ == "__main__":
    reason = install()
    if reason:
        print(f"The Bluesky server could not be installed, its tests are skipped by name: {reason}")
