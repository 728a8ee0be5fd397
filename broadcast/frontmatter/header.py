"""Front matter and body taken apart, and YAML read with the lines of its keys."""

from __future__ import annotations

import difflib
import html
import re
import unicodedata
from collections.abc import Sequence
from typing import Any

import yaml

from broadcast.frontmatter.reader import Number, Reader
from broadcast.frontmatter.rules import FORBIDDEN, KEYS, LITERAL, MAX_FILE, MAX_HEADER, MAX_SLUG, SLUG


class _Loader(yaml.SafeLoader):
    """Times stay text, so that a missing offset is seen; aliases are refused (they can explode)."""

    yaml_implicit_resolvers = {
        key: [(tag, pattern) for tag, pattern in resolvers if tag != "tag:yaml.org,2002:timestamp"]
        for key, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
    }

    def construct_number(self, node: Any) -> Number:
        """Keep how a number was written: `01004` is a code that somebody forgot to quote."""
        number = Number(self.construct_yaml_int(node))
        number.written = node.value
        return number

    def compose_node(self, parent: Any, index: Any) -> Any:
        if self.check_event(yaml.events.AliasEvent):
            mark = self.peek_event().start_mark  # type: ignore[no-untyped-call]  # the stubs lack it
            raise yaml.composer.ComposerError(None, None, "les alias YAML (*) ne sont pas acceptés", mark)
        return super().compose_node(parent, index)


_Loader.add_constructor("tag:yaml.org,2002:int", _Loader.construct_number)


