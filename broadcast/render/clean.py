"""HTML that may leave: known tags and attributes, no script, no style."""

from __future__ import annotations

from functools import lru_cache

_TAGS = {
    "a",
    "abbr",
    "address",
    "article",
    "aside",
    "blockquote",
    "br",
    "code",
    "dd",
    "del",
    "div",
    "dl",
    "dt",
    "em",
    "figcaption",
    "figure",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "hr",
    "img",
    "ins",
    "li",
    "ol",
    "p",
    "pre",
    "section",
    "small",
    "span",
    "strong",
    "table",
    "tbody",
    "td",
    "th",
    "thead",
    "time",
    "tr",
    "ul",
}
_ATTRIBUTES = {
    "*": {"class", "lang", "dir", "aria-label", "role", "tabindex", "id"},
    "a": {"href", "title"},
    "img": {"src", "alt", "width", "height", "loading"},
    "li": {"value"},
    "ol": {"start"},
    "td": {"data-label"},
    "th": {"scope"},
    "time": {"datetime"},
}


def _own_pictures(tag: str, name: str, value: str) -> str | None:
    """Keep the address of a picture that lies beside the page: no other server is asked when somebody reads."""
    bare = "".join(value.split()).replace("\\", "/")
    is_elsewhere = bare.startswith("//") or ":" in bare.partition("/")[0]
    return None if tag == "img" and name == "src" and is_elsewhere else value


@lru_cache(maxsize=32)
def clean(html: str) -> str:
    """Return HTML without anything that could run or that is not in the list."""
    if not html.strip():
        return ""
    import nh3

    safe: str = nh3.clean(
        html,
        tags=_TAGS,
        attributes=_ATTRIBUTES,
        url_schemes={"http", "https", "mailto", "tel"},
        link_rel="noopener",
        attribute_filter=_own_pictures,
    )
    return safe.strip()
