"""Rows for people: a drawn table where it fits the terminal, else a block a row; tab-separated in a pipe."""

from __future__ import annotations

import os
import sys
import textwrap
from collections.abc import Callable, Iterable, Sequence

import click

#: Narrowest terminal that is written for, columns.
_NARROWEST = 40


def table(
    columns: Sequence[str],
    rows: Iterable[Sequence[object]],
    *,
    title: str = "",
    err: bool = False,
    below: Sequence[str] = (),
    style: Callable[[str], str] = lambda cell: "",
) -> None:
    """Print rows: drawn on a terminal, tab-separated elsewhere.

    Args:
        columns: names of the columns.
        rows: a cell a column; None is empty.
        title: what stands above.
        err: to standard error.
        below: columns that a terminal shows on lines of their own under the row: addresses, which are never cut, and reasons.
        style: colour of a cell, "" for none.
    """
    lines = [[str(cell) if cell is not None else "" for cell in row] for row in rows]
    stream = sys.stderr if err else sys.stdout
    if not stream.isatty():
        for line in lines:
            click.echo("\t".join(line), err=err)
        return
    beside = [n for n, name in enumerate(columns) if name not in below and any(line[n] for line in lines)]
    under = [n for n, name in enumerate(columns) if name in below]
    width = max(_NARROWEST, _columns(stream.fileno()))
    if title:
        click.secho(title, bold=True, err=err)
    sizes = [max(_length(columns[n]), *(_length(line[n]) for line in lines)) if lines else 0 for n in beside]
    if sum(sizes) + 2 * (len(sizes) - 1) <= width and not any("\n" in line[n] for n in beside for line in lines):
        _aligned(columns, lines, beside, under, sizes, width, err, style)
    else:
        _blocks(columns, lines, beside, under, width, err, style)


def _aligned(
    columns: Sequence[str],
    lines: Sequence[Sequence[str]],
    beside: Sequence[int],
    under: Sequence[int],
    sizes: Sequence[int],
    width: int,
    err: bool,
    style: Callable[[str], str],
) -> None:
    head = (_padded(columns[n], size) for n, size in zip(beside, sizes, strict=True))
    click.secho("  ".join(head).rstrip(), bold=True, err=err)
    for line in lines:
        cells = (_coloured(line[n], style, size) for n, size in zip(beside, sizes, strict=True))
        click.echo("  ".join(cells).rstrip(), err=err)
        _print_under(columns, line, under, width, err, named=False)


def _blocks(
    columns: Sequence[str],
    lines: Sequence[Sequence[str]],
    beside: Sequence[int],
    under: Sequence[int],
    width: int,
    err: bool,
    style: Callable[[str], str],
) -> None:
    for line in lines:
        click.secho(line[beside[0]] if beside else "", bold=True, err=err)
        for n in beside[1:]:
            if line[n]:
                _print_wrapped(f"{columns[n]} : ", line[n], width, err, style)
        _print_under(columns, line, under, width, err, named=True)


def _print_under(
    columns: Sequence[str], line: Sequence[str], under: Sequence[int], width: int, err: bool, *, named: bool
) -> None:
    for n in under:
        if line[n]:
            _print_wrapped(f"{columns[n]} : " if named else "", line[n], width, err)


def _print_wrapped(name: str, text: str, width: int, err: bool, style: Callable[[str], str] = lambda cell: "") -> None:
    """Print a cell below its row, by words: an address or a command stays on one line, however long."""
    if style(text):
        click.echo("  " + name + _coloured(text, style), err=err)
        return
    for paragraph in text.splitlines():
        for piece in textwrap.wrap(
            name + paragraph, width - 2, break_long_words=False, break_on_hyphens=False, subsequent_indent="  "
        ):
            click.echo("  " + piece, err=err)
        name = ""


def _coloured(cell: str, style: Callable[[str], str], size: int = 0) -> str:
    colour = style(cell)
    padded = _padded(cell, size)
    return click.style(padded, fg=colour) if colour else padded


def _padded(cell: str, size: int) -> str:
    return cell + " " * (size - _length(cell))


def _length(text: str) -> int:
    from rich.cells import cell_len

    return cell_len(text)


def _columns(stream: int) -> int:
    """Return the width of a terminal; `COLUMNS` wins, as everywhere."""
    written = os.environ.get("COLUMNS", "")
    if written.isdigit() and int(written):
        return int(written)
    try:
        return os.get_terminal_size(stream).columns or 80
    except OSError:
        return 80
