"""Standing rules: which items of a source are published without a person, and what becomes of each. Pure.

A rule is a file `content/rules/<name>.toml`. Two people approve its hash, which covers the file and the
prepared template; from then on the copy in the database is the rule, whatever becomes of the file.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from broadcast.alerts import BEARINGS, Alert, Entry, Info, doubts_of
from broadcast.errors import ContentError, toml_reason
from broadcast.lifecycle import RULE
from broadcast.model import Level, MessageKind, canonical_json, sha256_of
from broadcast.text import words_of

#: How many people approve a rule; its author is none of them.
APPROVERS = 2
#: Longest life of a rule: then people look at it again.
MAX_LIFE = timedelta(days=400)
#: What is published within an hour, where a rule does not say.
CAP_PER_HOUR = 4
_KEYS = (
    *("feeds", "levels", "events", "areas", "kind", "channels", "template", "all_clear", "cap_per_hour", "until", "domains"),
    "accept_doubts",
)
#: What a rule may be told to take on trust; whether an alert is real and for the public it never is.
ACCEPTABLE = tuple(aspect for aspect in BEARINGS if aspect != "public")
#: On what the end of an alert rests: which one it ends, and that it is an end.
_OF_AN_END = ("lineage", "public")
DOUBTED = {
    "area": "la zone",
    "level": "le niveau",
    "event": "le phénomène",
    "time": "les heures",
    "lineage": "l'alerte d'origine",
    "public": "le caractère réel et public",
}
#: Years that a rule may end in: "never" is none.
_FIRST_YEAR, _LAST_YEAR = 2000, 2200
_NAME = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """One standing rule."""

    name: str
    #: Sources that it listens to.
    feeds: tuple[str, ...]
    #: CAP severities, lower case.
    levels: tuple[str, ...]
    #: Words of which the event or the headline must hold one; none: any event.
    events: tuple[str, ...] = ()
    #: INSEE codes that an item must concern; none: the newsroom's.
    areas: tuple[str, ...] = ()
    kind: MessageKind = MessageKind.ALERT
    #: None: every channel that takes this message kind.
    channels: tuple[str, ...] | None = None
    #: Prepared messages, by name, in content/models/relay/.
    template: str = "alert"
    all_clear: str = "all-clear"
    cap_per_hour: int = CAP_PER_HOUR
    until_at: datetime
    #: Hosts that a link may lead to, beside the source's own.
    domains: tuple[str, ...] = ()
    #: What it takes on trust where a source writes it wrongly, of `ACCEPTABLE`; none: a person looks.
    accept_doubts: tuple[str, ...] = ()
    source_text: str = ""
    #: The two prepared messages as they were when the rule was submitted.
    template_text: str = ""

    @property
    def sha256(self) -> str:
        """Hash that people approve: the rule and its prepared messages."""
        return sha256_of(canonical_json([self.name, self.source_text, self.template_text]).encode())

    @property
    def voter(self) -> str:
        """Name under which the rule votes; no person can have it."""
        return voter_of(self.name)


def voter_of(name: str) -> str:
    """Return the name under which a rule votes."""
    return f"{RULE}{name}"


def rule_from_toml(name: str, text: str, *, file: str = "", template_text: str = "", zone: str = "Europe/Paris") -> Rule:
    """Read a rule.

    Raises:
        ContentError: what is wrong, with file and line, and the way out.
    """
    if not _NAME.fullmatch(name):
        raise ContentError(f"nom de règle « {name} » : minuscules sans accent, chiffres et tirets", file=file)
    try:
        raw = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        found = re.search(r"line (\d+)", str(error))
        last = text.rstrip("\n").count("\n") + 1  # what is said to be "at end of document"
        raise ContentError(
            f"TOML illisible : {toml_reason(str(error))}", file=file, line=int(found[1]) if found else last
        ) from error
    reader = _Reader(raw, text, file)
    for key in raw:
        if key not in _KEYS:
            reader.fault(key, f"clé inconnue ; connues : {', '.join(_KEYS)}")
    levels = reader.words("levels")
    known = [level.value for level in Level if level is not Level.UNKNOWN]
    for level in levels:
        if level not in known:
            reader.fault("levels", f"« {level} » : choisissez parmi {', '.join(known)}")
    if not levels:
        reader.fault("levels", f'à indiquer, par exemple levels = ["severe", "extreme"] (parmi {", ".join(known)})')
    kind = raw.get("kind", MessageKind.ALERT.value)
    if kind not in {k.value for k in MessageKind}:
        reader.fault("kind", f"« {kind} » : choisissez parmi {', '.join(MessageKind)}")
    feeds = reader.words("feeds")
    if not feeds:
        reader.fault("feeds", 'à indiquer, par exemple feeds = ["meteo-france"]')
    for aspect in reader.words("accept_doubts"):
        if aspect not in ACCEPTABLE:
            reader.fault("accept_doubts", f"« {aspect} » : choisissez parmi {', '.join(ACCEPTABLE)}")
    cap = raw.get("cap_per_hour", CAP_PER_HOUR)
    if isinstance(cap, bool) or not isinstance(cap, int) or not 1 <= cap <= 60:
        reader.fault("cap_per_hour", "un nombre entre 1 et 60")
    return Rule(
        name=name,
        feeds=feeds,
        levels=levels,
        events=reader.words("events"),
        areas=reader.words("areas"),
        kind=MessageKind(kind),
        channels=reader.words("channels") if "channels" in raw else None,
        template=reader.name("template", "alert"),
        all_clear=reader.name("all_clear", "all-clear"),
        cap_per_hour=cap,
        until_at=reader.end("until", zone),
        domains=reader.words("domains"),
        accept_doubts=reader.words("accept_doubts"),
        source_text=text,
        template_text=template_text,
    )


class _Reader:
    def __init__(self, raw: Mapping[str, Any], text: str, file: str) -> None:
        self.raw, self.text, self.file = raw, text, file

    def fault(self, key: str, words: str) -> None:
        lines = self.text.split("\n")
        line = next((n for n, words_ in enumerate(lines, 1) if re.match(rf"\s*{re.escape(key)}\s*=", words_)), None)
        raise ContentError(f"{key} : {words}", file=self.file, line=line)

    def words(self, key: str) -> tuple[str, ...]:
        value = self.raw.get(key, [])
        if not isinstance(value, list) or not all(isinstance(v, str) and v.strip() for v in value):
            self.fault(key, f'une liste de textes entre guillemets : {key} = ["…"]')
        return tuple(value)

    def name(self, key: str, default: str) -> str:
        value = self.raw.get(key, default)
        if not isinstance(value, str) or not _NAME.fullmatch(value):
            self.fault(key, "le nom d'un message préparé de content/models/relay/")
        return str(value)

    def end(self, key: str, zone: str) -> datetime:
        value = self.raw.get(key)
        if isinstance(value, date) and not _FIRST_YEAR <= value.year <= _LAST_YEAR:
            self.fault(key, f"l'année {value.year} n'est pas une fin ; au plus {MAX_LIFE.days} jours : {key} = 2027-06-30")
        if isinstance(value, datetime) and value.tzinfo is not None:
            return value.astimezone(UTC)
        if isinstance(value, date) and not isinstance(value, datetime):
            midnight = datetime.combine(value + timedelta(days=1), time(), ZoneInfo(zone))
            return midnight.astimezone(UTC)
        self.fault(key, f"une date de fin est obligatoire : {key} = 2027-06-30")
        raise AssertionError


def shown_info(alert: Alert, language: str = "fr") -> Info | None:
    """Return the information of an alert in a language, else the first one."""
    mine = [i for i in alert.infos if i.language.lower().startswith(language.lower())]
    return next(iter([*mine, *alert.infos]), None)


def level_of(entry: Entry) -> str:
    """Return the CAP severity of an item, lower case; "" for what is no alert."""
    if entry.alert is None or not entry.alert.infos:
        return ""
    order = [level.value for level in Level]
    return min((i.severity.lower() for i in entry.alert.infos), key=lambda s: order.index(s) if s in order else len(order))


def subject_of(feed: str, entry: Entry) -> str:
    """Return what an item is about: the same for the next bulletin on the same event and area."""
    info = shown_info(entry.alert) if entry.alert else None
    if info is None:
        return f"{feed}|{entry.id}"
    codes = sorted({f"{g.value_name}={g.value}" for a in info.areas for g in a.geocodes})
    where = codes or sorted({" ".join(words_of(a.area_desc)) for a in info.areas})
    return f"{feed}|{' '.join(words_of(info.event))}|{';'.join(where)}"


def ends_alert(entry: Entry) -> bool:
    """True if an item says that its event is over."""
    alert = entry.alert
    if alert is None:
        return False
    if alert.msg_type == "Cancel":
        return True
    return bool(alert.infos) and all("AllClear" in i.response_types or i.urgency == "Past" for i in alert.infos)


def refusal(
    rule: Rule, feed: str, entry: Entry, *, concerned: bool, now: datetime, ends_ours: bool = False, unsure: str = ""
) -> str:
    """Return why a rule does not look at an item, whatever its level; "" if it does.

    Args:
        rule: the rule.
        feed: where the item came from.
        entry: the item.
        concerned: True if it surely concerns the rule's area.
        now: the time.
        ends_ours: True where it ends what this rule published: a cancel need not say where and what again.
        unsure: why it may concern the rule's area, where it is not sure to.
    """
    if feed not in rule.feeds:
        return "autre source"
    if now >= rule.until_at:
        return "règle échue"
    alert = entry.alert
    if alert is not None and alert.status != "Actual":
        return f"statut {alert.status} : jamais publié comme réel"
    if alert is not None and alert.scope != "Public":
        return f"diffusion {alert.scope} : jamais relayé"
    if alert is None:
        return "pas une alerte"
    if not concerned and not ends_ours:
        return f"lieu incertain ({unsure}) : une personne doit voir" if unsure else "hors de la zone de la règle"
    doubted = doubtful(rule, entry, ends_ours=ends_ours)
    if ends_ours or doubted:
        return doubted
    said = words_of(_said(entry))
    if rule.events and not any(_holds(said, words_of(event)) for event in rule.events):
        return "autre phénomène"
    if not ends_alert(entry) and level_of(entry) in ("", Level.UNKNOWN.value):
        return "niveau inconnu : une personne doit voir"
    return ""


def doubtful(rule: Rule, entry: Entry, *, ends_ours: bool = False) -> str:
    """Return what of an item is only assumed and may not be taken on trust by a rule; "" if nothing."""
    rests_on = set(BEARINGS if not ends_ours else _OF_AN_END)
    if ends_ours and entry.alert is not None and entry.alert.msg_type != "Cancel":
        rests_on.add("level")  # its own words say that it is an end
    for doubt in doubts_of(entry):
        if doubt.bears_on in rests_on - set(rule.accept_doubts):
            return f"doute sur {DOUBTED[doubt.bears_on]} ({doubt}) : une personne doit voir"
    return ""


def level_refusal(rule: Rule, entry: Entry) -> str:
    """Return why a rule publishes nothing at the level of an item, "" if it does. An end is taken at any level."""
    level = level_of(entry)
    return "" if ends_alert(entry) or level in rule.levels else f"niveau {level or 'absent'}"


def allowed_link(rule: Rule, link: str, feed_url: str) -> str:
    """Return a link that may be published unread: https, to the source's own host or one that the rule names; else ""."""
    parts = urlsplit(link)
    host = (parts.hostname or "").lower()
    own = (urlsplit(feed_url).hostname or "").lower().removeprefix("www.")
    domains = [d.lower() for d in (own, *rule.domains) if d]
    allowed = parts.scheme == "https" and any(host == d or host.endswith("." + d) for d in domains)
    return link if allowed else ""


def _said(entry: Entry) -> str:
    info = shown_info(entry.alert) if entry.alert else None
    return " ".join([entry.title, info.event if info else "", info.headline if info else ""])


def _holds(words: Sequence[str], wanted: Sequence[str]) -> bool:
    size = len(wanted)
    return any(list(words[n : n + size]) == list(wanted) for n in range(len(words) - size + 1))


def expires_at(entry: Entry) -> datetime | None:
    """Return when an alert ends by its own words; None if it does not say."""
    ends = [i.expires for i in entry.alert.infos if i.expires] if entry.alert else []
    return max(ends) if ends else None
