"""From a text to the pages of a street sign: no word cut, nothing dropped, time to read each page. Pure."""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial

from broadcast.channel import Panel
from broadcast.errors import ContentError, toml_reason
from broadcast.layout import font
from broadcast.layout.panel import pictures
from broadcast.layout.sign_lines import lay_out, sentences
from broadcast.model import Finding, Media, sha256_of

#: Seconds for one unit of information, and for one word (domain §2.3: human factors guidance).
UNIT_S, WORD_S, SHORT_WORD_S = 2.0, 1.0, 0.5
_PLAIN = {
    "’": "'",
    "‘": "'",
    "“": '"',
    "”": '"',
    "«": '"',
    "»": '"',
    "–": "-",
    "—": "-",
    "…": "...",
    "œ": "oe",
    "Œ": "OE",
    "æ": "ae",
    "Æ": "AE",
    "€": "EUR",
    "•": "-",
    "→": ">",
    "\u00a0": " ",
    "\u202f": " ",
    "°": "o",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class SignPage:
    """What the sign shows at one time."""

    #: As shown, top to bottom, without the spaces that centre them.
    lines: tuple[str, ...]
    page_time_s: float


@dataclass(frozen=True, slots=True, kw_only=True)
class SignPages:
    """All pages of a text; `findings` block what does not fit, the pages still hold all of it."""

    pages: tuple[SignPage, ...]
    findings: tuple[Finding, ...] = ()


def phrases_from_toml(text: str) -> dict[str, str]:
    """Return the abbreviations of a `phrases.toml`, table `[sign]`.

    Raises:
        ContentError: not TOML, or a value is no text.
    """
    try:
        table = tomllib.loads(text).get("sign", {})
    except tomllib.TOMLDecodeError as error:
        raise ContentError(f"phrases.toml : {toml_reason(str(error))}") from error
    wrong = [key for key, value in table.items() if not isinstance(value, str)]
    if wrong:
        raise ContentError(f'phrases.toml : sign."{wrong[0]}" doit être un texte entre guillemets')
    return dict(table)


def size_of(panel: Panel) -> tuple[int, int]:
    """Return (columns, rows) of a panel, from its pixels where it has no character grid."""
    columns = panel.columns or (panel.width_px + 1) // font.CELL_WIDTH
    rows = panel.rows or panel.height_px // font.CELL_HEIGHT
    return columns, rows


def pages(text: str, panel: Panel, *, phrases: Mapping[str, str], banner: str = "") -> SignPages:
    """Lay a text out in pages.

    Abbreviations are used only where the text does not fit otherwise, as few as needed. A page
    begins a new sentence where that costs no page. `banner` is the first line of each page, where
    there is room for it and another line.
    """
    columns, rows = size_of(panel)
    banner = banner if rows > 1 and len(banner) <= columns else ""
    rows -= bool(banner)
    if columns < 1 or rows < 1:
        return SignPages(
            pages=(),
            findings=(
                _finding(
                    "sign_panel",
                    "panneau sans taille : columns et rows, ou width_px et height_px",
                ),
            ),
        )
    best: list[list[str]] = []
    for candidate in _shortened(text, phrases):
        best = lay_out(sentences(_shown(candidate, panel), columns), columns, rows)
        if len(best) <= panel.max_pages and not _too_wide(best, columns):
            break
    else:
        best = lay_out(sentences(_shown(text, panel), columns), columns, rows)
        shortest = list(_shortened(text, phrases))[-1]
        best = min(best, lay_out(sentences(_shown(shortest, panel), columns), columns, rows), key=len)
    best = [[banner, *page] for page in best] if banner else best
    findings = _findings(best, panel, columns)
    return SignPages(
        pages=tuple(SignPage(lines=tuple(page), page_time_s=page_time_s(page, panel)) for page in best),
        findings=tuple(findings),
    )


def page_time_s(lines: Sequence[str], panel: Panel) -> float:
    """Return how long a page must stay: 2 s a unit of information or 1 s a word, whichever is longer.

    A unit is a sentence or a part of one between commas, or a line where there are none. Words of
    less than four letters count half; beyond eight letters a word counts once more.
    """
    text = " ".join(lines)
    units = [u for u in re.split(r"[.!?;:,]+(?:\s|$)|\s[-–]\s", text) if re.search(r"\w", u)]
    words = sum(SHORT_WORD_S if len(w) < 4 else WORD_S * -(-len(w) // 8) for w in re.findall(r"[^\W_][\w'’]*", text))
    filled = [line for line in lines if line.strip()]
    count = len(units) if len(units) > 1 else max(len(units), -(-len(filled) // 2))
    return round(max(UNIT_S * count, words, panel.min_page_time_s), 1)


def page_files(page: SignPage, n: int, slug: str, panel: Panel) -> tuple[Media, ...]:
    """Return the page as a picture at panel size, and enlarged for people."""
    alt = " / ".join(page.lines)
    small, large = pictures(page.lines, panel, size_of(panel))
    return tuple(
        Media(
            name=name,
            media_type="image/png",
            sha256=sha256_of(data),
            size_bytes=len(data),
            alt=alt,
            read=partial(bytes, data),
        )
        for name, data in (
            (f"{slug}-{n}.png", small),
            (f"{slug}-{n}-preview.png", large),
        )
    )


def _shortened(text: str, phrases: Mapping[str, str]) -> Sequence[str]:
    """Return the text, then the text with one more abbreviation each time, the longest saving first."""
    found = [
        (len(long) - len(short), long, short) for long, short in phrases.items() if re.search(_phrase(long), text, re.IGNORECASE)
    ]
    steps = [text]
    for _, long, short in sorted(found, reverse=True):
        steps.append(
            re.sub(
                _phrase(long),
                short.replace(chr(92), chr(92) * 2),
                steps[-1],
                flags=re.IGNORECASE,
            )
        )
    return steps


def _phrase(long: str) -> str:
    return rf"(?<![\w'’]){re.escape(long)}(?!\w)"


def _shown(text: str, panel: Panel) -> str:
    text = unicodedata.normalize("NFC", text)
    if panel.case == "upper":
        text = text.upper()
    if not _fits("«", panel.charset):
        # Straight quotes touch the words that they hold.
        text = re.sub(r"«[ \u00a0\u202f]*|[ \u00a0\u202f]*»", '"', text)
    return "".join(_in_charset(char, panel.charset) for char in text)


def _in_charset(char: str, charset: str) -> str:
    if char in "\n":
        return char
    if char in "\u00a0\u202f\u2009\t":
        # A no-break space keeps its words together on a sign too.
        return "\u00a0"
    if _fits(char, charset):
        return char
    plain = _PLAIN.get(char) or "".join(c for c in unicodedata.normalize("NFD", char) if not unicodedata.combining(c))
    return plain if plain and all(_fits(c, charset) for c in plain) else char


def _fits(char: str, charset: str) -> bool:
    if charset != "all":
        try:
            char.encode(charset)
        except UnicodeEncodeError:
            return False
    return font.has(char)


def _too_wide(made: Sequence[Sequence[str]], columns: int) -> bool:
    return any(len(line) > columns for page in made for line in page)


def _findings(made: Sequence[Sequence[str]], panel: Panel, columns: int) -> list[Finding]:
    findings = []
    if not made:
        findings.append(_finding("empty", "rien à afficher sur le panneau : écrivez short"))
    if len(made) > panel.max_pages:
        over = len(made) - panel.max_pages
        findings.append(
            Finding(
                code="sign_too_many_pages",
                blocking=True,
                count=len(made),
                limit=panel.max_pages,
                unit="pages",
                over_by=over,
                message=f"{len(made)} pages sur {panel.max_pages} : raccourcissez short, ou écrivez override.sign.text",
            )
        )
    for word in dict.fromkeys(w for page in made for line in page for w in line.split(" ") if len(w) > columns):
        findings.append(
            Finding(
                code="sign_word_too_wide",
                blocking=True,
                count=len(word),
                limit=columns,
                unit="characters",
                over_by=len(word) - columns,
                message=f"« {word} » ne tient pas sur une ligne de {columns} : ajoutez une abréviation dans content/phrases.toml",
            )
        )
    for char in dict.fromkeys(c for page in made for line in page for c in line if not _fits(c, panel.charset) and c != "\u00a0"):
        findings.append(
            _finding(
                "sign_character",
                f"le panneau n'a pas le signe « {char} » (U+{ord(char):04X}) : remplacez-le, ou écrivez override.sign.text",
            )
        )
    return findings


def _finding(code: str, message: str) -> Finding:
    return Finding(code=code, message=message, blocking=True)
