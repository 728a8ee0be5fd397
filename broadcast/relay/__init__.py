"""The relay: national feeds become alerts, drafts at the relay desk, or messages under a standing rule.

Stands above the desk and the newsroom's `App` (ADR 9). `poll_due`, `push`, `housekeep` and `subscribe_due` are what
a scheduler calls; `adopt`, `claim`, `dismiss` what people do.
"""

from broadcast.relay.adopt import Adopted, adopt, claim, dismiss, release
from broadcast.relay.documents import Polled
from broadcast.relay.hubs import answer, believe, path_of, subscribe_due
from broadcast.relay.poll import known_feeds, poll, poll_due, push
from broadcast.relay.tend import housekeep, stale_reason

__all__ = [
    "Adopted",
    "Polled",
    "adopt",
    "answer",
    "believe",
    "claim",
    "dismiss",
    "housekeep",
    "known_feeds",
    "path_of",
    "poll",
    "poll_due",
    "push",
    "release",
    "stale_reason",
    "subscribe_due",
]
