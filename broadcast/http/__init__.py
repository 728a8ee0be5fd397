"""HTTP for adapters: one connection pool and one trust store a process, no retry, no redirect.

A call ends in a `Response`, or raises what it means for a delivery: `ChannelUnavailable` if nothing
can have arrived, `OutcomeUnknown` if it may have. `still_claimed` is asked before each connection and
before each piece of a request; who speaks to a network by other means asks it, too. `calls` makes it, `answers` reads what came back.
"""

from broadcast.fence import ask as still_claimed
from broadcast.http.answers import Response, by_their_clock, check, object_of, retry_after_s, summary
from broadcast.http.calls import File, failure, host, read_within, request, surely_connecting, trust

__all__ = [
    "File",
    "Response",
    "by_their_clock",
    "check",
    "failure",
    "host",
    "object_of",
    "read_within",
    "request",
    "retry_after_s",
    "still_claimed",
    "summary",
    "surely_connecting",
    "trust",
]
