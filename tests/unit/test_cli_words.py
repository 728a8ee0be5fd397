"""Every code that a terminal shows has its French word."""

from __future__ import annotations

import re
from pathlib import Path

import broadcast
from broadcast.cli.words import ABILITY_WORDS, ACT_WORDS, LEVEL_WORDS, ROLE_WORDS, TASK_WORDS
from broadcast.lifecycle import ROLES
from broadcast.model import Level, VoteKind
from broadcast.registry import abilities, adapter_type, kinds

SOURCES = {path: path.read_text(encoding="utf-8") for path in Path(broadcast.__file__).parent.rglob("*.py")}


def test_every_act_of_the_audit_has_its_word():
    source = "\n".join(SOURCES.values())
    acts = set(re.findall(r'\blog\(\s*tx,\s*[\w.]+,\s*"(\w+)"', source))
    assert {"submit", "withdraw", "resolve"} <= acts
    assert acts | {kind.value for kind in VoteKind} <= set(ACT_WORDS)


def test_every_kind_of_task_has_its_word():
    asked = re.findall(r'\b(?:Ask|keep_task|open_task|settle_tasks)\([^)]*?kind="(\w+)"', "\n".join(SOURCES.values()), re.DOTALL)
    assert {"flood", "quarantine"} <= set(asked)
    assert set(asked) <= set(TASK_WORDS)


def test_roles_and_levels_have_their_words():
    assert set(ROLES) == set(ROLE_WORDS)
    assert {level.value for level in Level} == set(LEVEL_WORDS)


def test_every_ability_has_its_word():
    assert {ability for kind in kinds() for ability in abilities(adapter_type(kind))} <= set(ABILITY_WORDS)
