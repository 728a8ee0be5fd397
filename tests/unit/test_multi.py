"""MULTI: what other software reads we read alike, and what we write comes back."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from broadcast.errors import ContentError
from broadcast.layout.multi import Fault, Tag, Text, normalize, pages_of, parse, to_multi

FAULTS = {"UnsupportedTag": "tag", "UnsupportedTagValue": "value", "Other": "character"}
NAMES = {
    "ColorBackground": "cb",
    "ColorForeground": "cf",
    "ColorRectangle": "cr",
    "Field": "f",
    "Flash": "fl",
    "FlashEnd": "/fl",
    "Font": "fo",
    "Graphic": "g",
    "HexadecimalCharacter": "hc",
    "JustificationLine": "jl",
    "JustificationPage": "jp",
    "ManufacturerSpecific": "ms",
    "ManufacturerSpecificEnd": "/ms",
    "MovingText": "mv",
    "NewLine": "nl",
    "NewPage": "np",
    "PageBackground": "pb",
    "PageTime": "pt",
    "SpacingCharacter": "sc",
    "SpacingCharacterEnd": "/sc",
    "TextRectangle": "tr",
}
WORDS = {
    "jl": {"Other": 1, "Left": 2, "Center": 3, "Right": 4, "Full": 5},
    "jp": {"Other": 1, "Top": 2, "Middle": 3, "Bottom": 4},
    "fl": {"OnOff": "t", "OffOn": "o"},
    "mv": {"Circular": "c", "Left": "l", "Right": "r"},
}


def _flat(value: Any) -> list[Any]:
    """Return the values of the other software's tag in one row."""
    if isinstance(value, dict):
        [(name, inner)] = value.items()
        return (["l"] if name == "Linear" else []) + _flat(inner)
    return [leaf for item in value for leaf in _flat(item)] if isinstance(value, list) else [value]


def _expected(result: dict[str, Any], multi: str) -> Text | Tag | Fault:
    """Return the token that stands for a result of the conformance file."""
    [(outcome, value)] = result.items()
    [(kind, args)] = value.items()
    if outcome == "err":
        # The file names the reason of a wrong character, we keep the piece: those cases are one piece each.
        return Fault(FAULTS[kind], multi if kind == "Other" else args[0])
    if kind == "Text":
        return Text(args[0])
    name = NAMES[kind]
    row = _flat(args)
    if name == "mv":  # the text that moves is no word of the table
        row = [WORDS[name].get(item, item) for item in row[:-1]] + row[-1:]
    else:
        row = [WORDS.get(name, {}).get(item, item) for item in row]
    if (name == "fo" and len(row) == 2 or name == "g" and len(row) == 4) and row[-1] is not None:
        row[-1] = f"{row[-1]:04x}"
    while row and row[-1] is None:
        row.pop()
    return Tag(name, tuple(row))


def _cases(conformance: Path, op: str) -> list[dict[str, Any]]:
    cases = json.loads((conformance / "signs/multi-ntcip.json").read_text())["cases"]
    return [case for case in cases if case["op"] == op]


@pytest.mark.conformance
def test_the_parse_cases_of_another_software(conformance: Path):
    cases = _cases(conformance, "parse")
    wrong = [
        (case["test"], case["multi"], parse(case["multi"]))
        for case in cases
        if parse(case["multi"]) != [_expected(result, case["multi"]) for result in case["expect"]]
    ]
    assert cases and not wrong


@pytest.mark.conformance
def test_the_normal_forms_of_another_software(conformance: Path):
    cases = _cases(conformance, "normalize")
    wrong = [
        (case["multi"], normalize(case["multi"]), case["expect"]) for case in cases if normalize(case["multi"]) != case["expect"]
    ]
    assert cases and not wrong


@pytest.mark.conformance
def test_every_conformance_case_is_asked(conformance: Path):
    cases = json.loads((conformance / "signs/multi-ntcip.json").read_text())["cases"]
    assert {case["op"] for case in cases} == {"parse", "normalize"}


@pytest.mark.parametrize(
    ("text", "tokens"),
    [
        ("", []),
        ("EAU COUPÉE", [Text("EAU COUPÉE")]),
        ("[NL]", [Tag("nl")]),
        ("[pt28o0]", [Tag("pt", (28, 0))]),
        ("[pto7]", [Tag("pt", (None, 7))]),
        ("[fl]", [Tag("fl", ("t",))]),
        ("[f0]", [Fault("value", "f0")]),
        ("[/MS3,a]", [Tag("/ms", (3, "a"))]),
        ("[nl]]", [Tag("nl"), Fault("tag", "]")]),
        ("[[[nl]]]", [Text("["), Tag("nl"), Text("]")]),
        ("[]", [Fault("tag", "")]),
        ("[pt١]", [Fault("value", "pt١")]),
        (f"[pt{'9' * 5000}]", [Fault("value", f"pt{'9' * 5000}")]),
    ],
)
def test_what_is_read(text: str, tokens: list[Text | Tag | Fault]):
    assert parse(text) == tokens


