"""An address of a metadata service stays one in whatever IPv6 address it hides; private ones only where their network is named."""

from __future__ import annotations

import pytest

from broadcast.errors import FeedError
from broadcast.feeds.addresses import allowed_of, why_never

DISGUISES = [
    "::ffff:0:169.254.169.254",  # translated (RFC 2765)
    "64:ff9b:1:a9fe:a9:fe00::",  # NAT64 of an operator, in two halves (RFC 6052)
    "2001:470::5efe:a9fe:a9fe",  # ISATAP
    "2001:470::200:5efe:169.254.169.254",
    "::ffff:a9fe:a9fe",
    "2002:a9fe:a9fe::1",
]


@pytest.mark.parametrize("address", DISGUISES)
def test_no_setting_opens_a_metadata_service_in_disguise(address: str):
    assert why_never(address)
    for private in (True, ("::/0", "0.0.0.0/0")):
        with pytest.raises(FeedError):
            allowed_of("source.example", [address], allow_private=private)


def test_a_network_that_is_named_is_open_in_disguise_too_and_no_other():
    assert allowed_of("nas", ["64:ff9b:1:0a01:00:0200::"], allow_private=("10.1.0.0/16",))
    with pytest.raises(FeedError):
        allowed_of("nas", ["64:ff9b:1:0a02:00:0200::"], allow_private=("10.1.0.0/16",))
