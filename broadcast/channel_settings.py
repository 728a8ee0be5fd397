"""What every channel has in `broadcast.toml`, and credentials that show themselves nowhere."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar, Literal

from broadcast.errors import never_say


class Secret:
    """A credential: shown by no repr, str, log or exception."""

    __slots__ = ("_value",)

    def __init__(self, value: str) -> None:
        self._value = value
        never_say(value)

    def reveal(self) -> str:
        """Return the value; only for the call that needs it."""
        return self._value

    def __repr__(self) -> str:
        return "Secret(…)"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Secret) and other._value == self._value

    def __hash__(self) -> int:
        return hash(self._value)


#: A message kind as settings name it.
MessageWord = Literal["alert", "information", "practical", "activity", "all_clear", "holding"]


@dataclass(frozen=True, kw_only=True)
class ChannelSettings:
    """What every channel has in `broadcast.toml`; a kind adds its own fields.

    A field of type `Secret` cannot stand in the file: it is read from `<name>_file` or from the
    environment. Unknown keys are refused.
    """

    __pydantic_config__: ClassVar[dict[str, Any]] = {
        "extra": "forbid",
        "arbitrary_types_allowed": True,
    }

    #: A kind lists here, as `destination: ClassVar[tuple[str, ...]]`, those of its settings that say where or in whose name
    #: something leaves: what was approved is held when one of them changes. Without it: all of them but secrets.

    #: Name of the channel, `[a-z0-9-]+`; filled in by the loader.
    name: str
    #: Channel kind; filled in by the loader.
    kind: str
    #: Message kinds that go here by default.
    messages: tuple[MessageWord, ...] = (
        "alert",
        "information",
        "practical",
        "activity",
        "all_clear",
        "holding",
    )
    #: Message kinds for which a failure here raises an alarm.
    required_for: tuple[MessageWord, ...] = ()
    #: What a new version does to what stands: auto, edit, reply, repost (delete, then post anew) or nothing.
    on_correction: Literal["auto", "edit", "reply", "repost", "nothing"] = "auto"
    #: What the end does: auto, take_down, say (post the form `ending`) or nothing. A withdrawal always takes down.
    on_end: Literal["auto", "take_down", "say", "nothing"] = "auto"
    #: Numbered posts for a message without `short` that is too long for one: auto or never.
    threads: Literal["auto", "never"] = "auto"
    #: How long people have for what is handed over to them ("30m"); "": no deadline.
    deadline: str = ""
    #: True on the one channel whose page address posts carry.
    canonical: bool = False
    #: Longest time for one call, seconds; filled in from `[dispatch] call_timeout`.
    call_timeout_s: float = 20.0
    #: Folder of the newsroom, absolute; relative paths in settings start here; filled in by the loader.
    newsroom_dir: str = ""
