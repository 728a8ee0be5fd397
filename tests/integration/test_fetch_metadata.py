"""No setting and no redirect leads to a link-local address or a metadata service."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from broadcast.errors import BroadcastError
from broadcast.feeds.fetch import Fetcher
from broadcast.settings import load
from tests.feed_server import FeedServer, page, redirect, rss
from tests.integration.fetching import ask
from tests.newsroom import Folder


@pytest.mark.parametrize(
    "target",
    ["http://169.254.169.254/latest/meta-data/", "http://[::ffff:169.254.169.254]/", "http://[fe80::1]/", "http://2852039166/"],
)
@pytest.mark.parametrize("setting", [True, ("127.0.0.0/8", "169.254.0.0/16", "::/0")])
def test_a_redirect_to_a_metadata_service_is_refused_under_any_setting(server: FeedServer, fetcher: Fetcher, target, setting):
    server.on("/feed", redirect(target))
    fetched = fetcher.fetch(ask(server.url("/feed"), allow_private=setting))
    assert fetched.outcome == "failed" and "adresse refusée" in fetched.reason


def test_a_name_that_leads_there_is_refused_too(server: FeedServer, make: Callable[..., Fetcher]):
    fetcher = make(resolve=lambda host, port: ["169.254.169.254"] if host == "meta.example" else ["127.0.0.1"])
    server.on("/feed", redirect("http://meta.example/"))
    fetched = fetcher.fetch(ask(f"http://own.example:{server.port}/feed", allow_private=True))
    assert "169.254.169.254 (adresse de lien local)" in fetched.reason


def test_a_source_is_read_in_the_networks_that_its_setting_names_only(server: FeedServer, fetcher: Fetcher):
    server.on("/feed", page(rss()))
    assert fetcher.fetch(ask(server.url("/feed"), allow_private=("127.0.0.1/32",))).outcome == "new"
    assert "allow_private" in fetcher.fetch(ask(server.url("/feed"), allow_private=("10.0.0.0/8",))).reason


def test_the_setting_is_true_or_networks(tmp_path):
    section = '[feeds.x]\nurl = "https://e.org/"\nallow_private = {}\n'
    folder = Folder(tmp_path / "n", section.format('["192.168.10.7/24"]'))
    assert load(folder.path, folder.env).feeds["x"].allow_private == ("192.168.10.0/24",)
    for wrong, why in (('["intranet"]', "n'est pas un réseau"), ('"oui"', "liste de réseaux")):
        toml = folder.path / "broadcast.toml"
        before = toml.read_text()
        toml.write_text(before.replace('["192.168.10.7/24"]', wrong))
        with pytest.raises(BroadcastError, match=why):
            load(folder.path, folder.env)
        toml.write_text(before)
