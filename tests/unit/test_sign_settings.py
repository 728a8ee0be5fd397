"""A sign whose settings name what does not exist is refused with the way out, before anything is drawn."""

from __future__ import annotations

import pytest

from channels.sign import Settings

GRID = {"columns": 16, "rows": 4}


@pytest.mark.parametrize(
    ("facts", "said"),
    [
        ({"columns": 8}, "columns et rows"),
        ({"columns": -8, "rows": 1}, "columns : de 1 à"),
        ({"columns": 100_000, "rows": 1000}, "columns : de 1 à"),
        ({"width_px": 3, "height_px": 3}, "une lettre"),
        (GRID | {"charset": "nimporte"}, "charset : « nimporte »"),
        (GRID | {"charset": "hex"}, "charset : « hex »"),
        (GRID | {"case": "lower"}, "upper, as_written"),
        (GRID | {"formats": ("bmp",)}, "txt, png, multi"),
        (GRID | {"formats": ()}, "txt, png, multi"),
        (GRID | {"max_pages": 0}, "max_pages : au moins 1"),
    ],
)
def test_it_is_refused_in_french(facts, said):
    with pytest.raises(ValueError, match=said):
        Settings(name="panneau", kind="sign", **facts)


@pytest.mark.parametrize("facts", [GRID, {"width_px": 128, "height_px": 32}, {"columns": 8, "rows": 1, "charset": "latin-1"}])
def test_real_signs_are_taken(facts):
    assert Settings(name="panneau", kind="sign", **facts).path == "signs"
