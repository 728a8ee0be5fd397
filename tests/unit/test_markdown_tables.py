"""Tables as people type them: no cell is lost without a word."""

from __future__ import annotations

import pytest

from broadcast.markdown import parse_with_losses, to_plain

HEAD = "Avant.\n\n| Commerce | Tél. |\n|---|---|\n"


def test_a_cell_beyond_the_last_column_is_told_with_its_line_and_blocks():
    _, losses = parse_with_losses(HEAD + "| Pain | 1 |\n| Primeur | 01 41 23 80 00 | livre à domicile |\n")
    assert [(loss.code, loss.line, loss.blocking) for loss in losses] == [("table_cells", 6, True)]
    assert "livre à domicile" in losses[0].message


def test_two_rows_alike_are_told_each_on_its_line():
    _, losses = parse_with_losses(HEAD + "| a | b | c |\n| a | b | c |\n")
    assert [loss.line for loss in losses] == [5, 6]


@pytest.mark.parametrize("row", ["| Pain |", "| Pain | 1 | |", "Pain | 1", "| a \\| b | c |", "| `a | b` | c |"])
def test_a_row_that_loses_nothing_is_not_told(row: str):
    document, losses = parse_with_losses(HEAD + row + "\n")
    assert losses == () and ("Pain" in to_plain(document) or "a | b" in to_plain(document))
