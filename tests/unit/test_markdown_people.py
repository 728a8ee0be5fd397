"""What people type or paste: bullets of other programs, struck-out words."""

from __future__ import annotations

import pytest

from broadcast.blocks import ListBlock
from broadcast.markdown import parse, parse_with_losses, to_plain


def test_struck_out_words_are_told_with_their_line():
    _, losses = parse_with_losses("Un.\n\nOuvert à ~~18 h~~ 19 h.\n\n~~~\ncode\n~~~")
    assert [(loss.code, loss.line) for loss in losses] == [("strikethrough", 3)]
    assert "~~18 h~~" in losses[0].message


@pytest.mark.parametrize("bullet", ["•", "◦", "▪", "–", "•\u00a0"])
def test_bullets_of_other_programs_make_a_list(bullet):
    (block,) = parse(f"{bullet} fermer\n{bullet} monter").blocks
    assert isinstance(block, ListBlock)
    assert len(block.items) == 2


def test_a_dash_within_a_sentence_makes_no_list():
    assert to_plain(parse("Le marché\n– celui de la place –\nreste ouvert.")) == "Le marché – celui de la place – reste ouvert."
