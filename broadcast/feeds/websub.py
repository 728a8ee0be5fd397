"""WebSub, both sides: pure. What is sent to a hub, what its calls mean, what our own feeds announce.

Source: W3C Recommendation "WebSub" of 23 January 2018, read 2026-11-22. Polling stays the base: a hub that
is silent, refuses or lies costs time, never an entry.
"""

from __future__ import annotations

import hashlib
import hmac
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Literal
from urllib.parse import urljoin, urlsplit

from broadcast.errors import FeedError

Mode = Literal["subscribe", "unsubscribe"]

#: Asked for; the hub decides. Seconds.
LEASE_S = 5 * 86400
#: Longest secret that the recommendation allows, bytes.
MAX_SECRET_BYTES = 200
#: Signatures that count. SHA-1, which many hubs still send, only where it is allowed by name.
METHODS = frozenset({"sha256", "sha384", "sha512"})
#: A lease is renewed once this part of it is over, so that several tries fit in before its end.
RENEW_AFTER = 0.75

_LINK = re.compile(r"<([^<>]*)>((?:\s*;\s*[^\s=;,\"]+(?:\s*=\s*(?:\"(?:[^\"\\]|\\.)*\"|[^\s;,\"]*))?)*)")
_PARAMETER = re.compile(r";\s*([^\s=;,\"]+)\s*=\s*(?:\"((?:[^\"\\]|\\.)*)\"|([^\s;,\"]*))")


@dataclass(frozen=True, slots=True)
class Hubs:
    """Where a feed can be subscribed to, and under which name."""

    hub_urls: tuple[str, ...] = ()
    #: The topic, "" if it is not said.
    self_url: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Subscription:
    """A subscription that we asked a hub for, or that stands."""

    topic: str
    #: What was last asked of the hub; None: nothing, every verification is refused.
    asked: Mode | None
    secret: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What to answer to a hub's verification, and what it means."""

    #: "subscribed" and "unsubscribed" as asked, "denied" by the hub, "refused" by us.
    meaning: Literal["subscribed", "unsubscribed", "denied", "refused"]
    status: int
    #: Sent as text/plain: the challenge, which is a stranger's text.
    body: str = ""
    #: How long the hub will send, seconds; 0 unless subscribed.
    lease_s: int = 0
    #: For the log, French.
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Delivered:
    """Whether what a hub brought is taken. The hub is answered 2xx either way."""

    is_genuine: bool
    reason: str = ""


def hubs_in_headers(links: Sequence[str], *, base: str) -> Hubs:
    """Return what the Link headers of an answer say.

    Args:
        links: the values of all Link headers.
        base: address of the answer, for relative ones.
    """
    hubs: dict[str, None] = {}
    topic = ""
    for target, parameters in (match.groups() for value in links for match in _LINK.finditer(value[:8000])):
        rels = _rels(parameters)
        url = _absolute(base, target) if rels & {"hub", "self"} else ""
        if url and "hub" in rels:
            hubs[url] = None
        if url and "self" in rels:
            topic = topic or url
    return Hubs(tuple(hubs), topic)


def hubs_of(in_headers: Hubs, in_document: Hubs) -> Hubs:
    """Return what counts: headers win over the document, each for itself."""
    return Hubs(in_headers.hub_urls or in_document.hub_urls, in_headers.self_url or in_document.self_url)


def subscription_form(
    mode: Mode, *, topic: str, callback: str, secret: str = "", lease_s: int = LEASE_S, hub: str = ""
) -> tuple[tuple[str, str], ...]:
    """Return the form that asks a hub for a subscription, or for its end.

    Args:
        mode: which of the two.
        topic: the feed's own name for itself (`self_url`).
        callback: our address, one for each subscription and not to be guessed.
        secret: key of the signatures; sent over https only.
        lease_s: how long, seconds.
        hub: address of the hub, to see that a secret is not sent in clear.

    Raises:
        FeedError: the secret cannot be used.
    """
    form = [("hub.mode", mode), ("hub.topic", topic), ("hub.callback", callback)]
    if mode == "unsubscribe":
        return tuple(form)
    if len(secret.encode()) >= MAX_SECRET_BYTES:
        raise FeedError(f"WebSub : secret de {MAX_SECRET_BYTES} octets ou plus ; raccourcissez-le")
    if secret and hub and urlsplit(hub).scheme != "https":
        raise FeedError("WebSub : le concentrateur n'est pas en https, le secret serait lisible ; la source reste interrogée")
    form += [("hub.lease_seconds", str(lease_s))]
    form += [("hub.secret", secret)] if secret else []
    return tuple(form)


