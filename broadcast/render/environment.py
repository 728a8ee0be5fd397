"""Templates: a sandboxed Jinja2, strict about names, compiled once and cached as bytecode."""

from __future__ import annotations

import contextlib
import hashlib
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, NoReturn
from zoneinfo import ZoneInfo

from jinja2 import (
    BytecodeCache,
    FileSystemBytecodeCache,
    FileSystemLoader,
    StrictUndefined,
    TemplateError,
    TemplateNotFound,
    TemplateSyntaxError,
    select_autoescape,
)
from jinja2.exceptions import SecurityError, UndefinedError
from jinja2.sandbox import ImmutableSandboxedEnvironment

from broadcast.errors import ContentError, TemplateFault
from broadcast.model import Newsroom
from broadcast.render.filters import FILTERS, GLOBALS

#: Endings whose templates escape what they print.
_ESCAPED = ("html", "xml", "atom", "rss", "cap", "icml", "capupdate")

#: Longest repetition of a text in a template.
MAX_REPEAT = 1000


class _Sandbox(ImmutableSandboxedEnvironment):
    """Jinja2's sandbox, in which a template cannot fill the memory either."""

    intercepted_binops = frozenset({"*", "**"})

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        #: Answers of the sandbox, which depend on the type and the name only, and are asked for hundreds of times a message.
        self._safe: dict[tuple[type, str], bool] = {}

    def is_safe_attribute(self, obj: Any, attr: str, value: Any) -> bool:
        """Return what the sandbox says of an attribute, asked once a type."""
        key = (type(obj), attr)
        known = self._safe.get(key)
        if known is None:
            known = self._safe[key] = super().is_safe_attribute(obj, attr, value)
        return known

    def call_binop(self, context: Any, operator: str, left: Any, right: Any) -> Any:
        """Multiply small things only."""
        numbers = isinstance(left, int | float) and isinstance(right, int | float)
        if operator == "**" and (not numbers or abs(left) > 1000 or abs(right) > 10):
            raise SecurityError("puissance trop grande")
        if operator == "*" and not numbers:
            count = right if isinstance(right, int) else left
            if not isinstance(count, int) or count > MAX_REPEAT:
                raise SecurityError("répétition trop longue")
        return super().call_binop(context, operator, left, right)


class Renderer:
    """The templates of a newsroom: its own folder first, the shipped ones behind it."""

    def __init__(self, folders: Sequence[Path], cache: Path | None = None) -> None:
        self.folders = [folder for folder in folders if folder.is_dir()]
        self.environment = _Sandbox(
            loader=FileSystemLoader(self.folders),
            undefined=StrictUndefined,
            autoescape=select_autoescape(_ESCAPED, default_for_string=False, default=False),
            trim_blocks=True,
            lstrip_blocks=True,
            keep_trailing_newline=False,
            bytecode_cache=_bytecode(cache),
            auto_reload=False,
        )
        self.environment.filters.update(FILTERS)
        self.environment.globals.update(GLOBALS)
        self._forms: dict[str, dict[str, list[str]]] = {}

    def files(self, kind: str) -> dict[str, list[str]]:
        """Return form -> endings for which a kind has a template."""
        if kind not in self._forms:
            found: dict[str, list[str]] = {}
            for folder in self.folders:
                for path in sorted((folder / kind).glob("*.*")):
                    form, _, ending = path.name.partition(".")
                    if ending not in found.setdefault(form, []):
                        found[form].append(ending)
            self._forms[kind] = found
        return self._forms[kind]

    def render(self, name: str, values: Mapping[str, Any]) -> str:
        """Render one template.

        Raises:
            TemplateFault: with file, line, and what is wrong.
        """
        try:
            template = self.environment.get_template(name)
            return template.render(values)
        except TemplateError as error:
            self._fault(name, error)
        except ContentError:
            raise
        except Exception as error:  # noqa: BLE001  (a template may do anything: it costs its channel only)
            self._fault(name, error)

    def render_text(self, name: str, source: str, values: Mapping[str, Any], filters: Mapping[str, Any]) -> str:
        """Render a template that is no file, such as a prepared message frozen with a rule.

        Args:
            name: what it is called in a fault.
            source: the template.
            values: what it is given.
            filters: further filters for it alone.

        Raises:
            TemplateFault: what is wrong, and in which line.
        """
        overlay = self.environment.overlay(autoescape=False)
        overlay.filters = {**self.environment.filters, **filters}
        try:
            return overlay.from_string(source).render(values)
        except TemplateError as error:
            self._fault(name, error)
        except (TypeError, ValueError, AttributeError, KeyError, OverflowError, RecursionError, MemoryError) as error:
            self._fault(name, error)

    def frame(self, kind: str, template: str, values: Mapping[str, Any], newsroom: Newsroom) -> str:
        """Render a board's own frame (a page, a feed)."""
        zone = ZoneInfo(newsroom.timezone)
        return self.render(f"{kind}/{template}", {"newsroom": newsroom, "zone": zone, **values})

    def asset(self, kind: str, name: str) -> bytes:
        """Return a file beside the templates of a kind.

        Raises:
            TemplateFault: there is none.
        """
        for folder in self.folders:
            path = folder / kind / name
            if path.is_file():
                return path.read_bytes()
        raise TemplateFault(f"fichier de modèle absent : {kind}/{name}", file=f"templates/{kind}/{name}")

    def digest(self, kind: str) -> str:
        """Return a hash over all template files of a kind, to know when a board must be made anew."""
        total = hashlib.sha256()
        for folder in self.folders:
            for path in sorted((folder / kind).glob("**/*")):
                if path.is_file():
                    total.update(path.name.encode() + path.read_bytes())
        return total.hexdigest()

    def _fault(self, name: str, error: Exception) -> NoReturn:
        line = getattr(error, "lineno", None) or _line_in_template(error)
        where = self._path(getattr(error, "name", None) or name)
        if isinstance(error, TemplateNotFound):
            cause = f"modèle absent : {error.name}"
        elif isinstance(error, TemplateSyntaxError):
            cause = f"faute d'écriture : {error.message}"
        elif isinstance(error, UndefinedError):
            wanted = re.search(r"no (?:attribute|element) ([^\s]+)$|^([^\s]+) is undefined", str(error.message))
            cause = f"nom inconnu : {wanted[1] or wanted[2]}" if wanted else f"nom inconnu : {error.message}"
        elif isinstance(error, SecurityError):
            cause = f"interdit dans un modèle : {error}"
        else:
            cause = f"{type(error).__name__} : {error}"
        raise TemplateFault(cause, subject=name, file=where, line=line) from error

    def _path(self, name: str) -> str:
        return next(
            (str(f / name) for f in self.folders if (f / name).is_file()),
            f"templates/{name}",
        )


def _bytecode(cache: Path | None) -> BytecodeCache | None:
    if cache is None:
        return None
    with contextlib.suppress(OSError):
        cache.mkdir(mode=0o700, parents=True, exist_ok=True)
        probe = cache / ".writable"
        probe.touch()
        return FileSystemBytecodeCache(str(cache))
    return None


def _line_in_template(error: BaseException) -> int | None:
    trace, line = error.__traceback__, None
    while trace is not None:
        # Jinja rewrites frames of templates so that they carry the template's file and line.
        if "templates/" in trace.tb_frame.f_code.co_filename:
            line = trace.tb_lineno
        trace = trace.tb_next
    return line
