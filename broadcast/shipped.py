"""Where the files that come with Broadcast are: in the wheel, or in a source checkout."""

from __future__ import annotations

from pathlib import Path


def shipped(path: str) -> Path:
    """Return the place of `templates/…` or `content/…`."""
    package = Path(__file__).parent
    installed = package / "_shipped" / path
    return installed if installed.exists() else package.parent / path
