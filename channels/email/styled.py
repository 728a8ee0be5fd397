"""The approved fragment as mail programs show it: styles written into each tag, rows of tables that become cards. Pure.

Many programs drop style sheets, some all but the first, so what matters stands in each tag; what only a style sheet
can say (dark mode, narrow screens) is an improvement that may get lost.
"""

from __future__ import annotations

from html import escape
from html.parser import HTMLParser

#: Dark text on white, and lines, as programs show them that follow no style sheet.
INK, QUIET, LINE, PAPER, GROUND = "#1b1b1b", "#555555", "#8d8d8d", "#ffffff", "#eef0f3"

_TAGS = {
    "h2": f"margin:0 0 16px;font-size:24px;line-height:1.25;color:{INK}",
    "h3": f"margin:24px 0 8px;font-size:19px;line-height:1.3;color:{INK}",
    "h4": f"margin:20px 0 8px;font-size:17px;line-height:1.3;color:{INK}",
    "table": "width:100%;margin:0 0 16px;border-collapse:collapse;font-size:15px;line-height:1.4",
    "th": f"padding:8px;border:1px solid {LINE};background:#f2f3f5;text-align:left;vertical-align:top",
    "td": f"padding:8px;border:1px solid {LINE};text-align:left;vertical-align:top",
    "blockquote": f"margin:0 0 16px;padding:0 0 0 16px;border-left:4px solid {LINE}",
    "hr": f"border:0;border-top:1px solid {LINE};margin:24px 0",
    "pre": "white-space:pre-wrap;overflow-wrap:anywhere",
    "ul": "margin:0 0 16px;padding:0 0 0 24px",
    "ol": "margin:0 0 16px;padding:0 0 0 28px",
}
_CLASSES = {
    "mark": f"margin:0 0 8px;font-size:15px;font-weight:bold;letter-spacing:.02em;color:{INK}",
    "grave": "display:inline-block;margin:0 0 12px;padding:4px 12px;border-radius:4px;background:#b3261e;color:#ffffff;font-size:15px",
    "note": f"margin:0 0 16px;padding:12px 16px;border:1px solid {LINE};border-radius:4px",
    "act": f"margin:0 0 20px;padding:14px 16px;border:2px solid {INK};border-radius:6px;background:#fff6d6;color:{INK};font-size:18px",
    "first": "margin:0 0 6px",
    "last": "margin:0",
    "quiet": f"color:{QUIET};font-size:14px",
}
_LABEL = "display:none;mso-hide:all;font-weight:bold"
_EMPTY = ("br", "hr", "img")


class Styled(HTMLParser):
    """Writes a clean fragment anew, each tag with its style."""

    def __init__(self, colour: str, on_colour: str, pictures: str) -> None:
        """Prepare.

        Args:
            colour: of the city; links and buttons have it.
            on_colour: that words have on it.
            pictures: HTML that takes the place of `<div class="pictures">`.
        """
        super().__init__(convert_charrefs=False)
        self._own = {
            "a": f"color:{colour};overflow-wrap:anywhere",
            "button": f"display:inline-block;padding:12px 20px;border-radius:6px;background:{colour};color:{on_colour};"
            "font-weight:bold;text-decoration:none",
        }
        self._pictures, self._made = pictures, list[str]()
        self._heads, self._column, self._is_head, self._cell = list[str](), 0, False, list[str]()
        self.has_place = False

    def of(self, fragment: str) -> str:
        """Return the fragment, styled."""
        self.feed(fragment)
        self.close()
        return "".join(self._made)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Write a tag with its style."""
        classes = (dict(attrs).get("class") or "").split()
        if "pictures" in classes:
            self.has_place = True
            self._made.append(self._pictures)
            return
        styles = [self._own.get(tag, _TAGS.get(tag, ""))]
        styles += [self._own.get(each, _CLASSES.get(each, "")) for each in classes]
        kept = "".join(f' {name}="{escape(value or "")}"' for name, value in attrs if name != "id")
        if tag == "a" and (dict(attrs).get("href") or "").startswith("tel:"):
            styles.append("white-space:nowrap")
        style = ";".join(filter(None, styles))
        self._made.append(f"<{tag}{kept}" + (f' style="{style}"' if style else "") + ">")
        self._in_table(tag)

    def handle_endtag(self, tag: str) -> None:
        """Write the end of a tag."""
        if tag == "th" and self._is_head:
            self._heads.append("".join(self._cell).strip())
        if tag == "thead":
            self._is_head = False
        if tag not in _EMPTY:
            self._made.append(f"</{tag}>")

    def handle_data(self, data: str) -> None:
        """Write text as it stands: it is escaped already."""
        self._cell.append(data)
        self._made.append(data)

    def handle_entityref(self, name: str) -> None:
        """Write an entity as it stands."""
        self.handle_data(f"&{name};")

    def handle_charref(self, name: str) -> None:
        """Write a character reference as it stands."""
        self.handle_data(f"&#{name};")

    def _in_table(self, tag: str) -> None:
        if tag == "table":
            self._heads = []
        elif tag == "thead":
            self._is_head = True
        elif tag == "tr":
            self._column = 0
        elif tag in ("th", "td"):
            self._cell = []
            if tag == "td":
                head = self._heads[self._column] if self._column < len(self._heads) else ""
                if head:
                    self._made.append(f'<span class="label" style="{_LABEL}">{head}\u00a0: </span>')
            self._column += 1


#: What only a style sheet can say; it must win over the styles in the tags.
SHEET = """
:root{color-scheme:light dark;supported-color-schemes:light dark}
@media (max-width:480px){
.sheet{padding:0!important}.card{border-radius:0!important}.pad{padding:20px 16px!important}
.main table,.main tbody,.main tr,.main td,.main th{display:block!important;width:auto!important}
.main thead{display:none!important}
.main tr{margin:0 0 12px!important;border:1px solid #8d8d8d!important;border-radius:6px!important}
.main td,.main tbody th{border:0!important;padding:6px 12px!important}
.main .label{display:inline!important}
}
@media (prefers-color-scheme:dark){
.sheet{background:#111418!important}.card{background:#1b1f24!important}
.card,.main,.main h2,.main h3,.main h4,.main p,.main li,.main td,.main th,.mark{color:#f1f1f1!important}
.main th{background:#2a2f36!important}.quiet,.foot,.foot p{color:#c3c7cd!important}
.main a{color:#a8c7fa!important}.main a.button{color:#10131a!important;background:#a8c7fa!important}.foot a{color:#a8c7fa!important}
.main .act{background:#3a3000!important;border-color:#ffd54a!important}.main .act p{color:#ffffff!important}
.main .grave{color:#ffffff!important}
}
"""
