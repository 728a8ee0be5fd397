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


def test_twitter_text_weights(conformance: Path):
    groups = yaml.safe_load((conformance / "text/twitter-text-validate.yml").read_text())["tests"]
    bad = []
    for name in (
        "WeightedTweetsCounterTest",
        "WeightedTweetsWithDiscountedEmojiCounterTest",
        "UnicodeDirectionalMarkerCounterTest",
    ):
        for case in groups[name]:
            if name == "WeightedTweetsCounterTest" and re.search("[\u200d\U0001f3fb-\U0001f3ff]", case["text"]):
                continue  # this group counts emoji sequences as before version 3
            got = measure(case["text"], "x")
            if got != case["expected"]["weightedLength"]:
                bad.append((case["description"], got, case["expected"]["weightedLength"]))
    assert bad == []


def test_twitter_text_urls(conformance: Path):
    groups = yaml.safe_load((conformance / "text/twitter-text-extract.yml").read_text())["tests"]
    bad = []
    for case in groups["urls"]:
        got = [case["text"][a:b] for a, b in find_urls(case["text"])]
        if got != case["expected"]:
            bad.append((case["description"], got, case["expected"]))
    assert bad == []


def test_mastodon_counting(conformance: Path):
    data = json.loads((conformance / "text/mastodon-counting.json").read_text())
    for case in data["validate"]:
        length = measure(case["text"], "mastodon") + measure(case.get("spoiler") or "", "mastodon")
        assert (length <= data["validator_max"]) == case["ok"], case["name"]


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
    for case in data["lengths"] if "lengths" in data else []:
        assert measure(case["text"], "graphemes") == case["graphemes"]
