"""What is wrong or doubtful with a message: pure. Values in, findings out."""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime, timedelta

from broadcast.localtime import odd_times, said_times, zone_words
from broadcast.model import Draft, Finding, Level, MessageKind
from broadcast.text.words import when

#: Longest sentence that is easy to read, words (A6).
MAX_WORDS = 40
#: Words that told a city that a drill was real, or the reverse (Hawaii, 2018).
BANNED = (
    "ceci n'est pas un exercice",
    "ce n'est pas un exercice",
    "this is not a drill",
)
#: What prepared messages leave open.
BLANK = "À COMPLÉTER"
#: Most that a finding shows of a line, characters.
MAX_SHOWN = 70
#: Shortest time between two reminders, seconds, and the most that are prepared.
MIN_REPEAT_S, MAX_ROUNDS = 600, 48
_NEED_EXPIRY = (Level.EXTREME, Level.SEVERE, Level.MODERATE)


def check_draft(draft: Draft, *, channels: Mapping[str, str], now: datetime) -> list[Finding]:
    """Check what needs no rendering: life, places, words.

    Args:
        draft: the message.
        channels: configured channels, name -> kind.
        now: the time.
    """
    findings: list[Finding] = []
    for check in (_life, _channels, _pictures, _words):
        findings += _guarded(check, draft, channels, now)
    return findings


def _guarded(check: Callable[..., Iterable[Finding]], draft: Draft, *args: object) -> list[Finding]:
    try:
        return list(check(draft, *args))
    except Exception as error:  # noqa: BLE001  (a crash inside one check costs that check only, and is told)
        return [
            _finding(
                draft,
                "check_failed",
                f"vérification {check.__name__} impossible : {error!r}",
                blocking=False,
            )
        ]


def _finding(
    draft: Draft,
    code: str,
    message: str,
    *,
    blocking: bool = True,
    key: str = "",
    line: int | None = None,
) -> Finding:
    return Finding(
        code=code,
        message=message,
        blocking=blocking,
        file=draft.file,
        line=line or draft.lines.get(key) or draft.lines.get("title"),
    )


def _life(draft: Draft, _channels: object, now: datetime) -> Iterable[Finding]:
    strict = draft.kind in (MessageKind.ALERT, MessageKind.HOLDING) or draft.level in _NEED_EXPIRY
    if draft.expires_at is None and strict:
        yield _finding(
            draft,
            "expiry_missing",
            f"fin obligatoire pour ce message : ajoutez par exemple expires: {now + timedelta(days=1):%Y-%m-%d} 18:00",
            key="kind",
        )
    elif draft.expires_at is None and not draft.owner:
        yield _finding(
            draft,
            "expiry_missing",
            "indiquez une fin (expires) ou qui devra clore le message (owner)",
            key="kind",
        )
    if draft.expires_at is not None and draft.expires_at <= now:
        yield _finding(draft, "already_expired", "la fin (expires) est déjà passée", key="expires")
    if draft.kind is MessageKind.ALERT and not draft.instruction:
        yield _finding(
            draft,
            "instruction_missing",
            "une alerte dit quoi faire : ajoutez instruction",
            blocking=False,
            key="kind",
        )
    if draft.repeat_every_s is not None:
        if draft.repeat_every_s < MIN_REPEAT_S:
            yield _finding(draft, "repeat_too_often", f"repeat_every : au moins {MIN_REPEAT_S // 60} minutes", key="repeat_every")
        elif draft.expires_at is None:
            yield _finding(draft, "repeat_without_end", "un message répété a une fin : ajoutez expires", key="repeat_every")
        elif (draft.expires_at - now).total_seconds() / draft.repeat_every_s > MAX_ROUNDS:
            yield _finding(
                draft,
                "repeat_too_many",
                f"plus de {MAX_ROUNDS} rappels jusqu'à la fin : seuls les {MAX_ROUNDS} premiers partiront",
                blocking=False,
                key="repeat_every",
            )
    if draft.kind is MessageKind.ALERT and draft.level is Level.UNKNOWN:
        yield _finding(
            draft,
            "level_missing",
            "une alerte dit son niveau : ajoutez level",
            blocking=False,
            key="kind",
        )


