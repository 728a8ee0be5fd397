"""Rendering: templates, filters, and one revision's renditions for a channel."""

from broadcast.render.advice import advise
from broadcast.render.earlier import Earlier, News, news_of
from broadcast.render.environment import Renderer
from broadcast.render.make import renditions
from broadcast.render.side_texts import SideText, side_texts
from broadcast.render.work import Target

__all__ = ["Earlier", "News", "Renderer", "SideText", "Target", "advise", "news_of", "renditions", "side_texts"]
