"""Who holds a claim: machine, boot, process and its start, so that a dead holder is known at once."""

from __future__ import annotations

import os
import socket
from pathlib import Path


def this_process() -> str:
    """Return the name under which this process claims."""
    return f"{_here()}/{os.getpid()}/{_started(os.getpid())}"


def is_dead(claimant: str) -> bool:
    """True if the claimant was a process of this machine and no longer lives."""
    here, _, process = claimant.partition("/")
    machine, _, boot = here.partition("+")
    own_machine, _, own_boot = _here().partition("+")
    if machine != own_machine:
        return False
    pid, _, started = process.partition("/")
    if boot != own_boot or not pid.isdigit():
        return True
    return _started(int(pid)) != started


def _here() -> str:
    # Containers may share a machine's id; their process numbers say nothing of each other's.
    machine = f"{_read('/etc/machine-id') or socket.gethostname()}.{_namespace()}"
    return f"{machine}+{_read('/proc/sys/kernel/random/boot_id')}"


def _namespace() -> str:
    try:
        return str(os.stat("/proc/self/ns/pid").st_ino)
    except OSError:
        return ""


def _started(pid: int) -> str:
    # Field 22 of /proc/<pid>/stat, counted after the last ")": names may hold spaces.
    stat = _read(f"/proc/{pid}/stat")
    fields = stat.rpartition(")")[2].split()
    # A zombie is no longer able to send anything.
    return fields[19] if len(fields) > 19 and fields[0] not in "ZX" else ""


def _read(path: str) -> str:
    try:
        return Path(path).read_text().strip()
    except OSError:
        return ""
