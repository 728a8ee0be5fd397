"""Markdown, once: the body made into our block tree, and the two renderers that everyone needs.

HTML and plain text are made here, sign text, typst and ICML in `broadcast.layout`. HTML in the
source is never passed through: its words are kept, its tags not, and each loss is told.
"""

from broadcast.markdown.parse import Loss, parse, parse_with_losses
from broadcast.markdown.pieces import is_safe_url
from broadcast.markdown.plain import after_lead, inline_plain, lead, to_plain, words
from broadcast.markdown.source import MAX_BODY, MAX_DEPTH
from broadcast.markdown.to_html import highest_heading, inline_html, linked, to_html

__all__ = [
    "MAX_BODY",
    "MAX_DEPTH",
    "Loss",
    "after_lead",
    "highest_heading",
    "inline_html",
    "inline_plain",
    "is_safe_url",
    "lead",
    "linked",
    "parse",
    "parse_with_losses",
    "to_html",
    "to_plain",
    "words",
]
