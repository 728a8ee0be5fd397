"""A server that answers what a test tells it, as documentation or a real server says; it remembers the calls."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from broadcast.stands.base import Answer, Call, Stand

#: When a post was made, as a platform writes it: after whatever a test looks for.
NOW = "2099-01-01T00:00:00.000Z"


class Scripted(Stand):
    """Answers by a function of the call."""

    kind = "scripted"

    def __init__(self, script: Callable[[Call], Answer | dict[str, Any] | list[Any]]) -> None:
        super().__init__()
        self.script = script

    def answer(self, call: Call) -> Answer:
        """Answer as the script says; a bare value is a good answer."""
        said = self.script(call)
        return said if isinstance(said, Answer) else Answer(200, said)

    def asked(self, method: str, path: str) -> list[Call]:
        """Return the calls of a method to a path that ends so."""
        return [c for c in self.calls if c.method == method and c.path.endswith(path)]


def signed_in(kind: str, call: Call) -> dict[str, Any] | None:
    """Return the good answer to who one is, for the kinds that ask."""
    return {
        "/2/users/me": {"data": {"id": "77"}},
        "/api/v1/accounts/verify_credentials": {"id": "1"},
        "/xrpc/com.atproto.server.createSession": {"did": "did:plc:a", "accessJwt": "a1", "refreshJwt": "r1"},
        "/xrpc/com.atproto.server.refreshSession": {"did": "did:plc:a", "accessJwt": "a2", "refreshJwt": "r2"},
    }.get(call.path)
