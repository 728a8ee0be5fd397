"""Broadcast: one message, every channel of a town hall, proven published."""

__version__ = "0.1.0"
