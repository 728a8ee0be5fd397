"""Record keys: a TID (13 characters, sorts by time) made from the key of a delivery, never from a clock. Pure."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from hashlib import sha256

_ALPHABET = "234567abcdefghijklmnopqrstuvwxyz"
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
#: Microseconds are 53 bits of a TID, the rest tells two of one microsecond apart.
_MAX_MICROS = 2**53


def tid_of(key: str) -> str:
    """Return the record key that belongs to the key of a delivery; the same each time."""
    number = (_micros(key) << 10) | (int.from_bytes(sha256(key.encode()).digest()[:2], "big") & 0x3FF)
    return "".join(_ALPHABET[(number >> shift) & 31] for shift in range(60, -5, -5))


def created_at(key: str) -> datetime:
    """Return the time that the post carries: the one it was planned for."""
    return _EPOCH + timedelta(microseconds=_micros(key))


def _micros(key: str) -> int:
    digest = int.from_bytes(sha256(key.encode()).digest()[2:10], "big")
    planned = re.match(r"(\d{12,14})-", key)
    # The hash fills what is finer than a millisecond, so that two of one millisecond differ.
    return (int(planned[1]) * 1000 + digest % 1000) % _MAX_MICROS if planned else digest % (_MAX_MICROS // 8)
