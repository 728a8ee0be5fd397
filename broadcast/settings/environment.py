"""What the environment says beside `broadcast.toml`: `BROADCAST_<SECTION>__<KEY>`."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from typing import Any

PREFIX = "BROADCAST_"


def complete(raw: dict[str, Any], env: Mapping[str, str]) -> None:
    """Let `BROADCAST_<SECTION>__<KEY>` override the file; secrets of channels are read elsewhere."""
    for name, text in env.items():
        if not name.startswith(PREFIX) or "__" not in name:
            continue
        section, *keys = name.removeprefix(PREFIX).lower().split("__")
        if section in ("newsroom", "approval", "dispatch", "web") and len(keys) == 1:
            raw.setdefault(section, {})[keys[0]] = value_of(text)
        elif section in ("channels", "feeds") and len(keys) == 2:
            target = next(
                (n for n in raw.get(section, {}) if n.replace("-", "_") == keys[0]),
                None,
            )
            if target is not None:
                raw[section][target].setdefault("_env", {})[keys[1]] = text


def value_of(text: str) -> Any:
    """Return what a variable says: TOML where it is some, else the text itself."""
    try:
        return tomllib.loads(f"x = {text}")["x"]
    except tomllib.TOMLDecodeError:
        return text
