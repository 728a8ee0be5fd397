"""Copy kit: everything a person needs to post by hand where no interface exists.

What the public sees: what a person posted. Facebook groups lost their API on 2024-04-22, WhatsApp
channels never had one, nor have most city apps. A kit is a folder with one page to open on a phone
or a desk (`kit.html`: text to copy, picture with its alternative text, link, checklist), the same as
`kit.txt`, and the pictures. It stays *handed over* until a person confirms with
`broadcast resolve SLUG/CHANNEL --proof …`; after `deadline` it is late, in red in `status`.

No network, no credentials.

Quirks:
    - A correction and a takedown are kits too: people are asked to change or remove what they posted.
    - The page needs no script to be used; a button copies the text where the browser allows it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from html import escape
from pathlib import Path
from typing import ClassVar
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from broadcast import files
from broadcast.channel import (
    ChannelSettings,
    Found,
    Idempotent,
    Limits,
    Memory,
    NotSeen,
    Published,
    Reply,
    Stream,
)
from broadcast.model import Part

_STYLE = (
    ":root{color-scheme:light dark}body{max-width:40rem;margin:0 auto;padding:1rem;font:1.05rem/1.5 system-ui,sans-serif}"
    "h1{font-size:1.4rem}.act{background:#7a1600;color:#fff;padding:.6rem 1rem;border-radius:.4rem;font-weight:700}"
    "textarea{width:100%;min-height:14rem;font:inherit;padding:.6rem;box-sizing:border-box}img{max-width:100%;height:auto}"
    "li{margin:.4rem 0}button{font:inherit;padding:.5rem 1rem}figure{margin:1rem 0}a,li{overflow-wrap:anywhere}"
)


_UNITS = {"s": "seconde", "m": "minute", "h": "heure", "d": "jour", "j": "jour"}


def _in_words(duration: str) -> str:
    """Return "30 minutes" for "30m"."""
    number, unit = duration.strip()[:-1].strip(), _UNITS.get(duration.strip()[-1:], "")
    return f"{number} {unit}{'s' if number not in ('0', '1') else ''}" if unit else duration


@dataclass(frozen=True, kw_only=True)
class Settings(ChannelSettings):
    """`[channels.<name>]` of kind copykit."""

    #: Where the kits go, relative to the newsroom folder.
    destination: ClassVar[tuple[str, ...]] = ("path", "label", "open_url", "assignee")

    path: str = "copykit"
    #: Name of the place, for people: "Groupe Facebook des commerçants".
    label: str = ""
    #: Address to open: the group, the channel, the app's desk.
    open_url: str = ""
    #: Who does it.
    assignee: str = ""
    deadline: str = "1h"
    #: What the place takes; 0: no limit known.
    max_length: int = 0
    max_images: int = 10
    #: IANA name of the time zone in which the kit says when to take the post down.
    timezone: str = "Europe/Paris"

    def __post_init__(self) -> None:
        """Refuse a time zone that does not exist."""
        try:
            ZoneInfo(self.timezone)
        except (ZoneInfoNotFoundError, ValueError):
            raise ValueError(f"timezone : {self.timezone} : fuseau inconnu, par exemple Europe/Paris ou Indian/Reunion") from None


class CopyKit:
    """One place that only people can post to."""

    kind: ClassVar[str] = "copykit"
    settings_type: ClassVar[type[ChannelSettings]] = Settings
    idempotent: ClassVar[Idempotent] = "always"

    def __init__(self, settings: Settings, memory: Memory) -> None:
        self._settings = settings
        self._dir = Path(settings.newsroom_dir) / settings.path / settings.name

    @property
    def limits(self) -> Limits:
        """What the settings say of the place."""
        s = self._settings
        return Limits(
            max_length=s.max_length or None,
            max_images=s.max_images,
            max_image_bytes=8_000_000,
            max_image_px=4096,
            source="settings",
        )

    def publish(self, part: Part, *, key: str, reply_to: Reply | None) -> Published:
        """Hand a kit over."""
        if reply_to is not None:
            act = f"Publiez ceci en réponse à {reply_to.root.url or 'la première publication'}."
            return self._hand_over(f"{part.slug}-{key[-6:]}", part, act)
        return self._hand_over(part.slug, part, "Publiez ce message.")

    def update(self, part: Part, published: Published, *, key: str) -> Published:
        """Ask people to change what they posted."""
        where = f" ({published.url})" if published.url.startswith("http") else ""
        act = f"Remplacez le texte déjà publié{where} par celui-ci ; s'il n'est pas encore publié, publiez celui-ci seulement."
        return self._hand_over(published.external_id, part, act)

    def take_down(self, published: Published, *, key: str) -> Published | None:
        """Ask people to remove what they posted."""
        name = published.external_id.rpartition("/")[2] or published.external_id
        folder = self._dir / name
        where = f" : {published.url} ." if published.url.startswith("http") else "."
        act = f"Retirez ce message{where} S'il n'a jamais été publié, ne le publiez plus et confirmez-le."
        steps = self._steps_back(published, slug=published.token or name)
        try:
            for path in sorted(folder.glob("*")) if folder.is_dir() else []:
                if path.name not in ("kit.txt", "kit.html"):
                    path.unlink(missing_ok=True)
            files.write(folder / "kit.txt", self._text("", act, steps).encode())
            files.write(folder / "kit.html", self._page("Retrait", "", act, steps).encode())
        except OSError as error:
            raise files.failure(error, self._settings.name) from error
        return Published(external_id=published.external_id, url=published.url, public=False)

    def find(self, part: Part, *, key: str, since: datetime, known_ids: frozenset[str]) -> Found | NotSeen:
        """Look whether the kit of exactly this text lies there."""
        for name in (part.slug, f"{part.slug}-{key[-6:]}"):
            try:
                text = (self._dir / name / "kit.txt").read_text(encoding="utf-8")
            except OSError:
                continue
            if name not in known_ids and f"\n{part.text}\n" in text:
                return Found(published=self._published(name, part.slug))
        return NotSeen()

    def _hand_over(self, name: str, part: Part, act: str) -> Published:
        folder = self._dir / name
        steps = self._steps(part)
        try:
            for media in part.media:
                files.write(folder / media.name, media.read())
            files.write(folder / "kit.txt", self._text(part.text, act, steps, part).encode())
            files.write(folder / "kit.html", self._page(part.title, part.text, act, steps, part).encode())
        except OSError as error:
            raise files.failure(error, self._settings.name) from error
        return self._published(name, part.slug)

    def _published(self, name: str, slug: str) -> Published:
        return Published(external_id=name, url=(self._dir / name / "kit.html").as_uri(), public=False, token=slug)

    def _steps(self, part: Part) -> list[str]:
        s = self._settings
        steps = [f"Ouvrir « {s.label or s.name} »" + (f" : {s.open_url}" if s.open_url else "")]
        steps.append("Coller le texte, tel quel")
        steps += [f"Joindre {m.name} ; texte de remplacement : {m.alt}" for m in part.media]
        if part.link:
            steps.append(f"Vérifier que le lien s'ouvre : {part.link}")
        steps += ["Publier, puis copier l'adresse de la publication"]
        proof = f'broadcast resolve {part.slug}/{s.name} --published ADRESSE --proof "qui, quand" --as VOTRE-NOM'
        return [*steps, f"Confirmer : {proof}"]

    def _steps_back(self, published: Published, *, slug: str) -> list[str]:
        s = self._settings
        place = f"Ouvrir « {s.label or s.name} »" + (f" : {s.open_url}" if s.open_url else "")
        where = f" : {published.url}" if published.url.startswith("http") else ", si elle existe"
        confirm = f'broadcast resolve {slug}/{s.name} --proof "qui, quand" --as VOTRE-NOM'
        return [place, f"Supprimer la publication{where}", f"Confirmer : {confirm}"]

    def _facts(self, part: Part | None) -> list[str]:
        s = self._settings
        facts = [f"Canal : {s.label or s.name}"]
        facts += [f"Confié à : {s.assignee}"] if s.assignee else []
        since = "la demande" if part is None else "l'approbation"
        facts += [f"Délai : {_in_words(s.deadline)} après {since}"] if s.deadline else []
        if part is not None and part.expires_at is not None:
            until = part.expires_at.astimezone(ZoneInfo(s.timezone))
            where = "" if s.timezone == "Europe/Paris" else f" (heure locale, {s.timezone})"
            facts.append(f"À retirer après le {until:%d/%m/%Y à %H h %M}{where}")
        return facts

    def _text(self, text: str, act: str, steps: list[str], part: Part | None = None) -> str:
        lines = [act if text else f"!!! RETRAIT !!! {act}", *self._facts(part), ""]
        if text:
            lines += ["----- texte à copier -----", text, "----- fin du texte -----", ""]
        lines += [f"[ ] {step}" for step in steps]
        return "\n".join(lines) + "\n"

    def _page(self, title: str, text: str, act: str, steps: list[str], part: Part | None = None) -> str:
        s = self._settings
        pictures = "".join(
            f'<figure><img src="{escape(m.name)}" alt="{escape(m.alt)}"><figcaption>{escape(m.name)} – texte de remplacement : '
            f"{escape(m.alt)}</figcaption></figure>"
            for m in (part.media if part else ())
        )
        facts = "".join(f"<li>{escape(f)}</li>" for f in self._facts(part))
        boxes = "".join(f'<li><label><input type="checkbox"> {escape(step)}</label></li>' for step in steps)
        place = f'<p><a href="{escape(s.open_url)}">Ouvrir : {escape(s.label or s.name)}</a></p>' if s.open_url else ""
        area = (
            f'<h2 id="t">Texte à copier</h2><textarea readonly aria-labelledby="t">{escape(text)}</textarea>'
            "<p><button type=button onclick=\"navigator.clipboard.writeText(document.querySelector('textarea').value)\">"
            "Copier le texte</button></p>"
            if text
            else ""
        )
        return (
            f'<!doctype html><html lang="fr"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, '
            f'initial-scale=1"><title>{escape(title)} – {escape(s.label or s.name)}</title><style>{_STYLE}</style></head><body>'
            f'<main><h1>{escape(title)}</h1><p class="act">{escape(act)}</p><ul>{facts}</ul>{place}{area}{pictures}'
            f"<h2>À faire</h2><ul>{boxes}</ul></main></body></html>"
        )


ADAPTER: type[Stream] = CopyKit
