"""Reading a list of recipients: one address a line, or a table with a column of addresses. Pure."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Iterator
from itertools import chain

_HEADING = re.compile(r"\b(?:e-?mails?|mails?|courriels?|m[eè]l)\b|^adresses?$")
_SEPARATORS = ",;\t"


def addresses(lines: Iterable[str]) -> Iterator[str]:
    """Yield the addresses of a list, in its order.

    Raises:
        csv.Error: it is no text.
    """
    written = filter(None, map(_without_remark, lines))
    first = next(written, None)
    if first is None:
        return
    # The first line says what separates: a comma, or a spreadsheet's semicolon or tab.
    separator = max(_SEPARATORS, key=first.count)
    column: int | None = None
    for line in chain([first], written):
        # Each line by itself: a quotation mark that was never closed must not swallow the rest of the list.
        cells = [cell.strip() for row in csv.reader([line], delimiter=separator, skipinitialspace=True) for cell in row]
        if column is None:
            column = _column(cells)
            if column >= 0:
                continue
        found = cells[column] if 0 <= column < len(cells) else next((c for c in cells if "@" in c), cells[0] if cells else "")
        named = re.search(r"<([^<>]+)>", found)
        bare = (named[1] if named else found).strip().removeprefix("mailto:")
        if bare:
            yield bare.encode("utf-8", "replace").decode()


def _without_remark(line: str) -> str:
    if "\0" in line:
        raise csv.Error("NUL")
    return re.sub(r"(?:^|\s)#.*", "", line.rstrip("\r\n")).strip()


def _column(cells: list[str]) -> int:
    """Return the place of the column of addresses, -1 if the first row is no heading."""
    if any("@" in cell for cell in cells):
        return -1
    return next((n for n, cell in enumerate(cells) if _HEADING.search(cell.casefold())), -1)
