"""What stands around the approved fragment: the city's name and colour above, how to leave the list below. Pure."""

from __future__ import annotations

import re
from html import escape
from typing import Protocol

from broadcast.model import Media, Part
from channels.email.addresses import named
from channels.email.styled import GROUND, INK, PAPER, QUIET, SHEET, Styled

#: Stands for the address with which one recipient leaves the list; no text can hold it.
LINK = "\ue000\ue001\ue000"
#: Language -> words of the foot: why this mail comes, and how to leave.
_FOOT = {
    "fr": ("Vous recevez ce message parce que vous êtes inscrit à la liste d’information de\u00a0: ", "Se désabonner"),
    "en": ("You receive this message because you subscribed to the information list of: ", "Unsubscribe"),
}
#: Languages that are written from right to left.
_LEFTWARDS = ("ar", "he", "fa", "ur", "ps", "dv", "yi", "sd", "ug", "ckb")


class Look(Protocol):
    """How the mails of a channel look."""

    @property
    def sender(self) -> str:
        """Address, with the city's name."""

    @property
    def unsubscribe_url(self) -> str:
        """Address of the web, `{recipient}` in it; "": none."""

    @property
    def color(self) -> str:
        """Colour of the city, "#" and six digits."""


def content_id(media: Media) -> str:
    """Return the name by which the page points at a picture that travels with it."""
    return f"{media.sha256[:32]}@picture.invalid"


def on(colour: str) -> str:
    """Return black or white, whichever can be read better on a colour (WCAG 2.2, relative luminance)."""
    lamps = [int(colour[n : n + 2], 16) / 255 for n in (1, 3, 5)]
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in lamps)
    return INK if 0.2126 * red + 0.7152 * green + 0.0722 * blue > 0.179 else "#ffffff"


def text_of(part: Part, look: Look) -> str:
    """Return the text part, with the way to leave the list."""
    if not look.unsubscribe_url:
        return part.text
    return f"{part.text}\n{_foot(part.language)[1]}{_colon(part.language)} {LINK}"


def page_of(part: Part, look: Look) -> str:
    """Return the HTML part: one column, at most 640 pixels wide."""
    pictures = "".join(map(_picture, part.media))
    styled = Styled(look.color, on(look.color), pictures)
    main = styled.of(part.html)
    if not styled.has_place:
        main += pictures
    city = escape(named(look.sender))
    head = (
        f'<tr><td class="pad" style="padding:16px 28px;background:{look.color};color:{on(look.color)};font-size:18px;'
        f'font-weight:bold">{city}</td></tr>'
        if city
        else ""
    )
    words = "ltr" if _main_language(part.language) not in _LEFTWARDS else "rtl"
    language = escape(part.language)
    return (
        f'<!doctype html><html lang="{language}" dir="{words}"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width,initial-scale=1"><meta name="color-scheme" content="light dark">'
        f'<meta name="supported-color-schemes" content="light dark"><title>{escape(part.title)}</title>'
        f'<style>{SHEET}</style></head><body class="sheet" style="margin:0;padding:0;background:{GROUND}">'
        f'<table role="presentation" class="sheet" width="100%" cellpadding="0" cellspacing="0" style="background:{GROUND};'
        f'padding:24px 12px" lang="{language}" dir="{words}"><tr><td align="center">'
        '<table role="presentation" class="card" width="100%" cellpadding="0" cellspacing="0" style="max-width:640px;table-layout:fixed;'
        f"border-radius:8px;overflow:hidden;background:{PAPER};color:{INK};font-family:Arial,Helvetica,sans-serif;"
        f'font-size:17px;line-height:1.5;text-align:start">{head}'
        f'<tr><td class="pad main" style="padding:28px;overflow-wrap:anywhere;word-break:break-word">{main}</td></tr>{_leave(part, look)}'
        "</table></td></tr></table></body></html>"
    )


def _leave(part: Part, look: Look) -> str:
    if not look.unsubscribe_url:
        return ""
    why, leave = _foot(part.language)
    return (
        f'<tr><td class="pad foot" style="padding:16px 28px;border-top:1px solid #d0d3d8;font-size:14px;color:{QUIET}">'
        f"{escape(why)}{escape(named(look.sender) or look.sender)}. "
        f'<a href="{LINK}" style="color:{QUIET};text-decoration:underline">{leave}</a></td></tr>'
    )


def _picture(media: Media) -> str:
    credit = (
        f'<p class="quiet" style="margin:4px 0 0;font-size:13px;color:{QUIET}">{escape(media.credit)}</p>' if media.credit else ""
    )
    return (
        f'<div style="margin:0 0 20px"><img src="cid:{content_id(media)}" alt="{escape(media.alt)}" width="584" '
        f'style="display:block;width:100%;max-width:584px;height:auto;border:0;border-radius:4px">{credit}</div>'
    )


def _main_language(language: str) -> str:
    return re.split(r"[-_]", language.casefold())[0]


def _foot(language: str) -> tuple[str, str]:
    return _FOOT.get(_main_language(language), _FOOT["fr"])


def _colon(language: str) -> str:
    return "\u00a0:" if _main_language(language) == "fr" else ":"