def split(reader: Reader, text: str) -> str:
    """Read the header into the reader, and return the body."""
    if len(text) > MAX_FILE:
        reader.problem(
            "too_large",
            f"fichier trop grand : {len(text)} caractères, au plus {MAX_FILE}",
            line=1,
        )
        return ""
    # Letters and their accents are one sign (NFC), also where a file or what was pasted from a PDF has them apart.
    text = unicodedata.normalize("NFC", text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n"))
    if not SLUG.fullmatch(reader.slug) or len(reader.slug) > MAX_SLUG:
        reader.problem(
            "bad_slug",
            f"nom de fichier « {reader.slug} » : minuscules sans accent, chiffres et tirets, au plus {MAX_SLUG} (crue-quais.md)",
            line=1,
        )
    _characters(reader, text)
    lines = text.split("\n")
    if lines[0].rstrip() != "---":
        reader.problem(
            "no_front_matter",
            "la première ligne doit être --- (en-tête), voyez `broadcast new`",
            line=1,
        )
        return ""
    end = next(
        (n for n, line in enumerate(lines[1:], 1) if line.rstrip() in ("---", "...")),
        None,
    )
    if end is None:
        reader.problem(
            "no_front_matter",
            "l'en-tête n'est pas fermé : ajoutez une ligne ---",
            line=len(lines),
        )
        return ""
    length = sum(map(len, lines[1:end]))
    if length > MAX_HEADER:
        reader.problem("too_large", f"en-tête trop long : {length} caractères, au plus {MAX_HEADER}", line=2)
        return ""
    if not reader.findings:
        _header(reader, lines[1:end])
    reader.lines["body"] = next((n for n, line in enumerate(lines[end + 1 :], end + 2) if line.strip()), end + 2)
    return "\n".join(lines[end + 1 :]).strip("\n")


def _characters(reader: Reader, text: str) -> None:
    """Refuse the first character that nobody sees, also where Markdown would read it out of an entity (`&#8238;`)."""
    for line, written in enumerate(text.split("\n"), 1):
        if match := FORBIDDEN.search(html.unescape(written) if "&#" in written else written):
            reader.problem("bad_character", _invisible(match[0]), line=line)
            return


#: Bullets that Word and others keep in a font of their own.
_BULLETS = frozenset("\uf0b7\uf0a7\uf0d8\uf0fc\uf06e\uf076\uf0a8\uf02d")


def _invisible(sign: str) -> str:
    """Return what to do with a sign that only one program or one font can show."""
    if sign in _BULLETS:
        return f"puce copiée de Word (U+{ord(sign):04X}), que personne d'autre ne voit : écrivez « - » au début de la ligne"
    return f"caractère invisible U+{ord(sign):04X} : effacez-le"


def _escaped(reader: Reader, key: str, value: Any) -> bool:
    """Refuse what a quoted value spells as an escape (`"\\u202e"`); return whether there was one."""
    if isinstance(value, str):
        match = FORBIDDEN.search(value)
        if match:
            reader.problem("bad_character", f"{key} : caractère invisible U+{ord(match[0]):04X} : effacez-le", key)
        return match is not None
    inner = (*value.keys(), *value.values()) if isinstance(value, dict) else value if isinstance(value, list) else ()
    return any(_escaped(reader, key, item) for item in inner)


def _header(reader: Reader, lines: Sequence[str]) -> None:
    source = "\n".join(_hash(_quoted(_hashtags(line))) for line in lines)
    try:
        node = yaml.compose(source, Loader=_Loader)
        if node is None:
            return
        if not isinstance(node, yaml.MappingNode):
            reader.problem(
                "bad_yaml",
                "l'en-tête doit être une suite de lignes « clé: valeur »",
                line=2,
            )
            return
        _keys(reader, node)
        loader = _Loader(source)
        try:
            reader.values = dict(loader.get_single_data() or {})
        finally:
            loader.dispose()
        for key, value in reader.values.items():
            _escaped(reader, str(key), value)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark
        reader.problem("bad_yaml", f"en-tête illisible : {_in_french(str(error.problem))}", line=mark.line + 2 if mark else 2)
    except (yaml.YAMLError, ValueError, RecursionError, TypeError):
        reader.problem("bad_yaml", f"en-tête illisible : {_in_french('')}", line=2)


def _in_french(problem: str) -> str:
    """Return what YAML's reader says as something to do."""
    if "alias" in problem:
        return problem
    if "'\\t'" in problem:
        return "une tabulation : remplacez-la par des espaces"
    if "tag" in problem:
        return "« ! » au début d'une valeur : mettez-la entre guillemets"
    if "end of stream" in problem or "expected ',' or" in problem or "quoted scalar" in problem:
        return "guillemet, crochet ou accolade qui n'est pas fermé"
    return "une ligne s'écrit « clé: valeur » ; mettez entre guillemets une valeur qui contient : # [ { ou commence par un signe"


#: What stays YAML in a literal key: all of it quoted, a block of lines, a list or a mapping, an open quote, nothing.
_YAML = re.compile(
    r"""(?: "(?:[^"\\]|\\.)*" | '(?:[^']|'')*' | '.*' | [|>][-+\d]{0,2} | \[.*\] | \{.*\} )[ \t]*(?:\#.*)?
    | "(?:[^"\\]|\\.)* | '[^']* | \#.* |""",
    re.VERBOSE,
)


def _hash(line: str) -> str:
    """Quote a value that begins with `#` and a sign: YAML would take `incident: #12` or `- #Crue` for a comment, and forget it."""
    match = re.fullmatch(r"([ \t]*(?:\w+:|-)[ \t]+)(#[^#\s].*?)(?:[ \t]+#(?:[ \t].*)?)?[ \t]*", line)
    return f"{match[1]}'{match[2].replace(chr(39), chr(39) * 2)}'" if match else line


def _hashtags(line: str) -> str:
    """Write hashtags as YAML reads them: `hashtags: #Crue #Issy` would be a comment, and silently none."""
    match = re.fullmatch(r"hashtags:[ \t]+(\[?)([^\[\]\"'{}]*#\w[^\[\]\"'{}]*?)(\]?)(?:[ \t]+#(?:[ \t].*)?)?", line)
    if not match or bool(match[1]) != bool(match[3]):
        return line
    return "hashtags: [" + ", ".join(f"'{tag}'" for tag in re.split(r"[\s,;]+", match[2]) if tag) + "]"


def _quoted(line: str) -> str:
    """Quote the value of a literal key, so that YAML takes it to the end of the line.

    A `# ` begins a comment, as everywhere in YAML; what follows at once (`#Crue`, `#️⃣`) is text. A sign or a quoted word at the beginning (`"Plage" fermée`) is text like any other.
    """
    match = re.fullmatch(rf"({'|'.join(LITERAL)}):[ \t]+(.*?)[ \t]*", line)
    if not match or _YAML.fullmatch(match[2]):
        return line
    value = re.sub(r"[ \t]+#(?:[ \t].*)?$", "", match[2])
    return f"{match[1]}: '{value.replace(chr(39), chr(39) * 2)}'"


def _keys(reader: Reader, node: yaml.MappingNode) -> None:
    for key_node, value_node in node.value:
        line = key_node.start_mark.line + 2
        if not isinstance(key_node, yaml.ScalarNode) or not key_node.value:
            reader.problem("bad_yaml", "en-tête illisible : une ligne s'écrit « clé: valeur »", line=line)
            continue
        key = str(key_node.value)
        if key in reader.lines:
            reader.problem(
                "duplicate_key",
                f"{key} : déjà écrit ligne {reader.lines[key]}",
                line=line,
            )
        reader.lines[key] = line
        if isinstance(value_node, yaml.SequenceNode):
            for n, item in enumerate(value_node.value):
                reader.lines[f"{key}.{n}"] = item.start_mark.line + 2
        if key not in KEYS:
            near = difflib.get_close_matches(key, KEYS, 1)
            hint = f" ; vouliez-vous dire « {near[0]} » ?" if near else f" ; connues : {', '.join(KEYS)}"
            reader.problem("unknown_key", f"clé inconnue « {key} »{hint}", line=line)
