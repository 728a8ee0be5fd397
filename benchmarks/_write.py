"""Puts what the benchmarks reported into `docs/benchmarks.md`, between its marks."""

from __future__ import annotations

from _common import ROOT, WORK, machine

BEGIN, END = "<!-- figures: make bench -->", "<!-- end of figures -->"


def main() -> None:
    """Write."""
    page = ROOT / "docs/benchmarks.md"
    text = page.read_text(encoding="utf-8")
    before, after = text.partition(BEGIN)[0], text.partition(END)[2]
    tables = "\n".join(path.read_text(encoding="utf-8") for path in sorted(WORK.glob("[0-9]-*.md")))
    page.write_text(f"{before}{BEGIN}\nMachine: {machine()}.\n\n{tables}{END}{after}", encoding="utf-8")
    print(f"{page.relative_to(ROOT)} written")


if __name__ == "__main__":
    main()
