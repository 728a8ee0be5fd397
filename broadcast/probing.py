"""Asking a channel whether its credentials work and what its limits are, and keeping the answer."""

from __future__ import annotations

from dataclasses import dataclass

from broadcast import registry
from broadcast.app import App
from broadcast.audiences import listed
from broadcast.channel import Audience, CanAdvise, CanProbe, Limits
from broadcast.errors import BroadcastError, sayable
from broadcast.store import newsroom


@dataclass(frozen=True, slots=True, kw_only=True)
class Probed:
    """What a probe found."""

    channel: str
    ok: bool
    message: str
    limits: Limits | None = None
    #: Whom the list of the channel reaches, where it has one.
    audience: Audience | None = None

    @property
    def limits_text(self) -> str:
        """The text limit in words, "" if none."""
        if self.limits is None or self.limits.max_length is None:
            return ""
        return f"{self.limits.max_length} {self.limits.unit}"


def probe_channel(app: App, name: str) -> Probed:
    """Probe one channel and keep what it said; a failure is a result, not an error."""
    result = _ask(app, name)
    with app.db.write() as tx:
        newsroom.keep_probe(tx, name, result.limits, app.clock.now(), result.message)
    return result


def _ask(app: App, name: str) -> Probed:
    try:
        adapter = registry.open_channel(app.settings, name)
        said = _advice(adapter)
        if not isinstance(adapter, CanProbe):
            return Probed(channel=name, ok=True, message=f"rien à tester{said}")
        limits = adapter.probe()
        found = listed(app.settings, name)
        message = f"accès vérifié{f' ; {found.words}' if found else ''}{said}"
        return Probed(channel=name, ok=True, message=message, limits=limits, audience=found.audience if found else None)
    except BroadcastError as error:
        return Probed(channel=name, ok=False, message=str(error))
    except Exception as error:  # noqa: BLE001  (an answer that no adapter foresaw costs one channel its probe, not all)
        return Probed(channel=name, ok=False, message=sayable(f"erreur inattendue : {error!r}"))


def _advice(adapter: object) -> str:
    missing = adapter.missing() if isinstance(adapter, CanAdvise) else ()
    return f" ; à compléter dans broadcast.toml : {' ; '.join(missing)}" if missing else ""
