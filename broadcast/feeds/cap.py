"""CAP documents: bytes to an `Alert`, and an `Alert` to bytes that pass the schema.

Tolerant in: what is flawed and can be read is read, and told as a doubt (`alerts.Doubt`) that a person sees and no rule
passes unasked. Without a doubt, because no meaning is lost:

* elements in another order than the schema's;
* times with `Z` or fractions of a second (CAP 1.2 wants `-00:00`; the instant is the same);
* elements of other namespaces, XML signatures among them (`signature.py` verifies those);
* CAP 1.1 and 1.0, their "Very Likely", their resources without a type;
* spaces around values, HTML in texts for people.

Strict out: what CAP forbids is never written.
"""

from __future__ import annotations

from broadcast.alerts import Alert
from broadcast.errors import FeedError
from broadcast.feeds.cap_read import NAMESPACES, alert_of, is_alert, parts_of, tree
from broadcast.feeds.cap_write import NS, time_text, to_xml

__all__ = ["NAMESPACES", "NS", "parse", "time_text", "to_xml"]


def parse(data: bytes) -> Alert:
    """Read one CAP message; what is flawed but readable is there, with its doubts.

    Raises:
        FeedError: not XML, or not a CAP alert; the message says why.
    """
    root = tree(data)
    name = root.tag.rpartition("}")[2]
    if not is_alert(name, root.tag[1:].partition("}")[0] if root.tag.startswith("{") else "", parts_of(root)):
        raise FeedError(f"CAP : la racine est <{name}>, il faut <alert> de CAP 1.2")
    return alert_of(root)
