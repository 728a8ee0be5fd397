"""The one tree of errors that Broadcast raises on purpose.

Each error reads "what: which: cause" and says the way out; `code` is the stable word that
`--json` prints. `subject` names the message, channel, file or feed that it is about.
"""

from __future__ import annotations

import errno
import re
import threading
from typing import Self

#: What the system says, in French.
_OS_REASONS = {
    errno.ENOENT: "fichier ou dossier absent",
    errno.EACCES: "accès refusé ; vérifiez les droits",
    errno.EPERM: "opération interdite ; vérifiez les droits",
    errno.EROFS: "disque en lecture seule",
    errno.ENOSPC: "disque plein ; libérez de la place",
    errno.EDQUOT: "quota de disque atteint ; libérez de la place",
    errno.EISDIR: "c'est un dossier, pas un fichier",
    errno.ENOTDIR: "ce n'est pas un dossier",
    errno.EEXIST: "existe déjà",
    errno.ENAMETOOLONG: "nom trop long",
    errno.EMFILE: "trop de fichiers ouverts",
    errno.EIO: "erreur de lecture ou d'écriture du disque",
    errno.ELOOP: "liens en boucle",
}


#: Credentials of this process, which some platforms quote in their refusals (Graph: "Malformed access token …").
_NEVER_SAID: tuple[str, ...] = ()
_turn = threading.Lock()
#: Shorter ones are words of every day, too.
_MIN_SECRET = 8


def never_say(credential: str) -> None:
    """Keep a credential out of every reason from now on."""
    global _NEVER_SAID
    if len(credential) < _MIN_SECRET:
        return
    with _turn:  # a new tuple each time: who is just reading the former one is not disturbed
        # The longest first: one that is part of another must not leave the rest of it standing.
        _NEVER_SAID = tuple(sorted({*_NEVER_SAID, credential}, key=len, reverse=True))


def sayable(text: str) -> str:
    """Return what somebody else wrote as it may be stored and shown: no credential, no control character, whole Unicode."""
    for credential in _NEVER_SAID:
        text = text.replace(credential, "…")
    return "".join(c if c.isprintable() or (c.isspace() and c not in "\x1c\x1d\x1e\x1f\x85") else " " for c in storable(text))


def storable(text: str) -> str:
    """Return a text that every database takes: no half of a character, no NUL."""
    return text.encode("utf-8", "replace").decode("utf-8").replace("\0", "")


class BroadcastError(Exception):
    """Root of all errors raised on purpose."""

    #: Stable machine word, printed by `--json` as `error.code`.
    code = "error"

    def __init__(self, message: str, *, subject: str | None = None) -> None:
        super().__init__(message)
        #: The message, channel, file or feed concerned.
        self.subject = subject

    def facts(self) -> dict[str, object]:
        """Return the keys that `--json` adds to `code` and `message`."""
        return {} if self.subject is None else {"subject": self.subject}


def os_reason(error: OSError) -> str:
    """Return what the system says about a file, in French where it is known."""
    return _OS_REASONS.get(error.errno or 0) or error.strerror or str(error)


#: What Python's reader of TOML says, and what to do about it; the first that fits.
_TOML = (
    (
        r"Cannot overwrite|Cannot declare|Cannot mutate|Duplicate",
        "cette clé ou cette section est écrite deux fois : gardez-en une",
    ),
    (r"Expected newline", "une seule valeur par ligne, un texte entre guillemets, un nombre sans zéro devant"),
    (r"Unclosed", "crochet ou accolade qui n'est pas fermé"),
    (r"Expected '='", "une ligne s'écrit clé = valeur"),
    (r"Expected '\]'|Expected \"\]", "une section s'écrit [nom]"),
    (r"Unterminated|Expected [\"']|character '\\n'", "guillemet qui n'est pas fermé"),
    (r"Invalid statement|initial character for a key", "une clé n'a ni accent ni espace, une section s'écrit [nom]"),
    (r"Unescaped|[Hh]ex", "barre oblique inverse dans un texte : doublez-la, ou mettez le texte entre apostrophes"),
    (r"Illegal character", "caractère interdit ici : effacez-le"),
    (r"Invalid value", "valeur illisible : un texte se met entre guillemets, une liste entre crochets"),
)


