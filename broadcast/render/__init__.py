"""Rendering: templates, filters, and one revision's renditions for a channel."""

from broadcast.render.environment import Renderer
from broadcast.render.make import Target, renditions

__all__ = ["Renderer", "Target", "renditions"]
