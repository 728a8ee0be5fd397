"""Which addresses are public, and which URLs a feed may have."""

from __future__ import annotations

import pytest

from broadcast.errors import FeedError
from broadcast.feeds.addresses import allowed_of, is_public, read_url, why_not_public


@pytest.mark.parametrize(
    "address",
    [
        "0.0.0.0", "0.1.2.3", "10.0.0.1", "100.64.0.1", "100.100.100.200", "127.0.0.1", "127.255.255.254",
        "168.63.129.16", "169.254.169.254", "172.16.0.1", "172.31.255.255", "192.0.0.8", "192.0.2.1", "192.168.1.1",
        "198.18.0.1", "198.51.100.9", "203.0.113.9", "224.0.0.1", "239.255.255.250", "240.0.0.1", "255.255.255.255",
        "::", "::1", "::ffff:127.0.0.1", "::ffff:8.8.8.8", "::7f00:1", "64:ff9b::7f00:1", "64:ff9b::808:808",
        "64:ff9b:1::1", "100::1", "2001::1", "2001:db8::1", "2002:7f00:1::", "2002:c0a8:101::1", "3fff::1",
        "fc00::1", "fd00:ec2::254", "fe80::1", "fe80::1%eth0", "2a00::1%eth0", "fec0::1", "ff02::1", "4000::1",
        "", "nonsense", "127.1", "0x7f.0.0.1", "2130706433",
    ],
)  # fmt: skip
def test_an_address_that_is_not_of_the_public_internet_is_refused_with_a_reason(address: str):
    assert not is_public(address)
    assert why_not_public(address)


@pytest.mark.parametrize(
    "address",
    [
        "1.1.1.1", "8.8.8.8", "9.255.255.255", "11.0.0.1", "100.63.255.255", "100.128.0.1", "126.0.0.1", "128.0.0.1",
        "169.253.1.1", "172.15.255.255", "172.32.0.1", "192.167.1.1", "192.169.0.1", "223.255.255.255",
        "2606:4700::1111", "2a01:e0a::1", "2001:4860:4860::8888", "2003::1",
    ],
)  # fmt: skip
def test_an_address_of_the_public_internet_is_taken(address: str):
    assert is_public(address)


def test_of_the_addresses_of_a_name_only_the_public_ones_remain():
    assert allowed_of("x", ["10.0.0.1", "8.8.8.8", "::1"], allow_private=False) == ["8.8.8.8"]
    assert allowed_of("x", ["10.0.0.1", "8.8.8.8"], allow_private=True) == ["10.0.0.1", "8.8.8.8"]
    with pytest.raises(FeedError, match=r"x : adresse refusée : 10.0.0.1 \(adresse privée\).*allow_private = true"):
        allowed_of("x", ["10.0.0.1", "::1"], allow_private=False)


@pytest.mark.parametrize(
    "address",
    [
        "169.254.169.254",
        "169.254.0.1",
        "fe80::1",
        "fe80::a%eth0",
        "::ffff:169.254.169.254",
        "::ffff:a9fe:a9fe",
        "::169.254.169.254",
        "64:ff9b::a9fe:a9fe",
        "64:ff9b:1::a9fe:a9fe",
        "2002:a9fe:a9fe::1",
        "2001:0:4136:e378:8000:63bf:5601:5601",  # Teredo to 169.254.169.254
        "fd00:ec2::254",
        "fd20:ce::254",
        "168.63.129.16",
        "100.100.100.200",
        "192.0.0.192",
        "224.0.0.1",
        "ff02::1",
        "255.255.255.255",
    ],
)
def test_link_local_addresses_and_metadata_services_are_refused_whatever_the_setting(address):
    for setting in (False, True, ("0.0.0.0/0", "::/0"), (address.partition("%")[0],)):
        with pytest.raises(FeedError, match="adresse refusée"):
            allowed_of("x", [address], allow_private=setting)
    assert allowed_of("x", [address, "10.0.0.1"], allow_private=True) == ["10.0.0.1"]


def test_a_source_may_be_in_the_networks_that_its_setting_names_and_in_no_other():
    named = ("192.168.10.0/24", "fd12::/16")
    inside = ["192.168.10.7", "::ffff:192.168.10.7", "fd12::1", "8.8.8.8"]
    assert allowed_of("x", [*inside, "192.168.11.1", "127.0.0.1", "::1", "10.0.0.1", "fd13::1"], allow_private=named) == inside
    with pytest.raises(FeedError, match="ajoutez son réseau à allow_private"):
        allowed_of("x", ["10.0.0.1"], allow_private=named)
    private = ["10.0.0.1", "127.0.0.1", "172.16.0.1", "192.168.0.1", "100.64.0.1", "::1", "fd00::1", "::ffff:10.0.0.1"]
    assert allowed_of("x", [*private, "192.0.2.1", "198.18.0.1", "2001:db8::1"], allow_private=True) == private


def test_a_url_is_taken_apart():
    place = read_url(" HTTPS://Www.Info.GOUV.fr./rss/actualités.xml?a=1#top ")
    assert place.origin == ("https", "www.info.gouv.fr", 443)
    assert place.target == "/rss/actualit%C3%A9s.xml?a=1"
    assert place.who == "www.info.gouv.fr"
    assert read_url("http://[2A01:e0a::1]:8080").who == "[2a01:e0a::1]:8080"
    assert read_url("http://example.org").target == "/"
    assert read_url("https://préfecture.example/").host == "xn--prfecture-c4a.example"


@pytest.mark.parametrize(
    ("url", "why"),
    [
        ("ftp://example.org/feed", "ftp://"),
        ("file:///etc/passwd", "file://"),
        ("gopher://example.org/", "gopher://"),
        ("example.org/feed", "en entier"),
        ("//example.org/feed", "en entier"),
        ("", "en entier"),
        ("http://", "nom de serveur"),
        ("http:///feed", "nom de serveur"),
        ("http://a b/feed", "illisible"),
        ("http://exa%6dple.org%2f/feed", "illisible"),
        ("http://[fe80::1%25eth0]/feed", "nom de serveur"),
        ("http://[::1/feed", "illisible"),
        ("http://example.org:0/feed", "port 0"),
        ("http://example.org:22/feed", "port 22"),
        ("http://example.org:25/feed", "port 25"),
        ("http://example.org:99999/feed", "illisible"),
        ("http://alice:geheim@example.org/feed", "mot de passe"),
        ("http://alice@example.org/feed", "mot de passe"),
        ("http://good.example\\@evil.example/", "caractères interdits"),
        ("http://example.org/a\r\nHost: b", "caractères interdits"),
        ("http://example.org/" + "a" * 5000, "trop longue"),
    ],
)
def test_a_url_that_a_feed_cannot_have_is_refused(url: str, why: str):
    with pytest.raises(FeedError, match=".") as caught:
        read_url(url)
    assert why in str(caught.value)
    assert "geheim" not in str(caught.value)


def test_low_ports_are_for_private_sources_that_are_allowed():
    assert read_url("http://example.org:8080/").port == 8080
    assert read_url("http://intranet:591/", allow_private=True).port == 591
