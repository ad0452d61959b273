"""Certificates of our own making, and what a client does with a server that shows one."""

from __future__ import annotations

import asyncio
import datetime
import ipaddress
import ssl
from dataclasses import dataclass
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from qbt_remote.api import tls
from qbt_remote.api.client import QbtClient
from qbt_remote.api.errors import Unreachable
from qbt_remote.local.settings import Secrets, ServerConfig
from tests.api.wire_server import Request, WireServer, qbittorrent, wire_server
from tests.conftest import Run

NOW = datetime.datetime.now(datetime.UTC)
DAY = datetime.timedelta(days=1)


@dataclass(frozen=True)
class Identity:
    """A certificate with its key."""

    pem: str
    context: ssl.SSLContext
    fingerprint: str
    certificate: x509.Certificate
    key: ec.EllipticCurvePrivateKey


def identity(
    folder: Path, *, name: str = "127.0.0.1", days: int = 30, issuer: Identity | None = None, ca: bool = False
) -> Identity:
    """Make a certificate for 127.0.0.1 or another name, that ends in ``days``."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    end = NOW + days * DAY
    try:
        alternative: x509.GeneralName = x509.IPAddress(ipaddress.ip_address(name))
    except ValueError:
        alternative = x509.DNSName(name)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer.certificate.subject if issuer else subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(min(NOW, end) - 2 * DAY)
        .not_valid_after(end)
        .add_extension(x509.SubjectAlternativeName([alternative]), critical=False)
        .add_extension(x509.BasicConstraints(ca=ca, path_length=None), critical=True)
        .sign(issuer.key if issuer else key, hashes.SHA256())
    )
    file = folder / f"{certificate.serial_number}.pem"
    pem = certificate.public_bytes(serialization.Encoding.PEM).decode()
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    file.write_text(private.decode() + pem)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(file)
    return Identity(pem, context, certificate.fingerprint(hashes.SHA256()).hex(":").upper(), certificate, key)


def visit(run: Run, shown: Identity, **config: str) -> tuple[Unreachable | None, WireServer]:
    """Connect to a server that shows a certificate; give the error, if any, and what the server saw."""

    async def scene() -> tuple[Unreachable | None, WireServer]:
        async with wire_server(qbittorrent("", nothing), shown.context) as server:
            settings = {"name": "home", "url": f"https://127.0.0.1:{server.port}", "username": "me"} | config
            client = QbtClient(ServerConfig(**settings), Secrets(password="right"))  # type: ignore[arg-type]  # texts
            try:
                await client.connect()
            except Unreachable as error:
                return error, server
            finally:
                await client.close()
        return None, server

    return run(scene())


async def nothing(_request: Request, writer: asyncio.StreamWriter) -> None:
    writer.close()


def greet(run: Run, shown: Identity, context: ssl.SSLContext) -> str:
    """Shake hands with a server under the system's rules; give what was refused, "" if nothing was."""

    async def scene() -> str:
        async with wire_server(qbittorrent("", nothing), shown.context) as server:
            try:
                _reader, writer = await asyncio.open_connection("127.0.0.1", server.port, ssl=context)
            except ssl.SSLCertVerificationError as error:
                return tls.reason(error)
            writer.transport.abort()
            return ""

    return str(run(scene()))
