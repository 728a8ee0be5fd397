"""The guide alone is enough: its example, written into a copy of the tree, passes the contract tests."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
TREE = ("broadcast", "channels", "content", "docs", "scheduler", "templates", "tests")


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The tree, with the files of the guide beside the others."""
    copy = tmp_path_factory.mktemp("copy")
    for name in TREE:
        shutil.copytree(ROOT / name, copy / name, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "pyproject.toml", copy / "pyproject.toml")
    guide = (ROOT / "docs/add-a-channel.md").read_text(encoding="utf-8")
    written = re.findall(r"^`([\w/.]+)`\n\n```\w+\n(.*?)^```", guide, re.MULTILINE | re.DOTALL)
    assert [name for name, _ in written] == [
        "channels/wall.py",
        "broadcast/stands/wall.py",
        "templates/wall/publish.txt",
        "docs/channels/wall.md",
    ]
    for name, text in written:
        assert not (copy / name).exists()  # no shared file is edited
        (copy / name).parent.mkdir(exist_ok=True)
        (copy / name).write_text(text, encoding="utf-8")
    return copy


def run(copy: Path, *words: str) -> subprocess.CompletedProcess[str]:
    env = {**os.environ, "PYTHONPATH": str(copy)}
    return subprocess.run([sys.executable, "-m", *words], cwd=copy, env=env, capture_output=True, text=True, timeout=300)


def test_the_example_of_the_guide_passes_the_contract(copy: Path):
    done = run(
        copy, "pytest", "-q", "-p", "no:randomly", "-p", "no:cacheprovider", "tests/contract/test_channels.py", "-k", "wall"
    )
    assert done.returncode == 0, done.stdout
    assert int(re.findall(r"(\d+) passed", done.stdout)[0]) >= 14


def test_the_example_of_the_guide_keeps_house_style(copy: Path):
    for words in (
        ("ruff", "check", "-q", "--no-cache", "channels/wall.py"),
        ("ruff", "check", "-q", "--no-cache", "broadcast/stands/wall.py"),
    ):
        done = run(copy, *words)
        assert done.returncode == 0, done.stdout
