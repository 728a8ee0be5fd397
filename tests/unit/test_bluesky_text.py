"""Facets by their place in UTF-8 bytes, and record keys that a delivery leads to again."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from broadcast.outbox import delivery_key
from channels.bluesky.facets import facets, tags
from channels.bluesky.tid import created_at, tid_of

TID = re.compile(r"[234567abcdefghij][234567a-z]{12}")


def cut(text: str, facet: dict[str, object]) -> str:
    index = facet["index"]
    return text.encode()[index["byteStart"] : index["byteEnd"]].decode()


def test_hashtags_as_the_reference_implementation_finds_them(conformance: Path):
    cases = json.loads((conformance / "text/bluesky-richtext.json").read_text())["tags"]
    assert len(cases) >= 39
    for case in cases:
        text = case["text"]
        found = list(tags(text))
        assert [tag for _, _, tag in found] == case["tags"], text
        indices = [{"byteStart": len(text[:a].encode()), "byteEnd": len(text[:b].encode())} for a, b, _ in found]
        assert indices == case["indices"], text


def test_links_tags_and_mentions_carry_byte_offsets():
    text = "Évitez les quais 🌊 : https://www.exemple.fr/crue?a=1, #Crue (voir @ville.exemple.fr et @inconnu.fr)."
    made = facets(text, lambda handle: {"ville.exemple.fr": "did:plc:1"}.get(handle))
    assert [cut(text, f) for f in made] == ["https://www.exemple.fr/crue?a=1", "#Crue", "@ville.exemple.fr"]
    link, tag, mention = (f["features"][0] for f in made)
    assert link == {"$type": "app.bsky.richtext.facet#link", "uri": "https://www.exemple.fr/crue?a=1"}
    assert tag["tag"] == "Crue" and mention["did"] == "did:plc:1"


def test_an_address_keeps_its_own_brackets_and_loses_the_sentence():
    text = "Voir (https://fr.wikipedia.org/wiki/Crue_(hydrologie)), puis https://exemple.fr/a."
    assert [cut(text, f) for f in facets(text, lambda _: None)] == [
        "https://fr.wikipedia.org/wiki/Crue_(hydrologie)",
        "https://exemple.fr/a",
    ]


@given(st.text(alphabet="aé#@ .https://🌊\n(),wàfr-", max_size=60))
def test_facets_never_overlap_nor_cut_a_character(text):
    last = 0
    for facet in facets(text, lambda handle: "did:plc:1"):
        index = facet["index"]
        assert last <= index["byteStart"] < index["byteEnd"] <= len(text.encode())
        cut(text, facet)
        last = index["byteEnd"]


def test_record_keys_are_valid_tids(conformance: Path):
    folder = conformance / "text/atproto-syntax"
    for name, wanted in (("tid_syntax_valid.txt", True), ("tid_syntax_invalid.txt", False)):
        lines = [x for x in (folder / name).read_text().splitlines() if x and not x.startswith("#")]
        assert all(bool(TID.fullmatch(line)) is wanted for line in lines)
    keys = [delivery_key(datetime(2026, 11, 24, 8, 0, n % 60, tzinfo=UTC), "ville", n) for n in range(2000)]
    made = [tid_of(key) for key in keys]
    assert all(TID.fullmatch(tid) for tid in made) and len(set(made)) == len(made)


@given(st.datetimes(min_value=datetime(2002, 1, 1), max_value=datetime(2100, 1, 1)), st.text(max_size=9))
def test_a_key_leads_to_one_record_that_sorts_by_the_time_it_was_planned_for(at, words):
    key = delivery_key(at.replace(tzinfo=UTC), words)
    later = delivery_key(at.replace(tzinfo=UTC).replace(year=at.year + 1, day=1), words)
    assert tid_of(key) == tid_of(key) < tid_of(later)
    assert abs((created_at(key) - at.replace(tzinfo=UTC)).total_seconds()) < 0.002


@given(st.text(max_size=40))
def test_any_key_gives_a_valid_record_key(key):
    assert TID.fullmatch(tid_of(key))
