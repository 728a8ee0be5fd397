"""Signed alerts: what is verified is what is parsed; keys are made here."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import NameOID
from lxml import etree
from signxml import XMLSigner, methods
from signxml.algorithms import DigestAlgorithm, SignatureMethod

from broadcast.errors import FeedError, SettingsError
from broadcast.feeds import cap
from broadcast.feeds.signature import Policy, Trust, verified
from tests.unit.cap_alert import an_alert

DATA = cap.to_xml(an_alert())


class Authority:
    """A sender with a key and a certificate."""

    def __init__(self, folder: Path, name: str, key: object) -> None:
        self.key = key
        subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
        self.certificate = (
            x509.CertificateBuilder()
            .subject_name(subject)
            .issuer_name(subject)
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(datetime(2020, 1, 1, tzinfo=UTC))
            .not_valid_after(datetime(2020, 1, 1, tzinfo=UTC) + timedelta(days=36_500))
            .sign(key, hashes.SHA256())
        )
        self.path = folder / f"{name}.pem"
        self.path.write_bytes(self.certificate.public_bytes(serialization.Encoding.PEM))

    def sign(self, data: bytes = DATA, *, signer: type[XMLSigner] = XMLSigner, **options: object) -> bytes:
        made = signer(method=methods.enveloped, **options)
        root = made.sign(etree.fromstring(data), key=self.key, cert=[self.certificate])
        return etree.tostring(root)


class WeakSigner(XMLSigner):
    def check_deprecated_methods(self) -> None:
        """SHA-1 for once."""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("keys")


@pytest.fixture(scope="module")
def prefecture(folder: Path) -> Authority:
    return Authority(folder, "prefecture", rsa.generate_private_key(public_exponent=65537, key_size=2048))


@pytest.fixture(scope="module")
def stranger(folder: Path) -> Authority:
    return Authority(folder, "stranger", rsa.generate_private_key(public_exponent=65537, key_size=2048))


def trust(*who: Authority, policy: str = "require", allow_sha1: bool = False) -> Trust:
    return Trust(policy=policy, certificates=tuple(a.path for a in who), allow_sha1=allow_sha1)


def test_a_signed_alert_of_a_trusted_sender_is_read(prefecture, stranger):
    data = verified(prefecture.sign(), trust(stranger, prefecture))
    assert cap.parse(data) == an_alert()
    assert b"Signature" not in data
    assert cap.parse(verified(stranger.sign(), trust(stranger))) == an_alert()


@pytest.mark.parametrize("policy", ["require", "if_present"])
def test_a_tampered_alert_is_refused(prefecture, policy):
    signed = prefecture.sign().replace(b"Severe", b"Minor")
    with pytest.raises(FeedError, match="altéré"):
        verified(signed, trust(prefecture, policy=policy))


@pytest.mark.parametrize("policy", ["require", "if_present"])
def test_a_stranger_is_not_believed_though_he_brings_his_certificate(prefecture, stranger, policy):
    with pytest.raises(FeedError, match="inconnu"):
        verified(stranger.sign(), trust(prefecture, policy=policy))
    with pytest.raises(FeedError, match="aucun certificat"):
        verified(stranger.sign(), trust(policy=policy))


def test_policies_differ_on_what_is_unsigned(prefecture):
    with pytest.raises(FeedError, match="absente"):
        verified(DATA, trust(prefecture))
    assert verified(DATA, trust(prefecture, policy="if_present")) == DATA
    assert verified(b'{"a": 1}', trust(prefecture, policy="if_present")) == b'{"a": 1}'
    with pytest.raises(FeedError):
        verified(b'{"a": 1}', trust(prefecture))


def test_ignore_looks_at_nothing(prefecture):
    tampered = prefecture.sign().replace(b"Severe", b"Minor")
    assert verified(tampered, trust(policy=Policy.IGNORE)) == tampered
    assert cap.parse(tampered).infos[0].severity == "Minor"


def test_a_signature_of_another_element_is_no_signature_of_the_alert(prefecture):
    signed = prefecture.sign()
    wrapped = b'<alert xmlns="urn:oasis:names:tc:emergency:cap:1.2"><x xmlns="">' + signed + b"</x></alert>"
    with pytest.raises(FeedError, match="dans l'alerte elle-même"):
        verified(wrapped, trust(prefecture))
    root = etree.fromstring(signed)
    signature = root.find("{http://www.w3.org/2000/09/xmldsig#}Signature")
    false = etree.fromstring(DATA.replace(b"Severe", b"Minor"))
    false.append(signature)
    with pytest.raises(FeedError):
        verified(etree.tostring(false), trust(prefecture))
    root.append(etree.fromstring(etree.tostring(root[0])))
    with pytest.raises(FeedError):
        verified(etree.tostring(root), trust(prefecture))


def test_the_signed_part_alone_is_what_is_parsed(prefecture):
    """A reference to a part by Id leaves the rest unsigned: the rest must not be read."""
    part = DATA.replace(b"<info>", b'<info Id="i1">')
    signed = etree.tostring(
        XMLSigner(method=methods.enveloped).sign(
            etree.fromstring(part), key=prefecture.key, cert=[prefecture.certificate], reference_uri="#i1"
        )
    )
    with pytest.raises(FeedError):
        verified(signed, trust(prefecture))


def test_sha1_only_where_it_is_allowed_by_name(prefecture):
    old = prefecture.sign(signer=WeakSigner, signature_algorithm=SignatureMethod.RSA_SHA1, digest_algorithm=DigestAlgorithm.SHA1)
    with pytest.raises(FeedError, match="refusée"):
        verified(old, trust(prefecture))
    assert cap.parse(verified(old, trust(prefecture, allow_sha1=True))) == an_alert()


def test_a_certificate_that_cannot_be_read_is_a_fault_of_the_settings(prefecture, tmp_path):
    (tmp_path / "x.pem").write_text("nothing")
    for path in (tmp_path / "x.pem", tmp_path / "missing.pem"):
        with pytest.raises(SettingsError, match="certificat"):
            verified(prefecture.sign(), Trust(policy="require", certificates=(path,)))


def test_entities_are_refused_before_anything_is_verified(prefecture):
    with pytest.raises(FeedError, match="DOCTYPE"):
        verified(b'<!DOCTYPE a [<!ENTITY x "y">]>' + prefecture.sign(), trust(prefecture))
