"""Whether a street sign says the essential of an alert: what happens, where, and whom to call. Pure; advice only."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from broadcast.model import Draft, Finding, Form, MessageKind, Rendition
from broadcast.text import words_of

#: Words that name nothing.
_EMPTY = frozenset(
    """
    a au aux alerte attention avec ce ces cette chez commune dans de des du elle en est et eviter evitez fin ici il jour jusqu la
    le les leur leurs mairie ne nos notre nous ou par pas plus point pour quartier restez rue sa se ses son sont sous sur tous tout
    toute toutes un une vers ville vos votre vous
    """.split()  # noqa: SIM905  (words are read more easily than a list)
)
#: So many first letters make two words one: "coupure", "coupures"; "fermé", "fermeture".
_STEM = 5


def check_sign(made: Sequence[Rendition], draft: Draft, area_names: Mapping[str, str]) -> list[Finding]:
    """Return advice on what the pages of an alert leave out; other messages may be as short as they like.

    Args:
        made: the renditions of the message for one sign.
        draft: the message.
        area_names: INSEE code → name of the newsroom's areas.
    """
    shown = next((r for r in made if r.form is Form.PUBLISH), None)
    if draft.kind is not MessageKind.ALERT or shown is None:
        return []
    text = " ".join(part.text for part in shown.parts)
    said = {word[:_STEM] for word in words_of(text)}
    missing = [*_what(draft, said), *_where(draft, said, area_names), *_number(draft, text)]
    if not missing:
        return []
    return [
        Finding(
            code="sign_essential",
            blocking=False,
            file=draft.file,
            line=draft.lines.get("short") or draft.lines.get("title"),
            channel=shown.channel,
            message=f"{shown.channel} : le panneau ne dit pas {' ni '.join(missing)} ; dites-le dans short ou override",
        )
    ]


def _what(draft: Draft, said: set[str]) -> list[str]:
    event = draft.event or draft.title.partition(":")[0]
    words = [word for word in words_of(event) if word not in _EMPTY and len(word) > 2]
    return [] if not words or any(word[:_STEM] in said for word in words) else [f"de quoi il s'agit ({event.strip()})"]


def _where(draft: Draft, said: set[str], area_names: Mapping[str, str]) -> list[str]:
    """Names of places stand in the title with a capital, but at its beginning and after a colon."""
    names = re.findall(r"(?<![:.!?…«] )(?<!^)\b[A-ZÀ-ÖØ-Þ][\w’'-]+", draft.title)
    event = draft.event or draft.title.partition(":")[0]
    everywhere = {word[:_STEM] for name in (*area_names.values(), event) for word in words_of(name)}
    places = [name for name in names if words_of(name)[0] not in _EMPTY and words_of(name)[0][:_STEM] not in everywhere]
    return (
        [] if not places or any(words_of(p)[0][:_STEM] in said for p in places) else [f"où ({', '.join(dict.fromkeys(places))})"]
    )


def _number(draft: Draft, text: str) -> list[str]:
    """The number to call, where the message gives one in `contact`."""
    number = re.search(r"\+?\d(?:[ .\u00a0\u202f]?\d)+", draft.contact)
    if number is None:
        return []
    digits = re.sub(r"\D", "", number[0])
    return [] if digits in re.sub(r"\D", "", text) else [f"quel numéro appeler ({number[0]})"]
