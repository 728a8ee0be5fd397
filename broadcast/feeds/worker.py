"""One process that parses, and what it is told: started when first needed, replaced when it is lost."""

from __future__ import annotations

import resource
import signal
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from importlib import import_module
from multiprocessing import get_context
from multiprocessing.connection import Connection
from typing import Any

from broadcast.errors import BroadcastError

#: Time for a process to start, seconds.
START_TIMEOUT_S = 60.0
#: Address space of a worker, bytes: bombs end in a MemoryError of their own.
MEMORY_BYTES = 2**30


@dataclass(frozen=True, slots=True, kw_only=True)
class Work:
    """A body to parse."""

    body: bytes = field(repr=False)
    url: str
    content_type: str = ""
    #: For formats whose alerts have no time of their own.
    received_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Parsed:
    """What came of it."""

    #: What the parser returned; None if the body is to be quarantined.
    feed: Any = None
    #: Why it is to be quarantined, French; "" if it is not.
    reason: str = ""
    #: True if reading was cut short (time, memory, process lost): on a busy machine that may befall a
    #: good feed, so the same bytes deserve another try; keep no validator and no hash of them.
    is_interrupted: bool = False


class Worker:
    """One process, replaced when it is lost."""

    def __init__(self, parser: str, timeout_s: float) -> None:
        self._parser, self._timeout_s = parser, timeout_s
        self._process: Any = None
        self._line: Connection | None = None

    def parse(self, work: Work) -> Parsed:
        """Return what the process makes of a body, or why it cannot."""
        line = self._sent(work)
        if line is None:
            # No process can be had: better here than not at all.
            return parsed_of(self._parser, work)
        reason = "lecture interrompue : le contenu a fait échouer le lecteur, mis de côté"
        try:
            if line.poll(self._timeout_s):
                parsed: Parsed = line.recv()
                return parsed
            reason = f"lecture interrompue après {self._timeout_s:g} s : contenu anormal, mis de côté"
        except Exception:  # noqa: BLE001, S110  (whatever it sent costs one feed, and is told)
            pass
        self.end()
        return Parsed(reason=reason, is_interrupted=True)

    def _sent(self, work: Work) -> Connection | None:
        """Return the line over which a process has the body, None if there is no process."""
        for _ in range(2):
            try:
                line = self._line or self._begin()
                line.send(work)
            except Exception:  # noqa: BLE001  (whatever keeps a process from starting: nobody may wait for ever)
                self.end()  # it ended while it had nothing to do, or did not start
            else:
                return line
        return None

    def _begin(self) -> Connection:
        spawn = get_context("spawn")
        self._line, far_end = spawn.Pipe()
        self._process = spawn.Process(target=_serve, args=(far_end, self._parser, self._timeout_s), daemon=True)
        try:
            self._process.start()
        finally:
            far_end.close()
        if not self._line.poll(START_TIMEOUT_S):
            raise OSError("the process did not start")
        self._line.recv()
        return self._line

    def end(self) -> None:
        """End the process, whatever it does."""
        if self._line is not None:
            self._line.close()
        if self._process is not None and self._process.pid is not None:
            self._process.kill()
            self._process.join()
            self._process.close()
        self._process = self._line = None


def _serve(line: Connection, parser: str, timeout_s: float) -> None:
    """Parse what comes until nobody sends any more: the life of a worker process."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    _limit_memory()
    _function(parser)
    line.send(None)
    while True:
        try:
            work = line.recv()
        except EOFError:
            return
        # Ends an orphan too, whose parent can no longer.
        signal.setitimer(signal.ITIMER_REAL, timeout_s + 5)
        parsed = parsed_of(parser, work)
        signal.setitimer(signal.ITIMER_REAL, 0)
        try:
            line.send(parsed)
        except Exception as error:  # noqa: BLE001  (what cannot be carried over costs one feed, and is told)
            line.send(Parsed(reason=f"contenu illisible ({type(error).__name__}), mis de côté"))


def _limit_memory() -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_AS)
    known = [limit for limit in (soft, hard, MEMORY_BYTES) if limit != resource.RLIM_INFINITY]
    with suppress(OSError, ValueError):
        resource.setrlimit(resource.RLIMIT_AS, (min(known), hard))


def parsed_of(parser: str, work: Work) -> Parsed:
    """Return what a parser makes of a body, in this very process."""
    try:
        more = {} if work.received_at is None else {"received_at": work.received_at}
        return Parsed(feed=_function(parser)(work.body, url=work.url, content_type=work.content_type, **more))
    except BroadcastError as error:
        return Parsed(reason=str(error))
    except MemoryError:
        return Parsed(reason="lecture interrompue : trop de mémoire demandée, contenu mis de côté", is_interrupted=True)
    except RecursionError:
        return Parsed(reason="lecture interrompue : trop de niveaux imbriqués, contenu mis de côté")
    except Exception as error:  # noqa: BLE001  (costs one feed, and is told)
        return Parsed(reason=f"contenu illisible ({type(error).__name__}), mis de côté")


@cache
def _function(parser: str) -> Any:
    module, _, name = parser.partition(":")
    return getattr(import_module(module), name)
