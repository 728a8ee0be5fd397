"""Where the lines of the log go, in a thread of its own: who speaks never waits for a reader, and never fails.

A closed pipe, a full disk or a reader that no longer reads costs lines, which are counted, and nothing else.
"""

from __future__ import annotations

import errno
import os
import select
import threading
from collections import deque
from contextlib import suppress
from typing import TextIO

from broadcast.errors import os_reason

#: Lines that wait for a reader; what is said beyond is counted as lost.
MAX_WAITING = 2000
#: How long the end waits for lines that are not written yet, seconds.
FLUSH_S = 2.0
_STDERR = 2
_REASONS = {errno.EPIPE: "plus personne ne lit le journal (tube fermé)", errno.EBADF: "la sortie est fermée"}


class Sink:
    """Writes lines to a stream, as far as it takes them."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self._number = _number_of(stream)
        self._waiting: deque[str] = deque()
        self._turn = threading.Condition()
        self._thread: threading.Thread | None = None
        self._is_writing, self._is_torn = False, False
        #: Lines lost since the process began, and those of them that no written line has told yet.
        self.lost, self._untold = 0, 0
        self._fault = ""

    @property
    def fault(self) -> str:
        """Why nothing can be written now, "" if it can."""
        if self._fault or len(self._waiting) < MAX_WAITING:
            return self._fault
        return "le journal n'est plus lu (tube plein)"

    def put(self, line: str) -> None:
        """Write a line as soon as it can be; returns at once and raises nothing."""
        if self._number is None:  # held in memory: nothing to wait for
            self._write(line)
            return
        with self._turn:
            if len(self._waiting) >= MAX_WAITING or not self._has_thread():
                self._lose()
                return
            self._waiting.append(line)
            self._turn.notify_all()

    def flush(self, timeout_s: float = FLUSH_S) -> None:
        """Wait until what was said is written, or cannot be, but not for long."""
        with self._turn:
            self._turn.wait_for(lambda: not self._waiting and not self._is_writing, timeout_s)

    def _has_thread(self) -> bool:
        if self._thread is None or not self._thread.is_alive():
            self._thread = threading.Thread(target=self._serve, name="log", daemon=True)
            try:
                self._thread.start()
            except RuntimeError as error:  # the machine gives no more threads
                self._thread, self._fault = None, str(error)
                return False
        return True

    def _serve(self) -> None:
        while True:
            with self._turn:
                self._is_writing = False
                self._turn.notify_all()
                self._turn.wait_for(lambda: bool(self._waiting))
                line, self._is_writing = self._waiting.popleft(), True
            self._write(line)

    def _write(self, line: str) -> None:
        lead = "\n" if self._is_torn else ""
        if self._untold:
            lead += f"journal : {self._untold} ligne(s) n'ont pas pu être écrites ({self._fault or 'trop à la fois'})\n"
        try:
            self._out(lead + line)
        except (OSError, ValueError, AttributeError) as error:
            self._lose(error)
        else:
            self._untold, self._fault, self._is_torn = 0, "", False

    def _out(self, text: str) -> None:
        if self._number is None:
            self._stream.write(text)
            self._stream.flush()
            return
        left = text.encode("utf-8", "replace")
        while left:
            try:
                done = os.write(self._number, left)
            except BlockingIOError:  # a pipe that its owner made non-blocking
                select.select([], [self._number], [], 1.0)
                continue
            self._is_torn, left = done < len(left), left[done:]

    def _lose(self, error: Exception | None = None) -> None:
        with self._turn:
            self.lost += 1
            self._untold += 1
        if error is None:
            return
        is_new, self._fault = not self._fault, _reason(error)
        if is_new:
            with suppress(OSError):  # whoever started us may still listen there
                os.write(_STDERR, f"broadcast : journal impossible à écrire : {self._fault} ; les envois continuent\n".encode())


def _number_of(stream: TextIO) -> int | None:
    # Past Python's own buffer: what it kept of a line that failed would fail again at the end of the process.
    try:
        stream.flush()
        return stream.fileno()
    except (OSError, ValueError, AttributeError):  # in memory; or there is none, begun with its output closed
        return None


def _reason(error: Exception) -> str:
    if not isinstance(error, OSError):
        return "la sortie est fermée"
    return _REASONS.get(error.errno or 0) or os_reason(error)
