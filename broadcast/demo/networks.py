"""The look-alike networks of the demonstration: started, named in the settings, given their secrets."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

from broadcast import newsroom_folder
from broadcast.stands import stand_type
from broadcast.stands.base import Stand

#: Channel -> kind of the look-alike networks.
NETWORKS = {
    "x-ville": "x",
    "facebook-ville": "facebook",
    "mastodon-ville": "mastodon",
    "bluesky-ville": "bluesky",
    "telegram-ville": "telegram",
    "wordpress-ville": "wordpress",
    "lettre": "email",
}
#: Channel that people serve by hand.
GROUPS = "groupes-facebook"
_GROUPS = f"""
[channels.{GROUPS}]                 # à publier à la main, avec un dossier prêt à copier
kind = "copykit"
path = "kits"
label = "Groupe Facebook des commerçants"
open_url = "https://www.facebook.com/groups/exemple"
assignee = "alice"
deadline = "2h"
"""
_SECRET = ("token", "password", "secret", "_key")
_RECIPIENTS = "ada@example.org\nbeatrice@example.org\n# Une adresse par ligne.\ncharles@example.org\n"


@contextmanager
def networks(folder: Path) -> Iterator[dict[str, Stand]]:
    """Run the networks; each writes down what it holds into `recorded/<channel>.jsonl`."""
    with ExitStack() as stack:
        stands: dict[str, Stand] = {}
        for name, kind in NETWORKS.items():
            type_ = stand_type(kind)
            assert type_ is not None
            stands[name] = stack.enter_context(type_(folder / "recorded" / f"{name}.jsonl"))
        yield stands


def settings(stands: Mapping[str, Stand]) -> str:
    """Return the text of `broadcast.toml` for these networks."""
    text = newsroom_folder.SETTINGS.partition("# Les réseaux se règlent")[0]
    text += "# Réseaux d'essai de la démonstration, sur cette machine.\n"
    for name, stand in stands.items():
        values = [_setting(name, key, value) for key, value in stand.sample_settings(stand.url).items()]
        text += "\n".join(["", f"[channels.{name}]", f'kind = "{stand.kind}"', *values, ""])
    return text + _GROUPS


def write_files(folder: Path, stands: Mapping[str, Stand]) -> None:
    """Write the secrets and the files that the settings name."""
    for name, stand in stands.items():
        for key, value in stand.sample_settings(stand.url).items():
            if _is_secret(key):
                path = folder / "secrets" / f"{name}-{key}"
                path.touch(mode=0o600)
                path.write_text(f"{value}\n", encoding="utf-8")
        for file in stand.sample_files():
            (folder / file).write_text(_RECIPIENTS, encoding="utf-8")


def _setting(name: str, key: str, value: Any) -> str:
    if _is_secret(key):
        return f'{key}_file = "secrets/{name}-{key}"'
    return f'{key} = "{value}"' if isinstance(value, str) else f"{key} = {value}"


def _is_secret(key: str) -> bool:
    return any(key.endswith(word) for word in _SECRET)
