"""Which addresses a feed may be fetched from: pure, but for nothing. Text and IP addresses in, refusals out.

A name is judged by what it resolves to, never by how it looks: `connections` asks here about the very
address that it connects to, at each hop.

Source: IANA IPv4 and IPv6 Special-Purpose Address Registries and IPv6 address space, read 2026-11-22.
"""

from __future__ import annotations

import ipaddress
import re
from dataclasses import dataclass

from urllib3.exceptions import LocationParseError
from urllib3.util import parse_url

from broadcast.errors import FeedError

#: Longest address that is read, characters.
MAX_URL_LENGTH = 4000
_DEFAULT_PORTS = {"http": 80, "https": 443}
#: Below this only 80 and 443 are for web servers; other services listen there.
_FIRST_FREE_PORT = 1024

_V4_REFUSED = tuple(
    (ipaddress.IPv4Network(network), why)
    for network, why in (
        ("0.0.0.0/8", "adresse non définie"),
        ("10.0.0.0/8", "adresse privée"),
        ("100.64.0.0/10", "adresse privée d'opérateur"),
        ("127.0.0.0/8", "cette machine elle-même"),
        ("168.63.129.16/32", "service interne d'un hébergeur"),
        ("169.254.0.0/16", "adresse de lien local"),
        ("172.16.0.0/12", "adresse privée"),
        ("192.0.0.0/24", "adresse réservée"),
        ("192.0.2.0/24", "adresse d'exemple"),
        ("192.88.99.0/24", "adresse réservée"),
        ("192.168.0.0/16", "adresse privée"),
        ("198.18.0.0/15", "adresse de mesure"),
        ("198.51.100.0/24", "adresse d'exemple"),
        ("203.0.113.0/24", "adresse d'exemple"),
        ("224.0.0.0/4", "adresse de groupe"),
        ("240.0.0.0/4", "adresse réservée"),
    )
)
_V6_REFUSED = tuple(
    (ipaddress.IPv6Network(network), why)
    for network, why in (
        ("::/128", "adresse non définie"),
        ("::1/128", "cette machine elle-même"),
        ("::ffff:0:0/96", "adresse IPv4 déguisée"),
        ("64:ff9b::/96", "adresse IPv4 déguisée"),
        ("64:ff9b:1::/48", "adresse IPv4 déguisée"),
        ("2001::/23", "adresse réservée"),
        ("2001:db8::/32", "adresse d'exemple"),
        ("2002::/16", "adresse IPv4 déguisée"),
        ("3fff::/20", "adresse d'exemple"),
        ("fc00::/7", "adresse privée"),
        ("fe80::/10", "adresse de lien local"),
        ("ff00::/8", "adresse de groupe"),
    )
)
#: Where machines tell their own secrets, and what is no address of one machine: never, whatever the settings say.
_NEVER = tuple(
    (ipaddress.ip_network(network), why)
    for network, why in (
        ("169.254.0.0/16", "adresse de lien local"),
        ("168.63.129.16/32", "service interne d'un hébergeur"),
        ("100.100.100.200/32", "service interne d'un hébergeur"),
        ("192.0.0.192/32", "service interne d'un hébergeur"),
        ("224.0.0.0/4", "adresse de groupe"),
        ("240.0.0.0/4", "adresse réservée"),
        ("fe80::/10", "adresse de lien local"),
        ("ff00::/8", "adresse de groupe"),
        ("fd00:ec2::/32", "service interne d'un hébergeur"),
        ("fd20:ce::254/128", "service interne d'un hébergeur"),
        ("fd00:42::42/128", "service interne d'un hébergeur"),
        ("fd00:c1::a9fe:a9fe/128", "service interne d'un hébergeur"),
    )
)
#: What `allow_private = true` means: this machine and the networks that nobody else can reach.
_PRIVATE = tuple(
    map(
        ipaddress.ip_network,
        (
            "0.0.0.0/32",
            "::/128",
            "10.0.0.0/8",
            "100.64.0.0/10",
            "127.0.0.0/8",
            "172.16.0.0/12",
            "192.168.0.0/16",
            "::1/128",
            "fc00::/7",
        ),
    )
)
#: IPv6 addresses whose last 32 bits are an IPv4 address.
_WRAPPING = tuple(map(ipaddress.IPv6Network, ("::ffff:0:0/96", "::ffff:0:0:0/96", "::/96", "64:ff9b::/96", "64:ff9b:1::/48")))
#: Where an IPv4 address stands in two halves, around bits that are nought (RFC 6052 §2.2).
_SPLITTING = ipaddress.IPv6Network("64:ff9b:1::/48")
#: Which addresses that are not public a source may have: none, the private ones, or those of these networks.
Private = bool | tuple[str, ...]
_Address = ipaddress.IPv4Address | ipaddress.IPv6Address
#: All that is given out for the public Internet today; the rest is reserved.
_V6_PUBLIC = ipaddress.IPv6Network("2000::/3")


