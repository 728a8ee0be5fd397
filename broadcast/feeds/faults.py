"""Why a connection failed, in words for the duty officer. No text of an exception passes: it may hold a secret."""

from __future__ import annotations

import http.client
import socket
import ssl

#: All that a network, and whoever answers on it, can cause.
TRANSPORT_ERRORS = (OSError, http.client.HTTPException, UnicodeError, ValueError)
_CERTIFICATE_REASONS = {
    9: "pas encore valable",
    10: "périmé",
    18: "signé par lui-même",
    19: "signé par une autorité inconnue",
    20: "signé par une autorité inconnue",
    21: "signé par une autorité inconnue",
    62: "établi pour un autre nom",
    64: "établi pour une autre adresse",
}


def fault(error: Exception, who: str, *, timeout_s: float) -> str:
    """Return the sentence for a transport error."""
    return f"{who} : {_why(error, timeout_s)}"


def _why(error: Exception, timeout_s: float) -> str:
    if isinstance(error, TimeoutError):
        return f"pas de réponse complète en {timeout_s:g} s ; nouvel essai prévu"
    if isinstance(error, ssl.SSLCertVerificationError):
        why = _CERTIFICATE_REASONS.get(error.verify_code, f"refusé (code {error.verify_code})")
        return f"certificat {why} ; la source doit le corriger"
    if isinstance(error, ssl.SSLError):
        return "liaison chiffrée impossible ; nouvel essai prévu"
    if isinstance(error, socket.gaierror | UnicodeError):
        return "nom introuvable ; vérifiez url et la connexion à Internet"
    if isinstance(error, ConnectionRefusedError):
        return "connexion refusée ; nouvel essai prévu"
    if isinstance(error, ConnectionError | http.client.IncompleteRead):
        return "connexion coupée ; nouvel essai prévu"
    if isinstance(error, OSError):
        return "injoignable ; vérifiez la connexion à Internet"
    return "réponse illisible ; nouvel essai prévu"
