"""Reading a list of people: what stands in it decides, not how its columns are called. Pure.

One address a line, several in a line or a cell, a table as Google Contacts, Outlook, Mailchimp, Brevo or a spreadsheet
saves it, or contacts as telephones export them (vCard): each address in any cell is somebody's, each once. A heading
only says which columns of addresses are not the subscriber's own ("Inscrit par"). What is not understood is told by
the number of its line: nobody is lost in silence.
"""

from __future__ import annotations

import codecs
import csv
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import takewhile

from channels.email.addresses import address_of, find, tidy

_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
#: How files begin that are no text, and what they are.
_NO_TEXT = (
    (b"PK\x03\x04", "un classeur (xlsx, ods) : enregistrez-le au format CSV"),
    (b"\xd0\xcf\x11\xe0", "un classeur Excel (xls) : enregistrez-le au format CSV"),
    (b"%PDF", "un PDF : donnez une liste en texte ou en CSV"),
)
_CARD = re.compile(r"begin:vcard\s*$", re.IGNORECASE)
_DECLARED = re.compile(r"\"?sep=(.)\"?[;,]*", re.IGNORECASE | re.DOTALL)
_SEPARATORS = ";,\t|"
#: Words that head a column, or a list.
_HEADING = re.compile(
    r"\b(?:e-?mails?|mails?|courriels?|m[eè]ls?|adresses?|address(?:es)?|messagerie|noms?|pr[eé]noms?|(?:first|last|given|family)?"
    r" ?name|labels?|t[eé]l(?:[eé]phone)?s?|phone|mobile|villes?|city|statuts?|status|date|id|contacts?|abonn[eé]s?"
    r"|destinataires?|liste|civilit[eé]|groupes?|title|company|organi[sz]ation)\b"
)
#: Columns of addresses that are somebody else's, or not in use any more.
_NOT_THEIRS = re.compile(
    r"\b(?:(?:inscrit|ajout|saisi|cr[eé]|modifi|import)[a-zé]*[ _](?:par|by)|(?:added|created|modified|updated|imported)[ _]by|parrain"
    r"|r[eé]f[eé]rent|owner|ancien(?:ne)?s?|old|previous|supprim|d[eé]sabonn|d[eé]sinscri|unsub|bounce|blacklist)",
)
#: Columns of what somebody wrote about a person: an address in it may be anybody's.
_NOTES = re.compile(r"\b(?:notes?|remarques?|commentaires?|comments?|observations?|memo|m[eé]mo|historique)\b")
#: What a column says of those who want no mail any more, and how other programs say yes in such a column.
_REFUSAL = re.compile(r"\b(?:statuts?|status|[eé]tat|abonnements?|subscri\w*|opt[ -]?(?:in|out)|consentement)\b")
_REFUSED = re.compile(
    r"(?:d[eé]sabonn|d[eé]sinscri|unsubscribed|opt(?:ed)?[ -]?out|blacklist|liste noire|cleaned|refus)\w*", re.IGNORECASE
)
_REFUSERS = re.compile(r"d[eé]sabonn|d[eé]sinscri|unsub|blacklist|opt[ -]?out")
_YES = frozenset({"oui", "yes", "true", "vrai", "1", "x", "o", "y"})
#: Lines that a title and a date may take before the names of the columns.
_LONGEST_TITLE = 10
#: Lines that a cell with notes may have; a quotation mark that was never closed must not swallow the list.
_LONGEST_RECORD = 60


@dataclass(frozen=True, slots=True)
class People:
    """What a list holds."""

    #: As they are written, in their order, each once.
    addresses: tuple[str, ...]
    #: Numbers of the lines that hold something that is no address.
    not_understood: tuple[int, ...] = ()
    #: Numbers of the lines of a table, or of cards, that say somebody without an address.
    without: tuple[int, ...] = ()
    #: Numbers of the lines of people who, as the table says, unsubscribed.
    unsubscribed: tuple[int, ...] = ()


