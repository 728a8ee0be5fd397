"""What `make` runs first: it says which command to type, and does not take what failed for done."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
TOOLS = ("sh", "cat", "sha256sum", "cut", "id", "ls", "env", "dirname", "rm")


@pytest.fixture
def bare(tmp_path: Path) -> Path:
    """A checkout on a machine without apt-get, npm or a browser."""
    for name in ("bin", ".ci", ".venv/bin", "broadcast", "channels", "scheduler"):
        (tmp_path / name).mkdir(parents=True)
    for name in TOOLS:
        (tmp_path / "bin" / name).symlink_to(str(shutil.which(name)))
    for name in ("uv.lock", "pyproject.toml", ".ci/setup"):
        shutil.copy(ROOT / name, tmp_path / name)
    stub(tmp_path / "bin/python3.11", "exit 0")
    for name in ("python", "uv"):
        stub(tmp_path / ".venv/bin" / name, "exit 0")
    return tmp_path


def stub(path: Path, body: str) -> None:
    path.write_text(f"#!/bin/sh\n{body}\n")
    path.chmod(0o755)


def setup(bare: Path, profile: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [bare / ".ci/setup", profile], env={"PATH": str(bare / "bin")}, capture_output=True, text=True, cwd=bare, timeout=60
    )


def test_what_could_not_be_installed_is_asked_for_again(bare: Path):
    for _ in range(2):
        done = setup(bare, "test")
        assert (
            done.returncode == 0 and "Type: sudo apt-get update && sudo apt-get install" in done.stderr and "npm" in done.stderr
        )
    assert not (bare / ".venv/.made-for-test").exists()


def test_what_is_made_is_not_made_again(bare: Path):
    assert "installing" in setup(bare, "run").stdout
    assert setup(bare, "run").stdout == ""


def test_a_python_without_venv_is_told_its_package(bare: Path):
    shutil.rmtree(bare / ".venv")
    stub(bare / "bin/python3.11", 'case "$*" in *venv*) exit 1;; *print*) echo 3.11;; esac')
    done = setup(bare, "run")
    assert done.returncode == 1 and "Type: sudo apt-get update && sudo apt-get install python3.11-venv" in done.stderr
    assert not (bare / ".venv").exists()
