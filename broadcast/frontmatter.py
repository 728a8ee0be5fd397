"""The message file: front matter, then Markdown. Pure; every problem is named with its line (design §6)."""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, date, datetime
from typing import Any

import yaml

from broadcast.durations import seconds_of
from broadcast.errors import ContentError
from broadcast.model import Draft, Finding, Image, Level, MessageKind, Source

#: Largest file, characters.
MAX_FILE = 200_000
MAX_TITLE, MAX_SLUG = 140, 80
#: These keys are read to the end of their line, colons included.
LITERAL = ("title", "short", "instruction", "contact", "event")
KEYS = (
    "title",
    "short",
    "kind",
    "level",
    "urgency",
    "certainty",
    "category",
    "response",
    "event",
    "areas",
    "channels",
    "embargo_until",
    "onset",
    "expires",
    "instruction",
    "contact",
    "link",
    "hashtags",
    "images",
    "owner",
    "next_update",
    "repeat_every",
    "incident",
    "ends",
    "source",
    "language",
    "override",
)
_WORDS = {
    "urgency": ("immediate", "expected", "future", "past", "unknown"),
    "certainty": ("observed", "likely", "possible", "unlikely", "unknown"),
    "category": (
        "geo",
        "met",
        "safety",
        "security",
        "rescue",
        "fire",
        "health",
        "env",
        "transport",
        "infra",
        "cbrne",
        "other",
    ),
    "response": (
        "shelter",
        "evacuate",
        "prepare",
        "execute",
        "avoid",
        "monitor",
        "assess",
        "allclear",
        "none",
    ),
}
_AREA = re.compile(r"(?:0[1-9]|[1-8]\d|9[0-5]|2[AB]|97[1-8]|98[46-8])(?:\d{2,3})?")
_SLUG = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
#: Control, private-use and direction-changing characters: they could forge slots or reverse a text.
_FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\u202a-\u202e\u2066-\u2069\ue000-\uf8ff\ufffe\uffff]")


_UNREADABLE = ("too_large", "bad_slug", "bad_character", "no_front_matter", "bad_yaml")


class MessageFileError(ContentError):
    """A message file has problems; all of them come along as findings."""

    code = "message_file"

    def __init__(self, findings: Sequence[Finding]) -> None:
        first = findings[0]
        more = f" (et {len(findings) - 1} autre(s) problème(s))" if len(findings) > 1 else ""
        super().__init__(f"{first.message}{more}", file=first.file, line=first.line)
        self.findings = tuple(findings)

    def facts(self) -> dict[str, object]:
        """Add the findings."""
        return super().facts() | {"findings": list(self.findings)}


class _Loader(yaml.SafeLoader):
    """Times stay text, so that a missing offset is seen; aliases are refused (they can explode)."""

    yaml_implicit_resolvers = {
        key: [(tag, pattern) for tag, pattern in resolvers if tag != "tag:yaml.org,2002:timestamp"]
        for key, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
    }

    def compose_node(self, parent: Any, index: Any) -> Any:
        if self.check_event(yaml.events.AliasEvent):
            mark = self.peek_event().start_mark  # type: ignore[no-untyped-call]  # the stubs lack it
            raise yaml.composer.ComposerError(None, None, "les alias YAML (*) ne sont pas acceptés", mark)
        return super().compose_node(parent, index)


