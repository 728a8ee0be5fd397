"""The block tree as a story for print: typst markup and ICML for InDesign. Pure."""

from broadcast.layout.story_icml import icml_document, paragraph, to_icml
from broadcast.layout.story_typst import escape_typst, to_typst
from broadcast.layout.story_typst import string as typst_string

__all__ = [
    "escape_typst",
    "icml_document",
    "paragraph",
    "to_icml",
    "to_typst",
    "typst_string",
]
