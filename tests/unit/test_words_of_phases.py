"""Every phase has words of its own on screen."""

from __future__ import annotations

import pytest

from broadcast.cli.out import phase_word
from broadcast.lifecycle import Phase


@pytest.mark.parametrize("phase", list(Phase))
def test_every_phase_has_its_words(phase: Phase):
    assert phase_word(phase.value) not in ("", phase.value)