@pytest.mark.parametrize(
    ("text", "normal"),
    [
        ("A[PT5]B", "A[pt5o]B"),
        ("A[pt]B", "A[pto]B"),
        ("[FLT3O]A[/FL]B", "[flt3o]A[/fl]B"),
        ("[flot4]A", "[flot4]A"),
        ("[fl]A", "[flto]A"),
        ("[hc0E9]", "[hce9]"),
        ("[MVLL75,3,4,Abc]", "[mvl0l75,3,4,Abc]"),
        ("[MVCR75,3,4,a,b]", "[mvcr75,3,4,a,b]"),
        ("[fo02,00FF]A", "[fo2,00ff]A"),
        ("[CR1,1,2,3,4]", "[cr1,1,2,3,4]"),
        ("[ms1]", "[ms1]"),
        ("[jl3]A[jl3]B[jl]C", "[jl3]AB[jl]C"),
        ("A[nl][g1]", "A[nl][g1]"),
    ],
)
def test_normal_forms(text: str, normal: str):
    assert normalize(text) == normal


@given(
    st.lists(st.sampled_from([*"[]nlpjtcfoghmvs/0123,AB é🦀", "[nl]", "[np]", "[pt", "[jl3]", "[mvc", "[[", "]]"])).map("".join)
)
def test_a_normal_form_is_its_own_and_has_no_fault(text: str):
    normal = normalize(text)
    assert normalize(normal) == normal
    assert not any(isinstance(token, Fault) for token in parse(normal))


def test_pages_become_multi():
    made = to_multi([["EAU COUPÉE", "[RUE FOCH]"], ["INFOS", "EN MAIRIE"]], [2.8, 3])
    assert made == "[jp3][jl3][pt28o0]EAU COUPÉE[nl][[RUE FOCH]][np][pt30o0]INFOS[nl]EN MAIRIE"


def test_justification_is_a_choice_and_times_too():
    assert to_multi([["A"]], [], justify_line="left", justify_page="top") == "[jp2][jl2]A"
    assert to_multi([["A"]], [], justify_line="full", justify_page="bottom") == "[jp4][jl5]A"


@pytest.mark.parametrize(("seconds", "tenths"), [(2.8, 28), (1.1, 11), (2.81, 29), (25.5, 255), (60, 255), (0, 1), (-1, 1)])
def test_a_page_never_stays_shorter_than_asked_but_a_byte_is_the_end(seconds: float, tenths: int):
    assert to_multi([["A"]], [seconds]) == f"[jp3][jl3][pt{tenths}o0]A"


def test_each_page_needs_its_time():
    with pytest.raises(ValueError, match="1 page times for 2 pages"):
        to_multi([["A"], ["B"]], [3])


def test_a_character_outside_a_byte_is_named_by_its_number():
    made = to_multi([["SŒUR 5 €"]], [])
    assert made == "[jp3][jl3]S[hc152]UR 5 [hc20ac]"
    assert pages_of(made) == [["SŒUR 5 €"]]


def test_no_break_spaces_are_spaces_on_a_sign():
    assert to_multi([["À\u00a08\u202fH"]], []) == "[jp3][jl3]À 8 H"


@pytest.mark.parametrize("char", ["🦀", "\n", "\x00", "\x85", "\ud800"])
def test_a_character_that_cannot_be_written_is_refused_by_its_number(char: str):
    with pytest.raises(ContentError, match=f"U\\+{ord(char):04X}"):
        to_multi([[f"A{char}B"]], [])


def test_nothing_to_show_is_an_empty_message():
    assert to_multi([], []) == to_multi([["", " "], []], [3, 3]) == ""
    assert pages_of("") == []


def test_the_lines_of_a_message_by_somebody_else():
    assert pages_of("[jl2]A[nl3][f1]B[NP][mvcl100,1,10,moves][hcD800]") == [["A", "B"], ["moves\ufffd"]]


@pytest.mark.parametrize("text", ["[nope]A", "[jl9]A", "A🦀", "A]"])
def test_lines_are_not_read_from_what_a_sign_would_refuse(text: str):
    with pytest.raises(ContentError, match="MULTI : "):
        pages_of(text)


LINES = st.text(st.characters(exclude_categories=("Cc", "Cs"), max_codepoint=0xFFFF) | st.sampled_from("[] É"), max_size=12)
PAGES = st.lists(st.lists(LINES, min_size=1, max_size=4), max_size=4)


@given(PAGES, st.floats(0, 60), st.booleans())
@example([["[nl]", "]]"], ["", "[np"]], 3.0, True)
def test_what_is_written_comes_back(pages: list[list[str]], seconds: float, timed: bool):
    made = to_multi(pages, [seconds] * len(pages) if timed else [])
    assert normalize(made) == made
    # Spaces, empty lines and empty pages at the very end are all that is lost.
    kept = "\f".join("\n".join(page) for page in pages).translate(dict.fromkeys((0xA0, 0x202F, 0x2009), " ")).rstrip(" \n\f")
    assert pages_of(made) == ([page.split("\n") for page in kept.split("\f")] if kept else [])