def read(data: bytes) -> People:
    """Return the people of a list in any encoding.

    Raises:
        ValueError: it is no text; the reason in French.
    """
    lines = [tidy(line) for line in re.split(r"\r\n|\r|\n", _text(data))]
    if any(_CARD.match(line) for line in lines[:50]):
        return _people(_cards(lines))
    begin = next((n for n, line in enumerate(lines) if not _is_remark(line)), len(lines))
    said = _DECLARED.fullmatch(lines[begin].strip(" ")) if begin < len(lines) else None
    if said:  # as Excel writes and reads it
        begin = next((n for n in range(begin + 1, len(lines)) if not _is_remark(lines[n])), len(lines))
    begin = _head_at(lines, begin)
    head = lines[begin] if begin < len(lines) else ""
    separator = said[1] if said else max(_SEPARATORS, key=head.count)
    is_heading = "@" not in head and any(map(_is_heading, head.split(separator)))
    if is_heading and separator in head:
        return _people(_table(lines, begin, separator))
    return _people(_plain(lines, begin + is_heading))


def _head_at(lines: Sequence[str], begin: int) -> int:
    """Return where the names of the columns stand: behind a title and a date, in many exports."""
    before = list(takewhile(lambda n: "@" not in lines[n], range(begin, min(begin + _LONGEST_TITLE, len(lines)))))
    named = (n for n in before if sum(map(_is_heading, re.split(f"[{_SEPARATORS}]", lines[n]))) > 1)
    return next(named, begin)


@dataclass(frozen=True, slots=True)
class _Line:
    """What one line, row or card says."""

    number: int
    addresses: tuple[str, ...]
    is_understood: bool
    wants_none: bool = False


def _people(lines: Iterable[_Line]) -> People:
    each: dict[str, str] = {}
    odd, without, unsubscribed = [], [], []
    for line in lines:
        for address in line.addresses:
            each.setdefault(address_of(address).casefold(), address)
        if line.wants_none:
            unsubscribed.append(line.number)
        elif not line.is_understood:
            odd.append(line.number)
        elif not line.addresses:
            without.append(line.number)
    return People(tuple(each.values()), tuple(odd), tuple(without), tuple(unsubscribed))


def _text(data: bytes) -> str:
    for begin, what in _NO_TEXT:
        if data.startswith(begin):
            raise ValueError(f"c'est {what}")
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            return data[len(mark) :].decode(encoding, "replace")
    if b"\0" in data:
        # UTF-16 without its mark: of the two bytes of each letter one is nought.
        wide = "utf-16-le" if data[1::2].count(0) > data[0::2].count(0) else "utf-16-be"
        text = data.decode(wide, "replace")
        if "\0" in text or data.count(0) * 3 < len(data):
            raise ValueError("ce n'est pas un fichier de texte")
        return text
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return data.decode("cp1252", "replace")  # a spreadsheet's; addresses are ASCII in both


def _is_heading(cell: str) -> bool:
    # A word with a point in it is rather an address that lacks its @.
    return bool(_HEADING.search(cell.casefold().replace("_", " "))) and not re.search(r"\w\.\w", cell)


def _is_remark(line: str) -> bool:
    return line.strip(' \t;,#"') == "" or line.lstrip().startswith("#")


def _plain(lines: Sequence[str], begin: int) -> Iterator[_Line]:
    """Read lines one by one: what stands on one can cost no other anything."""
    for number, line in enumerate(lines[begin:], begin + 1):
        if _is_remark(line):
            continue
        before = re.sub(r"\s#.*", "", line)
        seen = find(before if "@" in before else line)
        yield _Line(number, seen.addresses, is_understood=bool(seen.addresses) and not seen.broken)


