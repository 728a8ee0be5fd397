"""The page of `run` says until when something waits, in the newsroom's own time."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from broadcast.web.facts import Facts, LateItem
from broadcast.web.page import status_page

NOW = datetime(2026, 11, 29, 9, 0, tzinfo=UTC)


def page(until: datetime | None) -> str:
    item = LateItem(message="crue", channel="mastodon", what="waiting", since_at=NOW, until_at=until)
    return status_page(Facts(at=NOW, is_database_well=True, late=(item,)), name="Ville", zone="Europe/Paris", state="active")


def test_what_waits_says_until_when():
    assert "29/11/2026 à 10:01:30" in page(NOW + timedelta(seconds=90))


def test_what_waits_for_a_person_names_no_time():
    assert "10:01" not in page(None)
