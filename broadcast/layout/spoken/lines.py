"""Lines to say: sentences that run on are joined, items of lists and paragraphs closed. Pure."""

from __future__ import annotations

from collections.abc import Iterable

import regex

from broadcast.layout.spoken.rule import compiled, sub


def lines(text: str) -> Iterable[str]:
    """Return the lines to say: sentences that run on joined, items of lists and paragraphs closed."""
    made: list[tuple[str, bool]] = []
    after_blank = False
    for raw in text.split("\n"):
        line = sub(r"^(?: |>(?! ?\d))*+(?:#{1,6} )?", "", raw).strip()
        line = sub(r"^(\d{3,9})[.)] (?=\S)", r"\1 : ", line)
        body = sub(r"^(?:[-–—•‣▪●◦*·+] +|(?=\d{1,2}[.)] ))", "", line)
        item = body != line or bool(compiled(r"\d{1,2}[.)] |\d{3,9} : ").match(line))
        if not line:
            after_blank = True
            continue
        if made and (item or after_blank):
            made[-1] = (_closed(*made[-1]), made[-1][1])
        if made and not item and not after_blank and body[0].islower() and made[-1][0][-1:] not in (*".!?…:",):
            made[-1] = (f"{made[-1][0]} {body}", made[-1][1])
        else:
            made.append((sub(r"^(\d{1,2})\) ", r"\1. ", body), item))
        after_blank = False
    if made and made[-1][1]:
        made[-1] = (_closed(*made[-1]), True)
    return [line for line, _ in made]


def _closed(line: str, item: bool) -> str:
    if item:
        line = line.rstrip(" ;,")
    return line if not line or line.rstrip(" )]")[-1:] in (*".!?…:;,",) else f"{line}."


def tidy(line: str) -> str:
    """Return the line without marks that no voice says, its punctuation in order."""
    # No address may come about by what was left out before.
    line = sub(r"http(s?)", lambda m: " H T T P" + " S" * len(m[1]) + " ", line, regex.I)
    line = sub(r"[\[\]{}<>*_\\^`~#/°|\"]", " ", line)
    line = sub(r"\.(?=[\p{L}\p{N}_])", ". ", line)
    line = sub(r"\( *[,;:.]* *\)", " ", line)
    line = sub(r" +", " ", line)
    line = sub(r" (?=[,.…)])|(?<=\() ", "", line)
    line = sub(r"(?:[,;:] ?)++([.…!?)])?", lambda m: m[1] or sub(r",(?= ?[,;:])", "", m[0]), line)
    line = sub(r"([,;:!?…])(?: ?\1)+", r"\1", sub(r"\.{2,}|\. \.", ".", line))
    return sub(r"^[ ,;:.]+|(?: -)+$", "", line.strip()).strip()