def verdict_on(query: Mapping[str, str], subscription: Subscription | None) -> Verdict:
    """Return what to answer to a hub's GET on a callback.

    Args:
        query: its parameters.
        subscription: what belongs to that callback; None if nothing does.
    """
    mode, topic = query.get("hub.mode", ""), query.get("hub.topic", "")
    if subscription is None or not topic or topic != subscription.topic:
        return _refused("sujet inconnu")
    if mode == "denied":
        said = " ".join(query.get("hub.reason", "").split())[:200]
        return Verdict(
            meaning="denied", status=200, reason=f"WebSub : refusé par le concentrateur : {said or 'sans explication'}"
        )
    challenge = query.get("hub.challenge", "")
    if mode not in ("subscribe", "unsubscribe") or mode != subscription.asked:
        return _refused("demande que nous n'avons pas faite")
    if not challenge:
        return _refused("demande sans défi")
    if mode == "unsubscribe":
        return Verdict(meaning="unsubscribed", status=200, body=challenge)
    lease = query.get("hub.lease_seconds", "")
    if not re.fullmatch(r"[1-9][0-9]{0,8}", lease):
        return _refused("durée absente ou impossible")
    return Verdict(meaning="subscribed", status=200, body=challenge, lease_s=int(lease))


def judge_delivery(header: str | None, body: bytes, *, secret: str, allow_sha1: bool = False) -> Delivered:
    """Return whether what a hub brought is signed with our secret.

    Args:
        header: the value of `X-Hub-Signature`, None if missing.
        body: the bytes as they came.
        secret: that of the subscription; "" takes nothing.
        allow_sha1: True where the newsroom allows SHA-1 by name for this feed.
    """
    if not secret:
        return Delivered(False, "WebSub : abonnement sans secret : envoi ignoré, la source reste interrogée")
    method, _, signature = (header or "").strip().partition("=")
    method = method.lower()
    if not signature:
        return Delivered(False, "WebSub : envoi sans signature : ignoré")
    if method == "sha1" and not allow_sha1:
        return Delivered(False, "WebSub : envoi signé en SHA-1, non permis pour ce flux : ignoré")
    if method not in METHODS | {"sha1"}:
        return Delivered(False, "WebSub : envoi signé d'une façon inconnue : ignoré")
    expected = hmac.new(secret.encode(), body, method).hexdigest()
    if not hmac.compare_digest(expected.encode(), signature.strip().lower().encode()):
        return Delivered(False, "WebSub : signature fausse : envoi ignoré")
    return Delivered(True)


def renew_at(subscribed_at: datetime, lease_s: float, *, jitter: float = 0.5) -> datetime:
    """Return when a lease should be asked for anew.

    Args:
        subscribed_at: when the hub verified it.
        lease_s: what the hub granted, seconds.
        jitter: between 0 and 1, so that not all feeds renew at once.
    """
    return subscribed_at + timedelta(seconds=lease_s * (RENEW_AFTER - 0.05 + 0.1 * jitter))


def signature_of(body: bytes, secret: str, method: str = "sha256") -> str:
    """Return the value of `X-Hub-Signature` that a hub would send."""
    return f"{method}={hmac.new(secret.encode(), body, getattr(hashlib, method)).hexdigest()}"


def link_header(*, hub: str, topic: str) -> str:
    """Return the Link header with which our own feeds name their hub."""
    return f'<{hub}>; rel="hub", <{topic}>; rel="self"'


def ping_form(topic: str) -> tuple[tuple[str, str], ...]:
    """Return the form that tells a hub that a feed of ours has changed.

    The recommendation leaves it open; hubs in use take `hub.url`, some `hub.topic`.
    """
    return ("hub.mode", "publish"), ("hub.url", topic), ("hub.topic", topic)


def _refused(why: str) -> Verdict:
    return Verdict(meaning="refused", status=404, reason=f"WebSub : vérification refusée : {why}")


def _rels(parameters: str) -> set[str]:
    for name, quoted, plain in _PARAMETER.findall(parameters):
        if name.lower() == "rel":
            return set((quoted or plain).lower().split())
    return set()


def _absolute(base: str, target: str) -> str:
    try:
        url = urljoin(base, target.strip())
        return url if urlsplit(url).scheme in ("http", "https") else ""
    except ValueError:
        return ""
