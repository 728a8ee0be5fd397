"""Debian's postfix behind a door; it delivers to a folder of its own, and nothing leaves this machine."""

from __future__ import annotations

import os
import re
import shutil
import socket
import subprocess
from collections import Counter
from contextlib import suppress
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path

import pytest

from tests.real.proxy import Proxy
from tests.real.servers.process import Process, free_port, needs

#: What the server says to single recipients, on purpose.
REFUSED = {
    "slow@city.test": "450 4.7.1 try later",
    "full@city.test": "552 5.2.2 mailbox full",
    "away@elsewhere.test": "554 5.7.1",
}
_MAIN = """compatibility_level = 3.6
queue_directory = {folder}/queue
data_directory = {folder}/data
maillog_file = /dev/stdout
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
myhostname = mx.city.test
mydestination =
mynetworks =
smtputf8_enable = yes
virtual_mailbox_domains = city.test
virtual_mailbox_base = {folder}/mail
virtual_mailbox_maps = static:inbox/
virtual_uid_maps = static:8
virtual_gid_maps = static:8
virtual_minimum_uid = 8
default_transport = error:5.1.2 nothing leaves this host
relay_transport = error:5.1.2 nothing leaves this host
smtpd_relay_restrictions = reject_unauth_destination
smtpd_recipient_restrictions = check_recipient_access inline:{{ {{slow@city.test = 450 4.7.1 try later}}, {{full@city.test = 552 5.2.2 mailbox full}} }}, permit
smtpd_client_connection_rate_limit = 0
smtpd_error_sleep_time = 0
"""


class Postfix:
    """One relay for the city's own domain; who got what is read from its mailbox."""

    def __init__(self, folder: Path) -> None:
        postfix = needs("postfix", "postfix")
        if os.geteuid() != 0:
            pytest.skip("postfix begins as root only (sudo make real)")
        self._folder, self._inner = folder, free_port()
        for name in ("etc", "queue", "data", "mail"):
            (folder / name).mkdir(exist_ok=True)
        folder.chmod(0o755)
        shutil.copytree("/etc/postfix", folder / "etc", dirs_exist_ok=True, symlinks=True)
        (folder / "etc/main.cf").write_text(_MAIN.format(folder=folder))
        master = (folder / "etc/master.cf").read_text()
        master = re.sub(r"(?m)^smtp      inet .*", f"127.0.0.1:{self._inner} inet n - n - - smtpd", master)
        # Nothing in a cage: the queue's folder has no copy of the system's files.
        master = re.sub(r"(?m)^(\S+ +(?:unix|fifo|pass) +\S+ +\S+ +)y ", r"\1n ", master)
        (folder / "etc/master.cf").write_text(master)
        shutil.chown(folder / "data", "postfix")
        shutil.chown(folder / "mail", "mail", "mail")
        self._command = [postfix, "-c", str(folder / "etc")]
        self.begin()
        self.proxy = Proxy(free_port(), self._inner)

    def begin(self) -> None:
        """Begin the server, in the foreground: it is ours to end."""
        self._process = Process([*self._command, "start-fg"], self._folder / "log")
        self._process.until(self._greets)

    def end(self) -> None:
        """End the server, and all it started."""
        with suppress(subprocess.SubprocessError):
            subprocess.run([*self._command, "stop"], capture_output=True, timeout=30)
        self._process.stop()

    def stop(self) -> None:
        self.proxy.close()
        self.end()

    def mails(self, word: str) -> list[EmailMessage]:
        """Return the mails in which a word stands, in no order."""
        found = [message_from_bytes(p.read_bytes(), policy=policy.default) for p in (self._folder / "mail").rglob("new/*")]
        return [mail for mail in found if word in str(mail["subject"])]

    def counts(self, word: str) -> Counter[str]:
        """Return how many such mails everybody got."""
        return Counter(str(mail["x-original-to"] or mail["delivered-to"]) for mail in self.mails(word))

    def is_quiet(self) -> bool:
        """True once nothing waits in its queue."""
        places = ("incoming", "active", "maildrop")
        return not any(p.is_file() for name in places for p in (self._folder / "queue" / name).rglob("*"))

    def _greets(self) -> bool:
        try:
            with socket.create_connection(("127.0.0.1", self._inner), 1.0) as probe:
                return probe.recv(3) == b"220"
        except OSError:
            return False
