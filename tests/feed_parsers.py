"""Parsers for tests of the worker processes, named by "tests.feed_parsers:name"."""

from __future__ import annotations

import os
import signal
import threading
import time
from typing import Any

from broadcast.errors import FeedError


def shout(data: bytes, *, url: str, content_type: str = "") -> dict[str, Any]:
    """Do what the body says, or return it with where it was done."""
    word = data.split(b" ")[0]
    if word == b"die":
        os.kill(os.getpid(), signal.SIGKILL)
    if word == b"exit":
        os._exit(3)
    if word == b"hang":
        time.sleep(60)
    if word == b"spin":
        while True:
            pass
    if word == b"eat":
        return {"text": "x" * 2**33}
    if word == b"deep":
        return shout(data, url=url, content_type=content_type)
    if word == b"refuse":
        raise FeedError("flux : format inconnu", subject=url)
    if word == b"fail":
        raise KeyError("geheim")
    if word == b"lock":
        return {"text": threading.Lock()}
    return {"text": data.decode(), "url": url, "content_type": content_type, "pid": os.getpid()}
