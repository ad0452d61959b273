"""TLS: the system's store, or the one certificate that the user trusted.  There is no trust-all.

A pinned certificate is trusted alone (partial chain: nothing above it matters), whatever name it is
for and even when it has expired: the user judged this very certificate.  Another one is refused
before a byte of HTTP is sent.
"""

from __future__ import annotations

import hashlib
import re
import ssl
import sys
import threading
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from qbt_remote.api.errors import Unreachable, Untrusted
from qbt_remote.translatable import N

if TYPE_CHECKING:
    from qbt_remote.local.settings import ServerConfig

_NO_CHECK_TIME = 0x200000  # X509_V_FLAG_NO_CHECK_TIME; Python's ssl has no name for it

# X509_V_ERR_*: openssl/x509_vfy.h
_REASONS = {
    9: N("it is not valid yet (is the clock right?)"),
    10: N("it has expired"),
    18: N("it is self-signed"),
    19: N("its issuer is not trusted by this system"),
    20: N("its issuer is not trusted by this system"),
    21: N("its issuer is not trusted by this system"),
    23: N("it was revoked by its issuer"),
    26: N("it is not meant for servers"),
    62: N("it is for another name"),
    64: N("it is for another address"),
    66: N("its key is too weak"),
    67: N("its issuer's key is too weak"),
    68: N("its signature is too weak"),
}

STORES = tuple(
    map(
        Path,
        (
            "/etc/ssl/certs/ca-certificates.crt",  # Debian, Ubuntu, Arch, Alpine
            "/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem",  # Fedora, RHEL
            "/etc/pki/tls/certs/ca-bundle.crt",  # older ones of them
            "/etc/ssl/ca-bundle.pem",  # openSUSE
            "/etc/ssl/cert.pem",  # BSD
        ),
    )
)

_ONE_AT_A_TIME = threading.Lock()
NOT_TRUSTED = N("The certificate of {server} is not trusted: {reason}.")
CHANGED = N("The certificate of {server} is not the one you trusted. Nothing was sent to it.")
OTHER = N("it is not the one you trusted")


class BadSettings(ValueError):
    """The settings name a certificate or a proxy that cannot be one."""


def fingerprint(certificate: str) -> str:
    """Give the SHA-256 of a certificate, PEM or a fingerprint already, as hex pairs with colons; raises ValueError."""
    if is_fingerprint(certificate):
        return bytes.fromhex(certificate.replace(":", "")).hex(":").upper()
    return hashlib.sha256(ssl.PEM_cert_to_DER_cert(certificate)).digest().hex(":").upper()


def is_fingerprint(text: str) -> bool:
    """Whether a text is a SHA-256 in hex, with colons or without."""
    return re.fullmatch(r"([0-9A-Fa-f]{2}:?){31}[0-9A-Fa-f]{2}", text) is not None


def fingerprint_of_file(content: bytes) -> str:
    """Give the fingerprint of the first certificate in a PEM or DER file; raises ValueError if there is none."""
    first = re.search(rb"-----BEGIN CERTIFICATE-----.*?-----END CERTIFICATE-----", content, re.DOTALL)
    try:
        der = ssl.PEM_cert_to_DER_cert(first[0].decode("ascii")) if first else content
        ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT).load_verify_locations(cadata=der)  # whether it is one
    except ssl.SSLError as error:
        raise ValueError(str(error)) from None
    return hashlib.sha256(der).digest().hex(":").upper()


def reason(error: ssl.SSLCertVerificationError) -> str:
    """Say why a certificate was refused, as the end of a sentence, marked for translation."""
    return _REASONS.get(getattr(error, "verify_code", 0), N("it could not be verified"))


def untrusted(server: ServerConfig, pem: str, refused: ssl.SSLCertVerificationError) -> Unreachable:
    """Say what is wrong with the certificate ``pem`` that a server showed ("" if it could not be seen)."""
    if not pem:
        return Unreachable(NOT_TRUSTED, server=server.name, reason=reason(refused))
    if server.certificate:
        return changed(server, pem)
    shown = fingerprint(pem)
    return Untrusted(NOT_TRUSTED, pem=pem, fingerprint=shown, reason=reason(refused), server=server.name)


def changed(server: ServerConfig, pem: str) -> Untrusted:
    """Say that a server showed another certificate than the one that is trusted."""
    shown, pinned = fingerprint(pem), fingerprint(server.certificate)
    return Untrusted(CHANGED, pem=pem, fingerprint=shown, reason=OTHER, pinned=pinned, server=server.name)


def context_for(server: ServerConfig, shown: str = "") -> ssl.SSLContext:
    """Give the context that trusts what this server's settings say; raises BadSettings on a bad PEM.

    ``shown`` is the certificate that the server shows, needed where only its fingerprint is trusted.
    """
    if is_fingerprint(server.certificate):
        if fingerprint(shown) != fingerprint(server.certificate):
            raise changed(server, shown)
        return _pinned(shown)
    return _pinned(server.certificate) if server.certificate else _system()


def blind_context() -> ssl.SSLContext:
    """Give a context for looking at a certificate; a connection made with it must never carry data."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return context


def _system() -> ssl.SSLContext:
    """Give the one context for the system's store, whichever threads ask for it."""
    with _ONE_AT_A_TIME:
        return _system_store()


@cache
def _system_store() -> ssl.SSLContext:
    """Read the system's store, which takes about 20 ms."""
    if sys.platform in ("win32", "darwin"):
        import truststore

        context: ssl.SSLContext = truststore.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.minimum_version = ssl.TLSVersion.TLSv1_2
        return context
    return store_context(STORES)


def store_context(stores: Iterable[Path]) -> ssl.SSLContext:
    """Give a context that trusts the first of these stores that is there; without one it trusts nobody.

    Python's own default, and truststore on Linux, follow SSL_CERT_FILE and SSL_CERT_DIR: whom we trust
    is not for the environment to say.
    """
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    for store in stores:
        if store.is_file():
            context.load_verify_locations(cafile=store)
            break
    return context


def _pinned(pem: str) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.check_hostname = False
    try:
        context.load_verify_locations(cadata=pem)
    except (ssl.SSLError, ValueError) as error:
        raise BadSettings(f"not a certificate: {error}") from None
    context.verify_flags |= ssl.VERIFY_X509_PARTIAL_CHAIN | ssl.VerifyFlags(_NO_CHECK_TIME)
    return context