@dataclass(frozen=True, slots=True)
class Place:
    """Where a request goes."""

    #: "http" or "https".
    scheme: str
    #: Name in ASCII or IP address without brackets, lower case.
    host: str
    port: int
    #: Path and query, as they are sent.
    target: str

    @property
    def origin(self) -> tuple[str, str, int]:
        """Return what must be equal for a secret to be sent along."""
        return self.scheme, self.host, self.port

    @property
    def who(self) -> str:
        """Return the host and an unusual port, for messages: paths and queries may hold secrets."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == _DEFAULT_PORTS[self.scheme] else f"{host}:{self.port}"


def why_not_public(address: str) -> str:
    """Return why an IP address is not one of the public Internet, in French; "" if it is."""
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return "adresse illisible"
    if isinstance(parsed, ipaddress.IPv4Address):
        return next((why for network, why in _V4_REFUSED if parsed in network), "")
    if parsed.scope_id is not None:
        return "adresse de lien local"
    found = next((why for network, why in _V6_REFUSED if parsed in network), "")
    return found or ("" if parsed in _V6_PUBLIC else "adresse réservée")


def is_public(address: str) -> bool:
    """True if an IP address is one of the public Internet."""
    return not why_not_public(address)


def why_never(address: str) -> str:
    """Return why an address is refused whatever the settings, "" if it is not: link-local, metadata services, groups.

    An IPv6 address that wraps an IPv4 one is judged by both.
    """
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return "adresse illisible"
    if isinstance(parsed, ipaddress.IPv6Address) and parsed.scope_id is not None:
        return "adresse de lien local"
    found = (why for one in _spellings(parsed) for network, why in _NEVER if one.version == network.version and one in network)
    return next(found, "")


def _spellings(address: _Address) -> list[_Address]:
    """Return an address and the IPv4 address that it wraps."""
    if isinstance(address, ipaddress.IPv4Address):
        return [address]
    value = int(address)
    split = value >> 64 & 0xFFFF, value >> 40 & 0xFFFF
    if address in _SPLITTING and any(split):
        return [address, ipaddress.IPv4Address(split[0] << 16 | split[1])]
    inner = address.sixtofour or (address.teredo[1] if address.teredo else None)
    is_isatap = value >> 32 & 0xFDFFFFFF == 0x00005EFE
    if inner is None and value > 1 and (is_isatap or any(address in network for network in _WRAPPING)):
        inner = ipaddress.IPv4Address(value & 0xFFFFFFFF)
    return [address, *([inner] if inner is not None else [])]


def _may_be(address: str, private: Private) -> bool:
    return not why_never(address) if is_public(address) else _is_allowed(address, private)


def _is_allowed(address: str, private: Private) -> bool:
    if not private or why_never(address):
        return False
    networks = _PRIVATE if private is True else tuple(map(ipaddress.ip_network, private or ()))
    spellings = _spellings(ipaddress.ip_address(address))
    return any(one in network for one in spellings for network in networks if one.version == network.version)


def allowed_of(who: str, addresses: list[str], *, allow_private: Private) -> list[str]:
    """Return the addresses of a host that may be connected to.

    Args:
        who: the host, for the reason.
        addresses: what its name leads to.
        allow_private: what the source may be beside public: True: this machine and private networks; or networks by name.

    Raises:
        FeedError: none of them may.
    """
    allowed = [address for address in addresses if _may_be(address, allow_private)]
    if addresses and not allowed:
        first = addresses[0]
        never = why_never(first)
        if never:
            raise FeedError(f"{who} : adresse refusée, quel que soit le réglage : {first} ({never})")
        way = "allow_private = true" if not allow_private else f'ajoutez son réseau à allow_private, par exemple ["{first}"]'
        raise FeedError(
            f"{who} : adresse refusée : {first} ({why_not_public(first)}) ; "
            + (f"si cette source est bien sur votre réseau, écrivez {way}" if not allow_private else way)
        )
    return allowed


def read_url(url: str, *, allow_private: Private = False) -> Place:
    """Return where an address leads.

    Raises:
        FeedError: it is none that a feed may have.
    """
    text = url.strip()
    if len(text) > MAX_URL_LENGTH or re.search(r"[\x00-\x1f\x7f\\]", text):
        raise FeedError("adresse illisible : caractères interdits ou trop longue ; corrigez url")
    try:
        parsed = parse_url(text)
    except LocationParseError as error:
        raise FeedError("adresse illisible ; corrigez url") from error
    scheme, host = parsed.scheme or "", (parsed.host or "").removeprefix("[").removesuffix("]").rstrip(".").lower()
    if scheme not in _DEFAULT_PORTS:
        if not scheme:
            raise FeedError("adresse refusée : écrivez-la en entier, avec https:// ; corrigez url")
        raise FeedError(f"adresse refusée : {scheme}:// n'est ni http:// ni https:// ; corrigez url")
    if not re.fullmatch(r"[a-z0-9._-]{1,253}|[0-9a-f:.]+", host):
        raise FeedError("adresse illisible : nom de serveur impossible ; corrigez url")
    if parsed.auth is not None:
        raise FeedError(f"{host} : adresse refusée : un mot de passe n'a pas sa place dans url ; utilisez un en-tête")
    port = _DEFAULT_PORTS[scheme] if parsed.port is None else parsed.port
    if not _is_sane(port, allow_private):
        raise FeedError(f"{host} : adresse refusée : port {port} ; corrigez url")
    path = parsed.path or "/"
    return Place(scheme, host, port, path if parsed.query is None else f"{path}?{parsed.query}")


def _is_sane(port: int, allow_private: Private) -> bool:
    return port in _DEFAULT_PORTS.values() or _FIRST_FREE_PORT <= port <= 65535 or (bool(allow_private) and port > 0)