class _Reader:
    """Collects the values of one file and every problem on the way."""

    def __init__(self, file: str, slug: str) -> None:
        self.file, self.slug = file, slug
        self.findings: list[Finding] = []
        self.lines: dict[str, int] = {}
        self.values: dict[str, Any] = {}

    def problem(self, code: str, message: str, key: str = "", line: int | None = None) -> None:
        where = line or self.lines.get(key) or self.lines.get(key.partition(".")[0])
        self.findings.append(Finding(code=code, message=message, blocking=True, file=self.file, line=where))

    def text(self, key: str) -> str:
        value = self.values.get(key, "")
        if value is None:
            return ""
        if not isinstance(value, str):
            self.problem(
                "not_text",
                f"{key} : « {value} » doit être un texte : mettez-le entre guillemets",
                key,
            )
            return ""
        return value.strip()

    def texts(self, key: str) -> tuple[str, ...]:
        value = self.values.get(key) or []
        if isinstance(value, str):
            value = [value]
        if not isinstance(value, list):
            self.problem("not_a_list", f"{key} : écrivez une liste, comme [un, deux]", key)
            return ()
        for item in value:
            if not isinstance(item, str):
                self.problem(
                    "not_text",
                    f"{key} : « {item} » doit être un texte : mettez-le entre guillemets",
                    key,
                )
        return tuple(item.strip() for item in value if isinstance(item, str))

    def word(self, key: str, words: Sequence[str], default: str | None) -> str | None:
        value = self.text(key).lower()
        if not value:
            return default
        if value not in words:
            near = difflib.get_close_matches(value, words, 1)
            hint = f" ; vouliez-vous dire « {near[0]} » ?" if near else ""
            self.problem(
                "unknown_word",
                f"{key} : « {value} » inconnu ; parmi : {', '.join(words)}{hint}",
                key,
            )
            return default
        return value

    def time(self, key: str, value: Any = None) -> datetime | None:
        value = self.values.get(key) if value is None else value
        if value is None:
            return None
        if isinstance(value, date) and not isinstance(value, datetime):
            value = value.isoformat()
        try:
            at = datetime.fromisoformat(str(value).strip())
        except ValueError:
            at = None
        if at is None or at.tzinfo is None:
            why = "sans décalage horaire" if at else "n'est pas une date et heure"
            self.problem(
                "bad_time",
                f"{key} : « {value} » {why} ; écrivez 2026-11-22T17:30:00+01:00",
                key,
            )
            return None
        return at.astimezone(UTC)

    def duration(self, key: str) -> int | None:
        value = self.values.get(key)
        if value is None:
            return None
        try:
            seconds = int(seconds_of(value))
        except ValueError as error:
            self.problem("bad_duration", f"{key} : {error}", key)
            return None
        if seconds < 60:
            self.problem("bad_duration", f"{key} : au moins une minute", key)
        return seconds


def parse(
    text: str,
    *,
    slug: str,
    file: str,
    zone: str = "Europe/Paris",
    default_language: str = "fr",
    default_areas: Sequence[str] = (),
) -> Draft:
    """Read a message file.

    Args:
        text: the whole file.
        slug: its name without the ending.
        file: what findings call it.
        zone: time zone of the newsroom, named in hints.
        default_language: language where the file names none.
        default_areas: INSEE codes where the file names none.

    Raises:
        MessageFileError: with every problem, its line and the way out.
    """
    reader = _Reader(file, slug)
    body = _split(reader, text)
    # All problems are told at once, unless the header could not be read at all.
    unreadable = any(f.code in _UNREADABLE for f in reader.findings)
    draft = None if unreadable else _draft(reader, text, body, default_language, tuple(default_areas))
    if reader.findings or draft is None:
        raise MessageFileError(reader.findings)
    return draft


def _split(reader: _Reader, text: str) -> str:
    if len(text) > MAX_FILE:
        reader.problem(
            "too_large",
            f"fichier trop grand : {len(text)} caractères, au plus {MAX_FILE}",
            line=1,
        )
        return ""
    text = text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
    if not _SLUG.fullmatch(reader.slug) or len(reader.slug) > MAX_SLUG:
        reader.problem(
            "bad_slug",
            f"nom de fichier « {reader.slug} » : minuscules sans accent, chiffres et tirets, au plus {MAX_SLUG} (crue-quais.md)",
            line=1,
        )
    for match in _FORBIDDEN.finditer(text):
        line = text.count("\n", 0, match.start()) + 1
        reader.problem(
            "bad_character",
            f"caractère invisible U+{ord(match[0]):04X} : effacez-le",
            line=line,
        )
        break
    lines = text.split("\n")
    if lines[0].rstrip() != "---":
        reader.problem(
            "no_front_matter",
            "la première ligne doit être --- (en-tête), voyez `broadcast new`",
            line=1,
        )
        return ""
    end = next(
        (n for n, line in enumerate(lines[1:], 1) if line.rstrip() in ("---", "...")),
        None,
    )
    if end is None:
        reader.problem(
            "no_front_matter",
            "l'en-tête n'est pas fermé : ajoutez une ligne ---",
            line=len(lines),
        )
        return ""
    if not reader.findings:
        _header(reader, lines[1:end])
    reader.lines["body"] = next((n for n, line in enumerate(lines[end + 1 :], end + 2) if line.strip()), end + 2)
    return "\n".join(lines[end + 1 :]).strip("\n")


