"""Which signs of a text no font of the proof has."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path
from tempfile import TemporaryDirectory

import regex

#: What every text font has: Latin, and the punctuation that French typography uses.
_COMMON = regex.compile(r"[\s\u0020-\u024f\u2010-\u2027\u202f\u2030-\u203a\u20ac\u2122]+")
#: Signs that only say how their neighbours look: shown or not, nothing is lost.
_SILENT = "\u200c\u200d\ufe0e\ufe0f"
#: What PDF/A refuses of a text: a sign for which there is only an empty box.
_REFUSED = regex.compile(r'the text `"(.+?)"` could not be displayed')
_ESCAPE = regex.compile(r"\\u\{([0-9a-f]+)\}")


def missing(text: str, fonts: str = "") -> list[str]:
    """Return the signs, as people see them, for which neither the shipped fonts nor this machine's have a shape.

    Args:
        text: what the proof says.
        fonts: a folder with further fonts, "" for none.
    """
    unusual = dict.fromkeys(sign for sign in regex.findall(r"\X", text) if not _COMMON.fullmatch(sign))
    return list(_missing(tuple(unusual), fonts)) if unusual else []


@lru_cache(maxsize=64)
def _missing(signs: tuple[str, ...], fonts: str) -> tuple[str, ...]:
    lost = _refused(signs, [fonts] if fonts else [])
    return tuple(sign for sign in signs if set(sign) & lost)


def _refused(signs: Sequence[str], fonts: list[str]) -> set[str]:
    """Return the characters that typst refuses: as PDF/A it says of each that no font shows it."""
    import typst

    with TemporaryDirectory(prefix="broadcast-signs-") as folder:
        source = Path(folder) / "signs.typ"
        lines = [f"#text({_literal(sign)})" for sign in signs]
        source.write_text('#set text(font: "Libertinus Serif")\n' + "\n\n".join(lines), encoding="utf-8")
        try:
            typst.compile(str(source), root=folder, format="pdf", pdf_standards=["a-2u"], font_paths=fonts)
        except typst.TypstError as error:
            said = "".join(
                _ESCAPE.sub(lambda found: chr(int(found[1], 16)), piece) for piece in _REFUSED.findall(error.diagnostic)
            )
            # Of a sign that is made of several, such as a digit in a box, the common ones are not what lacks.
            return {c for c in said if c not in _SILENT and not _COMMON.fullmatch(c)}
    return set()


def _literal(text: str) -> str:
    return '"' + "".join(f"\\u{{{ord(c):x}}}" for c in text) + '"'