def _channels(draft: Draft, channels: Mapping[str, str], _now: object) -> Iterable[Finding]:
    for name in draft.channels or ():
        if name not in channels:
            yield _finding(
                draft,
                "unknown_channel",
                f"canal inconnu « {name} »{_near(name, channels)}",
                key="channels",
            )
    places = {*channels, *channels.values()}
    for place in draft.overrides:
        if place not in places:
            yield _finding(
                draft,
                "unknown_channel",
                f"override : ni canal ni genre de canal : « {place} »{_near(place, places)}",
                key="override",
            )
    if draft.channels == ():
        yield _finding(
            draft,
            "no_channel",
            "channels est vide : ce message n'irait nulle part",
            key="channels",
        )


def _near(name: str, known: Iterable[str]) -> str:
    known = sorted(known)
    near = difflib.get_close_matches(name, known, 1)
    return f" ; vouliez-vous dire « {near[0]} » ?" if near else f" ; connus : {', '.join(known)}"


def _pictures(draft: Draft, *_: object) -> Iterable[Finding]:
    for n, image in enumerate(draft.images):
        if re.fullmatch(r"(?:image|photo|img|dsc)[\W\d_]*(?:\.\w+)?", image.alt, re.IGNORECASE) or image.alt == image.file:
            yield _finding(
                draft,
                "alt_empty",
                f"image {image.file} : le texte de remplacement ne décrit rien",
                blocking=False,
                key=f"images.{n}",
            )


def _words(draft: Draft, *_: object) -> Iterable[Finding]:
    first = draft.lines.get("body", 1)
    for offset, line in enumerate(draft.body.split("\n")):
        for sentence in re.split(r"(?<=[.!?…])\s+", line):
            count = len(re.findall(r"\w[\w’'-]*", sentence))
            if count > MAX_WORDS:
                yield _finding(
                    draft,
                    "long_sentence",
                    f"phrase de {count} mots (« {sentence[:40]}… ») : coupez-la, {MAX_WORDS} au plus",
                    blocking=False,
                    line=first + offset,
                )
    whole = "\n".join((draft.title, draft.short, draft.instruction, draft.body)).lower().replace("’", "'")
    if not any(map(str.isalnum, draft.title)):
        yield _finding(draft, "title_without_words", f"title : « {draft.title} » ne se lit ni ne se prononce : écrivez des mots")
    yield from _blanks(draft)
    for phrase in BANNED:
        if phrase in whole:
            yield _finding(
                draft,
                "banned_phrase",
                f"« {phrase} » est interdit : personne ne doit en douter",
                key="body",
            )


def _blanks(draft: Draft) -> Iterable[Finding]:
    """Name all that a prepared message left open, in its order, at once."""
    for number, line in enumerate(draft.source_text.split("\n"), 1):
        if BLANK in line:
            where = line.strip() if len(line.strip()) <= MAX_SHOWN else line.strip()[:MAX_SHOWN].rstrip() + "…"
            yield _finding(draft, "blank_left", f"« {where} » : écrivez ce qui manque", line=number)


def check_times(draft: Draft, zone: str) -> list[Finding]:
    """Say how a time was read that was written as people say it, and where one carries another offset than the town's clocks."""
    times = {
        "embargo_until": draft.embargo_until_at,
        "onset": draft.onset_at,
        "expires": draft.expires_at,
        "next_update": draft.next_update_at,
    }
    read = [
        _finding(
            draft,
            "time_read",
            f"{key} : « {written} » se lit {when(at)} ({zone_words(zone)})",
            blocking=False,
            key=key,
            line=line,
        )
        for key, line, written, at in said_times(draft.source_text, draft.lines, times, zone)
    ]
    return read + [
        _finding(
            draft, "other_offset", f"{key} : « {written} » : les habitants liront {read}", blocking=False, key=key, line=line
        )
        for key, line, written, read in odd_times(draft.source_text, draft.lines, zone)
    ]


def check_overrides(draft: Draft, previous: Draft | None) -> list[Finding]:
    """Flag texts adapted by hand that stayed as they were while the message changed (B3)."""
    if previous is None:
        return []
    master = (previous.title, previous.short, previous.body, previous.instruction)
    if master == (draft.title, draft.short, draft.body, draft.instruction):
        return []
    return [
        Finding(
            code="override_stale",
            blocking=False,
            file=draft.file,
            line=draft.lines.get("override"),
            channel=place,
            message=f"{place} : texte adapté à la main, à revoir : le message a changé depuis",
        )
        for place, item in draft.overrides.items()
        if dict(previous.overrides.get(place) or {}) == dict(item)
    ]