def _header(reader: _Reader, lines: Sequence[str]) -> None:
    source = "\n".join(_quoted(line) for line in lines)
    try:
        node = yaml.compose(source, Loader=_Loader)
        if node is None:
            return
        if not isinstance(node, yaml.MappingNode):
            reader.problem(
                "bad_yaml",
                "l'en-tête doit être une suite de lignes « clé: valeur »",
                line=2,
            )
            return
        _keys(reader, node)
        loader = _Loader(source)
        try:
            reader.values = dict(loader.get_single_data() or {})
        finally:
            loader.dispose()
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark
        reader.problem(
            "bad_yaml",
            f"en-tête illisible : {error.problem}",
            line=mark.line + 2 if mark else 2,
        )
    except (yaml.YAMLError, ValueError, RecursionError, TypeError) as error:
        reader.problem("bad_yaml", f"en-tête illisible : {str(error).splitlines()[0]}", line=2)


def _quoted(line: str) -> str:
    """Quote the value of a literal key, so that YAML takes it to the end of the line.

    A ` #` begins a comment, as everywhere in YAML, unless a letter or digit follows at once
    (`#Crue` is a hashtag).
    """
    match = re.fullmatch(rf"({'|'.join(LITERAL)}):[ \t]+(.*?)[ \t]*", line)
    if not match or match[2][:1] in (
        "'",
        '"',
        "|",
        ">",
        "[",
        "{",
        "&",
        "*",
        "!",
        "#",
        "",
    ):
        return line
    value = re.sub(r"[ \t]+#(?![^\W_]).*$", "", match[2])
    return f"{match[1]}: '{value.replace(chr(39), chr(39) * 2)}'"


def _keys(reader: _Reader, node: yaml.MappingNode) -> None:
    for key_node, value_node in node.value:
        key, line = str(key_node.value), key_node.start_mark.line + 2
        if key in reader.lines:
            reader.problem(
                "duplicate_key",
                f"{key} : déjà écrit ligne {reader.lines[key]}",
                line=line,
            )
        reader.lines[key] = line
        if isinstance(value_node, yaml.SequenceNode):
            for n, item in enumerate(value_node.value):
                reader.lines[f"{key}.{n}"] = item.start_mark.line + 2
        if key not in KEYS:
            near = difflib.get_close_matches(key, KEYS, 1)
            hint = f" ; vouliez-vous dire « {near[0]} » ?" if near else f" ; connues : {', '.join(KEYS)}"
            reader.problem("unknown_key", f"clé inconnue « {key} »{hint}", line=line)


def _draft(
    r: _Reader,
    text: str,
    body: str,
    default_language: str,
    default_areas: tuple[str, ...],
) -> Draft | None:
    title = r.text("title")
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
        urgency=r.word("urgency", _WORDS["urgency"], None),
        certainty=r.word("certainty", _WORDS["certainty"], None),
        category=r.word("category", _WORDS["category"], None),
        response=r.word("response", _WORDS["response"], None),
        event=r.text("event"),
        areas=_areas(r) or default_areas,
        channels=r.texts("channels") if r.values.get("channels") is not None else None,
        embargo_until_at=r.time("embargo_until"),
        onset_at=r.time("onset"),
        expires_at=r.time("expires"),
        short=r.text("short"),
        instruction=r.text("instruction"),
        contact=r.text("contact"),
        link=_link(r, "link"),
        hashtags=_hashtags(r),
        images=_images(r),
        owner=r.text("owner"),
        next_update_at=r.time("next_update"),
        repeat_every_s=r.duration("repeat_every"),
        incident=r.text("incident"),
        ends=r.text("ends"),
        source=_source(r),
        language=r.text("language") or default_language,
        overrides=_overrides(r),
        source_text=text,
        lines=dict(r.lines),
        file=r.file,
    )
    _order(r, draft)
    return draft


def _areas(r: _Reader) -> tuple[str, ...]:
    areas = r.texts("areas")
    for code in areas:
        if not _AREA.fullmatch(code):
            r.problem(
                "bad_area",
                f'areas : « {code} » n\'est pas un code INSEE (commune "92040", département "92")',
                "areas",
            )
    return areas


def _link(r: _Reader, key: str, value: str | None = None) -> str:
    link = r.text(key) if value is None else value
    if link and not re.fullmatch(r"https?://[^\s<>\"]+", link):
        r.problem("bad_link", f"{key} : « {link} » n'est pas une adresse http(s)", key)
    return link


