"""The generated documentation is what the program says, and every command and kind has its place."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

from broadcast import registry
from broadcast.cli.__main__ import COMMANDS

DOCS = Path(__file__).parents[2] / "docs"


def test_generated_documentation_is_fresh():
    done = subprocess.run([sys.executable, "-m", "broadcast.cli.reference", "--check"], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


def test_every_command_and_kind_is_documented():
    reference = (DOCS / "cli.md").read_text()
    assert [name for name in COMMANDS if f"## `broadcast {name}`" not in reference] == []
    matrix = (DOCS / "channels/README.md").read_text()
    for kind in registry.kinds():
        page = (DOCS / "channels" / f"{kind}.md").read_text()
        assert f"[{kind}]({kind}.md)" in matrix
        for wanted in ("What the public sees", f'kind = "{kind}"', "redentials", "limit", "takes down", "Quirks"):
            assert wanted in page, f"docs/channels/{kind}.md says nothing of: {wanted}"
        assert re.search(r"[Rr]ead\s+20\d\d-\d\d-\d\d", page), f"docs/channels/{kind}.md: when were its sources read?"


def test_links_between_pages_lead_somewhere():
    for page in [*DOCS.rglob("*.md"), DOCS.parent / "README.md"]:
        for link in re.findall(r"\]\((?!https?:)([^)#]+)\)", page.read_text()):
            assert (page.parent / link).exists(), f"{page}: {link}"