def toml_reason(message: str) -> str:
    """Return what Python's reader of TOML found, in French, with its line.

    Args:
        message: such as "Invalid value (at line 3, column 8)".
    """
    place = re.search(r"\(at (?:line (\d+), column (\d+)|end of document)\)", message)
    where = f"ligne {place[1]}, colonne {place[2]}" if place and place[1] else "à la fin"
    found = message[: place.start()] if place else message
    way_out = next((said for pattern, said in _TOML if re.search(pattern, found)), "ce n'est pas du TOML")
    return f"{where} : {way_out}"


class UsageError(BroadcastError):
    """The command was used wrongly (exit code 2)."""

    code = "usage"


class SettingsError(BroadcastError):
    """The settings of the newsroom cannot be used; nothing was begun."""

    code = "settings"


class ContentError(BroadcastError):
    """A message file, template or picture cannot be used as it is."""

    code = "content"

    def __init__(
        self,
        message: str,
        *,
        subject: str | None = None,
        file: str | None = None,
        line: int | None = None,
    ) -> None:
        where = "" if file is None else f"{file}:{line}: " if line else f"{file}: "
        super().__init__(where + message, subject=subject)
        #: The message without the place.
        self.reason = message
        self.file = file
        self.line = line

    def facts(self) -> dict[str, object]:
        """Add file and line."""
        return super().facts() | {"file": self.file, "line": self.line}


class TemplateFault(ContentError):
    """A template has a fault; its channel cannot be rendered."""

    code = "template"


class WorkflowError(BroadcastError):
    """What was asked is not allowed in this state or for this person; nothing changed."""

    code = "workflow"


class NotAllowed(WorkflowError):
    """This person may not do this."""

    code = "not_allowed"


class NotFound(WorkflowError):
    """There is no such message, revision, channel, person or delivery."""

    code = "not_found"


class Conflict(WorkflowError):
    """Somebody else changed the same thing first; both states are kept."""

    code = "conflict"


class StoreError(BroadcastError):
    """The database cannot be read or written."""

    code = "store"


class StoreAway(StoreError):
    """The database server does not answer: later it may."""


class DamagedRow(BroadcastError):
    """A row of the database cannot be read: what it is about is held, the others go on."""

    code = "damaged"


class FeedError(BroadcastError):
    """What a source sent was refused."""

    code = "feed"


class DeliveryError(BroadcastError):
    """A call to a channel did not end as published. Adapters raise the four below."""

    code = "delivery"
    #: True where a refusal of one recipient may concern everybody: what becomes of the others shows which.
    unclear = False

    def __init__(self, message: str, *, subject: str | None = None) -> None:
        super().__init__(sayable(message), subject=subject)

    def or_everybodys(self) -> Self:
        """Return this error, noted as one that may concern everybody."""
        self.unclear = True
        return self


class ChannelUnavailable(DeliveryError):
    """Nothing happened at the channel; the same call may be made again later."""

    code = "unavailable"

    def __init__(
        self,
        message: str,
        *,
        subject: str | None = None,
        retry_after_s: float | None = None,
    ) -> None:
        super().__init__(message, subject=subject)
        #: Seconds that the channel asked to wait, if it said so.
        self.retry_after_s = retry_after_s


class ChannelRefused(DeliveryError):
    """The channel will never take this; the platform's reason is the message."""

    code = "refused"


class ChannelMisconfigured(DeliveryError):
    """Credentials, address or rights are wrong; the channel is paused until someone mends them."""

    code = "misconfigured"


class OutcomeUnknown(DeliveryError):
    """The channel may or may not have done it: look before calling again."""

    code = "unknown"


class ClaimLost(OutcomeUnknown):
    """The claim under which a call was made lapsed before it could be sent: somebody else may have made it."""