def _hashtags(r: _Reader) -> tuple[str, ...]:
    tags = tuple(tag.lstrip("#") for tag in r.texts("hashtags"))
    for tag in tags:
        if not re.fullmatch(r"[^\W_][\w]*", tag) or tag.isdigit():
            r.problem(
                "bad_hashtag",
                f"hashtags : « {tag} » : lettres et chiffres seulement, sans espace",
                "hashtags",
            )
    return tags


def _images(r: _Reader) -> tuple[Image, ...]:
    images = []
    for n, item in enumerate(_mappings(r, "images")):
        wrong = [k for k in item if k not in ("file", "alt", "credit")]
        fields = {k: str(item.get(k) or "").strip() for k in ("file", "alt", "credit")}
        if wrong:
            r.problem(
                "unknown_key",
                f"images : clé inconnue « {wrong[0]} » ; connues : file, alt, credit",
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
        images.append(Image(**fields))
    return tuple(images)


def _mappings(r: _Reader, key: str) -> list[Mapping[str, Any]]:
    value = r.values.get(key) or []
    if not isinstance(value, list) or not all(isinstance(item, dict) for item in value):
        r.problem("not_a_list", f"{key} : écrivez une liste de {{file: …, alt: …}}", key)
        return []
    return value


def _source(r: _Reader) -> Source | None:
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


def _overrides(r: _Reader) -> dict[str, dict[str, str]]:
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


def _order(r: _Reader, d: Draft) -> None:
    for key, at in (("embargo_until", d.embargo_until_at), ("onset", d.onset_at)):
        if at is not None and d.expires_at is not None and d.expires_at <= at:
            r.problem(
                "bad_order",
                f"expires vient avant {key} : le message serait fini avant de commencer",
                "expires",
            )
    if d.kind is MessageKind.HOLDING and d.next_update_at is None:
        r.problem(
            "next_update_missing",
            "message d'attente : promettez la suite avec next_update",
            "kind",
        )


#: Field of a draft and the key of the file, in the order in which a file is written.
_WRITTEN: tuple[tuple[str, str, Callable[[Any], Any]], ...] = (
    ("short", "short", str),
    ("kind", "kind", str),
    ("level", "level", str),
    ("urgency", "urgency", str),
    ("certainty", "certainty", str),
    ("category", "category", str),
    ("response", "response", str),
    ("event", "event", str),
    ("areas", "areas", list),
    ("channels", "channels", list),
    ("embargo_until_at", "embargo_until", datetime.isoformat),
    ("onset_at", "onset", datetime.isoformat),
    ("expires_at", "expires", datetime.isoformat),
    ("instruction", "instruction", str),
    ("contact", "contact", str),
    ("link", "link", str),
    ("hashtags", "hashtags", list),
    ("owner", "owner", str),
    ("next_update_at", "next_update", datetime.isoformat),
    ("repeat_every_s", "repeat_every", lambda s: f"{s}s"),
    ("incident", "incident", str),
    ("ends", "ends", str),
    ("language", "language", str),
)


def to_text(draft: Draft) -> str:
    """Return a message file that reads back as the same draft."""
    header: dict[str, Any] = {"title": draft.title}
    for field, key, write in _WRITTEN:
        value = getattr(draft, field)
        if value not in (None, "", ()):
            header[key] = write(value)
    if draft.images:
        header["images"] = [
            {k: v for k, v in (("file", i.file), ("alt", i.alt), ("credit", i.credit)) if v} for i in draft.images
        ]
    if draft.source:
        at = draft.source.published_at
        facts = {
            "name": draft.source.name,
            "url": draft.source.url,
            "published": at.isoformat() if at else "",
        }
        header["source"] = {k: v for k, v in facts.items() if v}
    if draft.overrides:
        header["override"] = {place: dict(item) for place, item in draft.overrides.items()}
    front = "".join(_written(key, value) for key, value in header.items())
    return f"---\n{front}---\n{draft.body}\n"


def _written(key: str, value: Any) -> str:
    # Literal keys are quoted, so that no sign in them can mean anything else.
    if key in LITERAL and isinstance(value, str):
        import json

        return f"{key}: {json.dumps(value, ensure_ascii=False)}\n"
    return yaml.safe_dump({key: value}, allow_unicode=True, sort_keys=False, width=10_000)
