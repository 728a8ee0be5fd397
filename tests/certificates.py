"""A self-signed certificate for servers of tests on this machine, made by openssl."""

from __future__ import annotations

import ssl
import subprocess
from pathlib import Path


def a_certificate(folder: Path, names: str = "IP:127.0.0.1") -> tuple[Path, ssl.SSLContext]:
    """Return the certificate's file, to be trusted, and what a server shows it with.

    Args:
        folder: where it and its key are written.
        names: what it is good for, as openssl writes subjectAltName.
    """
    cert, key = folder / "cert.pem", folder / "key.pem"
    made = ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2"]
    subject = ["-subj", "/CN=127.0.0.1", "-addext", f"subjectAltName={names}"]
    subprocess.run([*made, *subject, "-keyout", key, "-out", cert], check=True, capture_output=True)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(cert, key)
    return cert, context
