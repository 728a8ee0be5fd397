"""WebSub as subscriber: asking hubs, answering their questions, believing what they sign. Polling stays the base."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from datetime import timedelta

from broadcast import http
from broadcast.app import App
from broadcast.errors import BroadcastError
from broadcast.feeds import websub
from broadcast.feeds.addresses import allowed_of, read_url
from broadcast.feeds.connections import system_resolve
from broadcast.relay.poll import known_feeds
from broadcast.sources import FeedState
from broadcast.store import feeds

#: A hub that does not answer is asked again after this time.
ASK_AGAIN = timedelta(hours=1)


def subscribe_due(app: App, callback_base: str) -> int:
    """Ask the hubs of sources that announce one; return how many were asked.

    Args:
        app: the newsroom.
        callback_base: public https address under which `/websub/…` is served; "" where there is none.
    """
    if not callback_base:
        return 0
    now, asked = app.clock.now(), 0
    for name, state in known_feeds(app).items():
        if not _wants(app, state) or (state.websub_until_at is not None and now < state.websub_until_at):
            continue
        if state.websub_asked_at is not None and now < state.websub_asked_at + ASK_AGAIN:
            continue
        secret = state.websub_secret or secrets.token_urlsafe(32)
        with app.db.write() as tx:
            feeds.update_feed(tx, name, websub_secret=secret, websub_asked_at=now)
        asked += _ask(app, state, f"{callback_base.rstrip('/')}{path_of(name, secret)}", secret)
    return asked


def path_of(name: str, secret: str) -> str:
    """Return the path of a callback: one for each subscription, not to be guessed, without the secret itself."""
    from broadcast.model import sha256_of

    return f"/websub/{name}/{sha256_of(('callback:' + secret).encode())[:32]}"


def answer(app: App, name: str, token: str, query: Mapping[str, str]) -> websub.Verdict:
    """Return what to answer to a hub's question, and remember what it means."""
    state = _of_callback(app, name, token)
    standing = (
        websub.Subscription(topic=state.topic_url or state.url, asked="subscribe", secret=state.websub_secret)
        if state is not None
        else None
    )
    verdict = websub.verdict_on(query, standing)
    if state is not None and verdict.meaning == "subscribed":
        renew = websub.renew_at(app.clock.now(), verdict.lease_s)
        with app.db.write() as tx:
            feeds.update_feed(tx, name, websub_until_at=renew)
    elif state is not None and verdict.meaning in ("unsubscribed", "denied"):
        with app.db.write() as tx:
            feeds.update_feed(tx, name, websub_until_at=None)
    return verdict


def believe(app: App, name: str, token: str, body: bytes, signature: str | None) -> websub.Delivered | None:
    """Return whether what came over a callback is the hub's; None where there is no such callback."""
    state = _of_callback(app, name, token)
    if state is None:
        return None
    section = app.settings.feeds[name]
    return websub.judge_delivery(signature, body, secret=state.websub_secret, allow_sha1=section.allow_sha1)


def _wants(app: App, state: FeedState) -> bool:
    return bool(state.hub_url) and app.settings.feeds[state.name].websub and not state.paused


def _of_callback(app: App, name: str, token: str) -> FeedState | None:
    state = known_feeds(app).get(name)
    if state is None or not state.websub_secret:
        return None
    expected = path_of(name, state.websub_secret).rpartition("/")[2]
    return state if secrets.compare_digest(expected.encode(), token.encode()) else None


def _ask(app: App, state: FeedState, callback: str, secret: str) -> bool:
    private = app.settings.feeds[state.name].allow_private
    try:
        place = read_url(state.hub_url, allow_private=private)
        allowed_of(place.who, system_resolve(place.host, place.port), allow_private=private)
        # On its own network a hub may be without https: the newsroom allowed that source by name.
        hub = "" if private else state.hub_url
        topic = state.topic_url or state.url
        form = websub.subscription_form("subscribe", topic=topic, callback=callback, secret=secret, hub=hub)
        http.request("POST", state.hub_url, form=list(form), safe=True)
    except (BroadcastError, OSError):
        return False  # asked again later; the source is polled all the while
    return True
