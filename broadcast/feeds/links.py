"""Addresses in feeds: absolute http(s) or nothing, and a form for comparing. Pure."""

from __future__ import annotations

import re
from urllib.parse import parse_qsl, urlencode, urljoin, urlsplit

_TRACKING = re.compile(r"utm_|at_|xtor|mtm_|pk_|fbclid|gclid|msclkid|mc_[ce]id", re.IGNORECASE)
MAX_LINK = 2_000


def http_link(link: str, base: str = "") -> str:
    """Return the absolute address, "" where it is none of http(s)."""
    link = "".join(c for c in link.strip() if c >= " " and c != "\x7f")
    try:
        link = urljoin(base, link) if link else ""
        parts = urlsplit(link)
        host = parts.hostname
    except ValueError:
        return ""
    if parts.scheme.lower() not in ("http", "https") or not host or len(link) > MAX_LINK:
        return ""
    return link.replace(" ", "%20").replace("<", "%3C").replace(">", "%3E").replace('"', "%22")


def normal_link(link: str) -> str:
    """Return the address without what does not change the page: scheme, www., tracking, fragment, last slash."""
    try:
        parts = urlsplit(link)
        host = (parts.hostname or "").removeprefix("www.")
        port = f":{parts.port}" if parts.port not in (None, 80, 443) else ""
    except ValueError:
        return link
    query = urlencode(sorted((k, v) for k, v in parse_qsl(parts.query, keep_blank_values=True) if not _TRACKING.match(k)))
    return f"{host}{port}{parts.path.rstrip('/')}" + (f"?{query}" if query else "")
