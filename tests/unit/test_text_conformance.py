"""`measure` against cases that other projects wrote (CONFORMANCE_DATA)."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
import yaml

from broadcast.text import measure
from broadcast.text.urls import find_urls

pytestmark = pytest.mark.conformance


#: This group runs under config v2, which counts each part of an emoji sequence; we implement v3.
BEFORE_V3 = (
    "Count a mix of single byte single word, and double word unicode characters",
    "Count unicode emoji chars outside the basic multilingual plane with skin tone modifiers",
)


def test_twitter_text_validity(conformance: Path):
    # This group was written for 140 (config v1): what it allows fits 280, what it refuses is over 140.
    groups = yaml.safe_load((conformance / "text/twitter-text-validate.yml").read_text())["tests"]
    for case in groups["tweets"]:
        length = measure(case["text"], "x")
        assert 0 < length <= 280 if case["expected"] else length == 0 or length > 140, case["description"]


def test_twitter_text_weights(conformance: Path):
    groups = yaml.safe_load((conformance / "text/twitter-text-validate.yml").read_text())["tests"]
    bad = []
    for name in (
        "WeightedTweetsCounterTest",
        "WeightedTweetsWithDiscountedEmojiCounterTest",
        "UnicodeDirectionalMarkerCounterTest",
    ):
        for case in groups[name]:
            if name == "WeightedTweetsCounterTest" and case["description"] in BEFORE_V3:
                continue
            got = measure(case["text"], "x")
            if got != case["expected"]["weightedLength"]:
                bad.append((case["description"], got, case["expected"]["weightedLength"]))
    assert bad == []


def test_twitter_text_urls(conformance: Path):
    groups = yaml.safe_load((conformance / "text/twitter-text-extract.yml").read_text())["tests"]
    for group in ("urls", "urls_with_indices", "urls_with_directional_markers", "tco_urls_with_params"):
        for case in groups[group]:
            found = [(case["text"][a:b], [a, b]) for a, b in find_urls(case["text"])]
            for (url, indices), expected in zip(found, case["expected"], strict=True):
                if isinstance(expected, str):
                    assert url == expected, case
                else:
                    assert (url, indices) == (expected["url"], expected["indices"]), case


def test_mastodon_counting(conformance: Path):
    data = json.loads((conformance / "text/mastodon-counting.json").read_text())
    for case in data["validate"]:
        length = measure(case["text"], "mastodon") + measure(case.get("spoiler") or "", "mastodon")
        assert (length <= data["validator_max"]) == case["ok"], case["name"]
    for case in data["mentions"]:
        saved = sum(1 + len(m["host"]) for m in case["mentions"])
        plain = measure(re.sub(r"https://\S+", "x" * 23, case["text"]), "graphemes")
        assert measure(case["text"], "mastodon") == plain - saved, case["text"]


def test_sms_segments(conformance: Path):
    data = json.loads((conformance / "text/sms-segments.json").read_text())
    for group in data.values():
        for case in group["cases"]:
            if "segments" in case:
                assert measure(case["text"], "sms") == case["segments"], case


def test_gsm7_table(conformance: Path):
    table = json.loads((conformance / "text/gsm0338-table.json").read_text())["table"]
    for row in table:
        assert measure(row["char"], "gsm7") == len(row["septets"]), row


def test_grapheme_clusters(conformance: Path):
    for line in (conformance / "text/GraphemeBreakTest-15.0.txt").read_text().splitlines():
        marks = line.partition("#")[0].split()
        if not marks:
            continue
        text = "".join(chr(int(m, 16)) for m in marks if re.fullmatch("[0-9A-F]+", m))
        assert measure(text, "graphemes") == marks.count("÷") - 1, line


def test_bluesky_lengths(conformance: Path):
    data = json.loads((conformance / "text/bluesky-richtext.json").read_text())
    for case in data["lengths"]:
        assert measure(case["text"], "graphemes") == case["graphemes"]
