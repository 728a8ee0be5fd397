"""Which server holds an account, read from the document that comes with a session. Pure."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

_LOOPBACK = ("127.0.0.1", "::1", "localhost")


def server_of(document: Any, door: str) -> str:
    """Return the address of the account's server, the door itself if the document names none that may be used.

    What enters by a door on this very machine never leaves it: stands and exercises stay inside.
    """
    services = document.get("service") if isinstance(document, dict) else None
    for service in services if isinstance(services, list) else []:
        if not isinstance(service, dict) or not str(service.get("id")).endswith("#atproto_pds"):
            continue
        address = str(service.get("serviceEndpoint") or "")
        inside = is_loopback(door)
        if inside == is_loopback(address) and address.startswith("http://" if inside else "https://"):
            return address
    return door


def is_loopback(address: str) -> bool:
    """True if an address points at this very machine."""
    return (urlsplit(address).hostname or "") in _LOOPBACK
