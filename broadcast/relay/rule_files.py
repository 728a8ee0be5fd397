"""A rule as its file and its two prepared messages, frozen into one value."""

from __future__ import annotations

from pathlib import Path

from broadcast.app import App
from broadcast.errors import ContentError
from broadcast.files import read_plain
from broadcast.rules import Rule, rule_from_toml
from broadcast.shipped import shipped

#: Separates the two prepared messages of a rule in its frozen copy.
TEMPLATE_BREAK = "\x1e"
#: Most that is read of a rule, bytes.
MAX_BYTES = 200_000


def read_rule(app: App, name: str) -> Rule:
    """Return the rule of a file, or of a name in content/rules/, with its prepared messages.

    Raises:
        ContentError: it cannot be read, is wrong, or names a source or a prepared message that is not there.
    """
    path = Path(name) if name.endswith(".toml") else app.dir / "content" / "rules" / f"{name}.toml"
    path = path if path.exists() else app.dir / path
    try:
        text = read_plain(path, MAX_BYTES).decode("utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        why = "pas en UTF-8" if isinstance(error, UnicodeDecodeError) else "absente" if not path.exists() else "illisible"
        raise ContentError(f"{why} ; une règle se met dans content/rules/<nom>.toml", file=str(path)) from error
    zone = app.newsroom.timezone
    rule = rule_from_toml(path.stem, text, file=str(path), zone=zone)
    for feed in rule.feeds:
        if feed not in app.settings.feeds:
            known = ", ".join(app.settings.feeds) or "aucune"
            raise ContentError(f"feeds : source inconnue « {feed} » (connues : {known})", file=str(path))
    both = TEMPLATE_BREAK.join(_template(app, which) for which in (rule.template, rule.all_clear))
    return rule_from_toml(path.stem, text, file=str(path), template_text=both, zone=zone)


def _template(app: App, name: str) -> str:
    places = (app.dir / "content" / "models" / "relay", shipped("content/models") / "relay")
    for place in places:
        if (place / f"{name}.md").is_file():
            return (place / f"{name}.md").read_text(encoding="utf-8")
    raise ContentError(f"message préparé « {name} » : absent de content/models/relay/", file=f"{name}.md")
