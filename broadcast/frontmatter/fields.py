"""From the values of a header to a draft: one function a field that has rules of its own."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from broadcast.frontmatter.base import read_base
from broadcast.frontmatter.reader import Reader
from broadcast.frontmatter.rules import AREA, LANGUAGE, MAX_IMAGES, MAX_TITLE, WORDS
from broadcast.model import Draft, Image, Level, MessageKind, Source


def draft_of(
    r: Reader,
    text: str,
    body: str,
    default_language: str,
    default_areas: tuple[str, ...],
) -> Draft | None:
    """Return the draft; problems are in the reader."""
    title = r.one_line("title")
    if not title:
        r.problem("title_missing", "title : à écrire", line=r.lines.get("title", 1))
    if len(title) > MAX_TITLE:
        r.problem(
            "title_too_long",
            f"title : {len(title)} caractères, au plus {MAX_TITLE}",
            "title",
        )
    if not body.strip():
        r.problem("body_missing", "le message n'a pas de texte sous l'en-tête", "body")
    kind = MessageKind(r.word("kind", [k.value for k in MessageKind], "information") or "information")
    draft = Draft(
        slug=r.slug,
        title=title,
        body=body,
        kind=kind,
        level=Level(r.word("level", [level.value for level in Level], "unknown") or "unknown"),
        urgency=r.word("urgency", WORDS["urgency"], None),
        certainty=r.word("certainty", WORDS["certainty"], None),
        category=r.word("category", WORDS["category"], None),
        response=r.word("response", WORDS["response"], None),
        event=r.one_line("event"),
        areas=_areas(r) or default_areas,
        channels=r.texts("channels") if r.values.get("channels") is not None else None,
        embargo_until_at=r.time("embargo_until"),
        onset_at=r.time("onset"),
        until_at=r.time("until"),
        expires_at=r.time("expires"),
        short=r.text("short"),
        instruction=r.text("instruction"),
        contact=r.one_line("contact"),
        link=_link(r, "link"),
        hashtags=_hashtags(r),
        images=_images(r),
        owner=r.text("owner"),
        next_update_at=r.time("next_update"),
        repeat_every_s=r.duration("repeat_every"),
        incident=r.text("incident"),
        ends=r.text("ends"),
        source=_source(r),
        language=_language(r) or default_language,
        overrides=_overrides(r),
        base=_base(r),
        change=r.one_line("change"),
        is_correction=r.truth("correction"),
        source_text=text,
        lines=dict(r.lines),
        file=r.file,
    )
    _order(r, draft)
    return draft


def _base(r: Reader) -> str:
    value = r.text("base")
    if value and read_base(value) is None:
        r.problem("bad_base", f"base : « {value} » : ligne tenue par `broadcast submit` (crue-quais@2) ; effacez-la", "base")
    return value


def _areas(r: Reader) -> tuple[str, ...]:
    areas = r.texts("areas")
    for code in areas:
        if not AREA.fullmatch(code):
            r.problem(
                "bad_area",
                f'areas : « {code} » n\'est pas un code INSEE (commune "92040", département "92")',
                "areas",
            )
    return areas


def _link(r: Reader, key: str, value: str | None = None) -> str:
    link = r.text(key) if value is None else value
    if link and not re.fullmatch(r"https?://[^\s<>\"]+", link):
        r.problem("bad_link", f"{key} : « {link} » n'est pas une adresse http(s)", key)
    return link


def _language(r: Reader) -> str:
    language = r.text("language")
    if language and not LANGUAGE.fullmatch(language):
        r.problem("bad_language", f"language : « {language} » n'est pas un code de langue (fr, en, pt-BR)", "language")
    return language


def _hashtags(r: Reader) -> tuple[str, ...]:
    tags = tuple(tag.lstrip("#") for text in r.texts("hashtags") for tag in _apart(text))
    for tag in tags:
        if not re.fullmatch(r"[^\W_][\w]*", tag) or tag.isdigit():
            r.problem(
                "bad_hashtag",
                f"hashtags : « {tag} » : lettres et chiffres seulement, sans espace",
                "hashtags",
            )
    return tags


def _apart(text: str) -> list[str]:
    """Return the hashtags of one text: "Crue, Issy" and "#Crue #Issy" are two, "deux mots" is one that nobody can write."""
    return re.split(r"[\s,;]+", text) if "#" in text or "," in text or ";" in text else [text]


def _images(r: Reader) -> tuple[Image, ...]:
    images = []
    given = _mappings(r, "images")
    if len(given) > MAX_IMAGES:
        r.problem("too_many_images", f"images : {len(given)}, au plus {MAX_IMAGES} ; partagez le message", "images")
        return ()
    for n, item in enumerate(given):
        wrong = [k for k in item if k not in ("file", "alt", "credit", "focus")]
        fields = {k: str(item.get(k) or "").strip() for k in ("file", "alt", "credit")}
        if wrong:
            r.problem(
                "unknown_key",
                f"images : clé inconnue « {wrong[0]} » ; connues : file, alt, credit, focus",
                f"images.{n}",
            )
        if not fields["file"]:
            r.problem("image_file_missing", "images : indiquez file", f"images.{n}")
        if not fields["alt"]:
            r.problem(
                "alt_missing",
                f"images : {fields['file'] or 'image'} sans texte de remplacement : ajoutez alt",
                f"images.{n}",
            )
        images.append(Image(**fields, focus=_focus(r, item.get("focus"), f"images.{n}")))
    return tuple(images)


def _focus(r: Reader, value: Any, key: str) -> tuple[float, float] | None:
    if value is None:
        return None
    match = re.fullmatch(r"\s*(\d{1,3})\s*%\s+(\d{1,3})\s*%\s*", str(value))
    if not match or int(match[1]) > 100 or int(match[2]) > 100:
        r.problem("bad_focus", f'images : focus : « {value} » ; écrivez "50% 30%" (depuis la gauche, depuis le haut)', key)
        return None
    return int(match[1]) / 100, int(match[2]) / 100


def _mappings(r: Reader, key: str) -> list[Mapping[str, Any]]:
    value = r.values.get(key) or []
    if not isinstance(value, list) or not all(isinstance(item, dict) for item in value):
        r.problem("not_a_list", f"{key} : écrivez une liste de {{file: …, alt: …}}", key)
        return []
    return value


def _source(r: Reader) -> Source | None:
    value = r.values.get("source")
    if value is None:
        return None
    if not isinstance(value, dict) or not value.get("name"):
        r.problem(
            "bad_source",
            'source : écrivez {name: Préfecture, url: "https://…", published: …}',
            "source",
        )
        return None
    wrong = [k for k in value if k not in ("name", "url", "published")]
    if wrong:
        r.problem(
            "unknown_key",
            f"source : clé inconnue « {wrong[0]} » ; connues : name, url, published",
            "source",
        )
    published = r.time("source", value["published"]) if value.get("published") is not None else None
    return Source(
        name=str(value["name"]),
        url=_link(r, "source", str(value.get("url") or "")),
        published_at=published,
    )


def _overrides(r: Reader) -> dict[str, dict[str, str]]:
    value = r.values.get("override") or {}
    if not isinstance(value, dict) or not all(isinstance(item, dict) for item in value.values()):
        r.problem(
            "bad_override",
            'override : écrivez {sign: {text: "QUAIS FERMES"}}',
            "override",
        )
        return {}
    for place, item in value.items():
        for key, text in item.items():
            if key not in ("text", "title"):
                r.problem(
                    "unknown_key",
                    f"override.{place} : clé inconnue « {key} » ; connues : text, title",
                    "override",
                )
            elif not isinstance(text, str):
                r.problem(
                    "not_text",
                    f"override.{place}.{key} doit être un texte : mettez-le entre guillemets",
                    "override",
                )
    return {str(p): {str(k): str(v).strip() for k, v in item.items()} for p, item in value.items()}


def _order(r: Reader, d: Draft) -> None:
    for key, at in (("embargo_until", d.embargo_until_at), ("onset", d.onset_at)):
        if at is not None and d.expires_at is not None and d.expires_at <= at:
            r.problem(
                "bad_order",
                f"expires vient avant {key} : le message serait fini avant de commencer",
                "expires",
            )
    for key, at in (("embargo_until", d.embargo_until_at), ("onset", d.onset_at)):
        if at is not None and d.until_at is not None and d.until_at <= at:
            r.problem("bad_order", f"until vient avant {key} : l'événement serait fini avant de commencer", "until")
    if d.kind is MessageKind.HOLDING and d.next_update_at is None:
        r.problem(
            "next_update_missing",
            "message d'attente : promettez la suite avec next_update",
            "kind",
        )
