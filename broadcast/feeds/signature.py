"""XML signatures of CAP messages: what is verified is what is parsed.

By policy of the feed: `require` refuses an unsigned message, `if_present` verifies a signature that is
there (and cannot see one that was removed), `ignore` looks at none. Only certificates that the
newsroom keeps as PEM files are trusted, never one that the message brings.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any

from broadcast.errors import FeedError, SettingsError
from broadcast.feeds.cap_read import NAMESPACES, tree

_DSIG = "{http://www.w3.org/2000/09/xmldsig#}Signature"


class Policy(StrEnum):
    """What a feed asks of signatures."""

    REQUIRE = "require"
    IF_PRESENT = "if_present"
    IGNORE = "ignore"


@dataclass(frozen=True, slots=True, kw_only=True)
class Trust:
    """Whom a feed believes, and how strictly."""

    policy: Policy | str = Policy.IGNORE
    #: PEM files of the senders that are trusted.
    certificates: tuple[Path, ...] = ()
    #: True where the newsroom allows SHA-1 by name for this feed.
    allow_sha1: bool = False


def verified(data: bytes, trust: Trust) -> bytes:
    """Return the bytes to parse: those of the signed element, or `data` where the policy asks no more.

    Raises:
        FeedError: unsigned although required, tampered with, by a stranger, or signed beside the alert.
        SettingsError: a certificate cannot be read.
    """
    policy = Policy(trust.policy)
    if policy is Policy.IGNORE:
        return data
    if policy is Policy.IF_PRESENT and b"Signature" not in data.replace(b"\0", b""):
        return data  # JSON, RSS and the like, which the readers judge
    root = tree(data)
    signatures = list(root.iter(_DSIG))
    if not signatures:
        if policy is Policy.REQUIRE:
            raise FeedError("signature : absente, et cette source doit signer")
        return data
    if len(signatures) > 1 or signatures[0].getparent() is not root:
        raise FeedError("signature : elle doit être unique et placée dans l'alerte elle-même")
    if not trust.certificates:
        raise FeedError("signature : présente, mais aucun certificat de confiance n'est réglé pour cette source")
    return _signed(data, [_pem(path) for path in trust.certificates], trust.allow_sha1)


def _signed(data: bytes, certificates: list[Any], allow_sha1: bool) -> bytes:
    from lxml import etree
    from signxml.exceptions import InvalidInput, SignXMLException

    reason: Exception | None = None
    for certificate in certificates:
        try:
            element = _verify(data, certificate, allow_sha1)
        except (SignXMLException, InvalidInput, ValueError, TypeError, LookupError, etree.LxmlError) as error:
            reason = error
            continue
        name = etree.QName(element)
        if name.localname != "alert" or name.namespace not in NAMESPACES:
            raise FeedError(f"signature : elle porte sur <{name.localname}> et non sur l'alerte")
        return bytes(etree.tostring(element, xml_declaration=True, encoding="UTF-8"))
    raise FeedError(f"signature : refusée, message altéré ou signataire inconnu ({reason})") from reason


def _verify(data: bytes, certificate: Any, allow_sha1: bool) -> Any:
    from signxml.algorithms import DigestAlgorithm, SignatureMethod
    from signxml.verifier import SignatureConfiguration, XMLVerifier

    # A certificate's key only: HMAC has no place here, DSA nobody's trust.
    methods = [m for m in SignatureMethod if not m.name.startswith(("HMAC", "DSA"))]
    expected = SignatureConfiguration(
        location="./",
        signature_methods=frozenset(m for m in methods if allow_sha1 or "SHA1" not in m.name),
        digest_algorithms=frozenset(d for d in DigestAlgorithm if allow_sha1 or d.name != "SHA1"),
    )
    result = XMLVerifier().verify(data, x509_cert=certificate, expect_config=expected)
    return (result[0] if isinstance(result, list) else result).signed_xml


def _pem(path: Path) -> Any:
    from cryptography.x509 import load_pem_x509_certificate

    try:
        return load_pem_x509_certificate(path.read_bytes())
    except (OSError, ValueError) as error:
        raise SettingsError(f"certificat : {path} : illisible ({error}) ; donnez un fichier PEM") from error
