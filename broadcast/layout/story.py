"""The block tree as a story for print: typst markup and ICML for InDesign. Pure."""

from broadcast.layout.story_icml import icml_document, to_icml
from broadcast.layout.story_typst import escape_typst, to_typst

__all__ = ["escape_typst", "icml_document", "to_icml", "to_typst"]
