"""What an answer of a source means: pure. Request and answer in, `Fetched` out.

Reasons are read by the duty officer: they name the server, never a path, a query or a header.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from broadcast.feeds.addresses import Private
from broadcast.feeds.websub import hubs_in_headers
from broadcast.http import retry_after_s

Outcome = Literal["new", "unchanged", "failed", "gone"]

#: Statuses that send elsewhere, and those of them that do so for good.
REDIRECTS = frozenset({301, 302, 303, 307, 308})
PERMANENT = frozenset({301, 308})
_REASONS = {
    401: "accès refusé (401) ; vérifiez la clé ou le mot de passe du flux",
    403: "accès interdit (403) ; vérifiez la clé du flux, ou demandez l'accès à la source",
    404: "introuvable (404) ; vérifiez url",
    407: "un serveur mandataire demande de s'identifier (407)",
    410: "supprimé par la source (410) ; retirez ce flux ou corrigez url",
    429: "trop de demandes (429) ; espacez poll_every",
    503: "source momentanément indisponible (503)",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedRequest:
    """What is asked of a source, and what is known of it."""

    url: str
    #: Validators of the last answer, exactly as received; "" if there were none.
    etag: str = ""
    last_modified: str = ""
    #: Hash of the last body, "" if there was none.
    body_sha256: str = ""
    #: True where the newsroom said that this source may be on its own network.
    allow_private: Private = False
    #: More headers, perhaps with a secret; sent to the origin of `url` only.
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    #: For everything: name, connection, redirects, body.
    timeout_s: float = 30.0

    @property
    def is_conditional(self) -> bool:
        """True if an answer of "not modified" makes sense."""
        return bool(self.etag or self.last_modified)


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """The last answer of a chain of redirects."""

    status: int
    #: Lower-case names.
    headers: Mapping[str, str]
    #: Values of all Link headers.
    links: tuple[str, ...] = ()
    #: Unpacked.
    body: bytes = field(default=b"", repr=False)
    #: Address that gave it.
    url: str
    #: The same if only permanent redirects led there, else "".
    moved_to: str = ""
    #: True if it is not the requested address that gave it.
    is_redirected: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Fetched:
    """What came of a fetch."""

    outcome: Outcome
    #: Of the last answer, 0 if there was none.
    status: int = 0
    #: Unpacked; empty unless the outcome is "new".
    body: bytes = field(default=b"", repr=False)
    body_sha256: str = ""
    #: To be sent back the next time. Empty after a redirect: they are the other address's.
    etag: str = ""
    last_modified: str = ""
    content_type: str = ""
    final_url: str = ""
    #: Where the source says that it is from now on, "" if nowhere else.
    moved_to: str = ""
    hub_urls: tuple[str, ...] = ()
    self_url: str = ""
    #: Seconds that the source asked to wait.
    retry_after_s: float | None = None
    #: Why not, in a French sentence; empty for "new" and "unchanged".
    reason: str = ""
    took_s: float = 0.0


def failed(reason: str, *, status: int = 0, retry_after_s: float | None = None, final_url: str = "") -> Fetched:
    """Return what a fetch without a usable answer gives."""
    return Fetched(outcome="failed", status=status, reason=reason, retry_after_s=retry_after_s, final_url=final_url)


def fetched_of(request: FeedRequest, answer: Answer, *, who: str) -> Fetched:
    """Return what an answer means.

    Args:
        request: what was asked.
        answer: the last answer.
        who: the server, for the reason.
    """
    if answer.status == 304:
        return _not_modified(request, answer, who)
    if answer.status == 204:
        return _nothing(request, answer)
    if answer.status != 200:
        return _refusal(answer, who)
    if not answer.body:
        return failed(f"{who} : réponse vide ; nouvel essai prévu", status=200, final_url=answer.url)
    sha256 = hashlib.sha256(answer.body).hexdigest()
    is_same = sha256 == request.body_sha256
    etag, last_modified = _validators(answer)
    hubs = hubs_in_headers(answer.links, base=answer.url)
    return Fetched(
        outcome="unchanged" if is_same else "new",
        status=200,
        body=b"" if is_same else answer.body,
        body_sha256=sha256,
        etag=etag,
        last_modified=last_modified,
        content_type=answer.headers.get("content-type", ""),
        final_url=answer.url,
        moved_to=answer.moved_to,
        hub_urls=hubs.hub_urls,
        self_url=hubs.self_url,
    )


def _not_modified(request: FeedRequest, answer: Answer, who: str) -> Fetched:
    if not request.is_conditional or answer.is_redirected:
        reason = f"{who} : « inchangé » (304) sans que rien n'ait été comparé ; nouvel essai prévu"
        return failed(reason, status=304, final_url=answer.url)
    etag, last_modified = _validators(answer)
    return Fetched(
        outcome="unchanged",
        status=304,
        body_sha256=request.body_sha256,
        etag=etag or request.etag,
        last_modified=last_modified or request.last_modified,
        final_url=answer.url,
    )


def _nothing(request: FeedRequest, answer: Answer) -> Fetched:
    """Return that a source has nothing to tell: no failure, and nothing to compare the next answer with but what is known."""
    return Fetched(
        outcome="unchanged",
        status=204,
        body_sha256=request.body_sha256,
        etag=request.etag,
        last_modified=request.last_modified,
        final_url=answer.url,
        moved_to=answer.moved_to,
    )


def _validators(answer: Answer) -> tuple[str, str]:
    if answer.is_redirected:
        return "", ""
    etag, last_modified = answer.headers.get("etag", ""), answer.headers.get("last-modified", "")
    # What is folded over lines cannot be sent back.
    return ("", "") if re.search(r"[\r\n]", etag + last_modified) else (etag, last_modified)


def _refusal(answer: Answer, who: str) -> Fetched:
    status = answer.status
    why = _REASONS.get(status)
    if why is None and status >= 500:
        why = f"panne de la source ({status}) ; nouvel essai prévu"
    wait_s = retry_after_s(answer.headers) if status == 429 or status >= 500 else None
    return Fetched(
        outcome="gone" if status == 410 else "failed",
        status=status,
        reason=f"{who} : {why or f'réponse inattendue ({status}) ; vérifiez url'}",
        retry_after_s=wait_s,
        final_url=answer.url,
    )