def _table(lines: Sequence[str], begin: int, separator: str) -> Iterator[_Line]:
    """Read the rows of a table: every address in any cell, the columns that are not the subscriber's left aside."""
    rows = list(_rows(lines, begin, separator))
    seen = [(number, cells, [find(cell) for cell in cells]) for number, cells in rows[1:]]
    filled, holding = Counter[int](), Counter[int]()
    for _, cells, found in seen:
        filled.update(n for n, cell in enumerate(cells) if cell.strip())
        holding.update(n for n, each in enumerate(found) if each.addresses)
    names = [name.casefold().replace("_", " ") for name in rows[0][1]]
    others = {n for n, name in enumerate(names) if _NOT_THEIRS.search(name) or _NOTES.search(name)}
    notes = {n for n in others if _NOTES.search(names[n])}
    theirs = set(holding) - others or set(holding)
    # A cell that is no address in a column of addresses is somebody who would get nothing.
    columns = {n for n in theirs if holding[n] * 2 >= filled[n]}
    for number, cells, found in seen:
        mine = [each for n, each in enumerate(found) if n in theirs]
        addresses = tuple(address for each in mine for address in each.addresses)
        if addresses and _wants_none(names, cells):
            yield _Line(number, (), is_understood=True, wants_none=True)
            continue
        strangers = {address for n in notes - theirs if n < len(found) for address in found[n].addresses} - set(addresses)
        odd = (
            bool(strangers)
            or any(each.broken for each in found)
            or (not addresses and any(n in columns or not columns for n, cell in enumerate(cells) if cell.strip()))
        )
        yield _Line(number, addresses, is_understood=not odd)


def _wants_none(names: Sequence[str], cells: Sequence[str]) -> bool:
    """Say whether a row is of somebody who unsubscribed."""
    for name, cell in zip(names, cells, strict=False):
        said = cell.strip()
        if _REFUSAL.search(name) and _REFUSED.fullmatch(said):
            return True
        if _REFUSERS.search(name) and said.casefold() in _YES:
            return True
    return False


def _rows(lines: Sequence[str], begin: int, separator: str) -> Iterator[tuple[int, list[str]]]:
    """Yield the number of the first line of each row, and its cells; a cell may hold line breaks."""
    at = begin
    while at < len(lines):
        size = 1
        if not _is_remark(lines[at]):
            size = _size(lines, at)
            text = "\n".join(lines[at : at + size])
            rows = csv.reader(text.splitlines(keepends=True), delimiter=separator, skipinitialspace=True)
            yield at + 1, [cell for row in rows for cell in row]
        at += size


def _size(lines: Sequence[str], at: int) -> int:
    """Return how many lines a row takes: more than one where a quotation mark opens there and closes further down."""
    marks = 0
    for size, line in enumerate(lines[at : at + _LONGEST_RECORD], 1):
        marks += line.count('"')
        if marks % 2 == 0:
            return size
    return 1


def _cards(lines: Sequence[str]) -> Iterator[_Line]:
    """Read vCards (RFC 6350, and the older ones of telephones)."""
    begin, addresses, odd = 0, [""], False
    for number, line in enumerate(_unfolded(lines), 1):
        name, _, value = line.partition(":")
        name = name.partition(";")[0].rpartition(".")[2].strip().upper()
        if _CARD.match(line):
            begin, addresses, odd = number, [], False
        elif name == "EMAIL" and begin:
            seen = find(value)
            addresses += seen.addresses
            odd = odd or not seen.addresses or bool(seen.broken)
        elif name == "END" and begin:
            yield _Line(begin, tuple(addresses), is_understood=not odd)
            begin = 0


def _unfolded(lines: Sequence[str]) -> Iterator[str]:
    """Yield as many lines as there are; a folded one stands whole where it begins."""
    for n, line in enumerate(lines):
        if line[:1] in (" ", "\t"):
            yield ""
            continue
        more = takewhile(lambda each: each[:1] in (" ", "\t"), lines[n + 1 : n + 20])
        yield line + "".join(each[1:] for each in more)
