"""The address at which a hub reaches us: one a source, not to be guessed. Pure."""

from __future__ import annotations

import hashlib
import hmac
from urllib.parse import quote

#: Length of the part that cannot be guessed: 128 bits.
_TOKEN_CHARACTERS = 32


def token_of(feed: str, secret: str) -> str:
    """Return the part of the address that only the hub and we know; it says nothing of the secret."""
    return hmac.new(secret.encode(), f"callback:{feed}".encode(), hashlib.sha256).hexdigest()[:_TOKEN_CHARACTERS]


def callback_url(public_url: str, feed: str, secret: str) -> str:
    """Return the address to give to a hub.

    Args:
        public_url: address under which the internet reaches the pages of `broadcast run`.
        feed: name of the source.
        secret: key of the subscription.
    """
    return f"{public_url.rstrip('/')}/websub/{quote(feed, safe='')}/{token_of(feed, secret)}"


def is_token(given: str, feed: str, secret: str) -> bool:
    """True if this is the token of the source; takes as long for every wrong one."""
    return bool(secret) and hmac.compare_digest(given.encode(), token_of(feed, secret).encode())
