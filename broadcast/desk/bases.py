"""From which version a file goes on: what is not the latest one, or cannot say, is not taken for a new version."""

from __future__ import annotations

from pathlib import PurePath

from broadcast.errors import Conflict
from broadcast.frontmatter.base import read_base
from broadcast.merge import likeness, merge
from broadcast.model import Draft, Revision
from broadcast.outbox import Message
from broadcast.store import revisions
from broadcast.store.base import Tx


class StaleBase(Conflict):
    """The file does not go on from the latest revision; both texts come along, merged where they do not collide."""

    code = "stale_base"

    def __init__(self, base: int | None, latest: Revision, yours: str, merged: str | None) -> None:
        slug, number = latest.slug, latest.number
        if base is None:
            begin = (
                f"{slug} : ce message existe déjà (version {number} de {latest.author} : « {latest.draft.title} »), et votre "
                "fichier ne dit pas de laquelle de ses versions il part"
            )
        else:
            begin = f"{slug} : votre fichier part de la version {base}, mais la dernière est la {number}, de {latest.author}"
        if merged is not None:
            way = (
                f"les deux textes ne se contredisent pas : relisez le texte réuni ci-dessous, puis soumettez-le avec --merge "
                f"(ou le vôtre seul, avec --base {number})"
            )
        else:
            way = f"reprenez ses changements dans votre fichier, puis soumettez avec --base {number}"
        other = " ; pour un autre message, donnez un autre nom au fichier" if base is None else ""
        super().__init__(f"{begin} ; {way}{other} (rien n'est perdu : les deux textes suivent)", subject=slug)
        self.base = base
        self.latest = number
        self.theirs = latest.draft.source_text
        self.yours = yours
        #: Both changes in one text; None where they collide.
        self.merged = merged

    def facts(self) -> dict[str, object]:
        """Add the texts."""
        return super().facts() | {
            "base": self.base,
            "latest": self.latest,
            "theirs": self.theirs,
            "yours": self.yours,
            "merged": self.merged,
        }


class OtherFolder(Conflict):
    """A file of this name was submitted from another folder, under another title: perhaps it is another message."""

    code = "other_folder"

    def __init__(self, latest: Revision, known: str, title: str) -> None:
        super().__init__(
            f"{latest.slug} : « {title} », dans un autre dossier, porte le nom du message « {latest.draft.title} » ({known}) ; "
            f"pour un autre message, donnez un autre nom au fichier ; pour une nouvelle version, --base {latest.number}",
            subject=latest.slug,
        )
        self.latest = latest.number
        self.known = known

    def facts(self) -> dict[str, object]:
        """Add the file that is known."""
        return super().facts() | {"latest": self.latest, "known": self.known}


def demand_base(tx: Tx, message: Message, latest: Revision, draft: Draft, path: str, base: int | None) -> None:
    """Refuse a file that does not go on from the latest revision.

    Args:
        tx: the transaction.
        message: the message of this name.
        latest: its latest revision.
        draft: the file as read, without its base line.
        path: its absolute path.
        base: revision from which it goes on, where the person says so.

    Raises:
        StaleBase: it goes on from an older one, or does not say from which.
        OtherFolder: the same name in another folder, with another title.
    """
    if base is None:
        _demand_same_message(tx, message, latest, draft, path)
    start = base if base is not None else _start(tx, message, draft, path)
    if start == latest.number:
        return
    olds = revisions.revisions(tx, message)
    # Without a base the likeliest one is good enough for a proposal that a person reads.
    begin = next((r for r in olds if r.number == start), None) or max(
        olds, key=lambda r: likeness(r.draft.source_text, draft.source_text)
    )
    merged = merge(begin.draft.source_text, latest.draft.source_text, draft.source_text)
    raise StaleBase(start, latest, draft.source_text, merged)


def _start(tx: Tx, message: Message, draft: Draft, path: str) -> int | None:
    """Return the revision from which a file goes on: by its own line, by its path, by its very text."""
    said = read_base(draft.base)
    if said is not None and said[0] == message.slug:
        return said[1]
    known = revisions.base_of(tx, path, message.uid)
    if known is not None:
        return known
    same = [r.number for r in revisions.revisions(tx, message) if r.draft.source_text == draft.source_text]
    return same[-1] if same else None


def _demand_same_message(tx: Tx, message: Message, latest: Revision, draft: Draft, path: str) -> None:
    known = revisions.paths_of(tx, message.uid)
    if not known or draft.title == latest.draft.title or _folder(path) in {_folder(p) for p in known}:
        return
    raise OtherFolder(latest, known[-1], draft.title)


def _folder(path: str) -> tuple[str, ...]:
    # The newsroom's own folder may lie elsewhere on another machine.
    return PurePath(path).parts[-3:-1]
