"""Certificates: the system's store, one pinned certificate, and nothing else."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Callable
from pathlib import Path

import pytest
from cryptography.hazmat.primitives import serialization

from qbt_remote.api import tls
from qbt_remote.api.client import QbtClient
from qbt_remote.api.errors import Unreachable, Untrusted
from qbt_remote.local.settings import Secrets, ServerConfig
from tests.api.certificates import greet, identity, visit
from tests.conftest import Run
from tests.real.servers import free_port


def test_an_unknown_certificate_is_shown_and_nothing_is_sent(run: Run, tmp_path: Path) -> None:
    shown = identity(tmp_path)

    error, server = visit(run, shown)

    assert isinstance(error, Untrusted)
    assert error.pem == shown.pem
    assert error.fingerprint == shown.fingerprint == tls.fingerprint(shown.pem)
    assert error.reason == "it is self-signed"
    assert error.pinned == ""
    assert "self-signed" in str(error)
    assert not server.requests
    assert server.connections == 1, "the look at the certificate; the refused one never became a connection"


def test_a_certificate_of_an_unknown_issuer_is_said_to_be_one(run: Run, tmp_path: Path) -> None:
    issuer = identity(tmp_path, name="Some CA", ca=True)

    error, server = visit(run, identity(tmp_path, issuer=issuer))

    assert isinstance(error, Untrusted)
    assert "issuer is not trusted" in error.reason
    assert not server.requests


@pytest.mark.parametrize("spell", [str, str.lower, lambda text: text.replace(":", "")])
def test_a_certificate_can_be_pinned_by_its_fingerprint(run: Run, tmp_path: Path, spell: Callable[[str], str]) -> None:
    issuer = identity(tmp_path, name="Some CA", ca=True)
    shown = identity(tmp_path, name="other.example", days=-1, issuer=issuer)

    error, server = visit(run, shown, certificate=spell(shown.fingerprint))

    assert error is None
    assert "auth/login" in server.names


def test_another_certificate_than_that_of_the_fingerprint_is_refused_before_a_byte_is_sent(
    run: Run, tmp_path: Path
) -> None:
    issuer = identity(tmp_path, name="127.0.0.1", ca=True)
    shown = identity(tmp_path, issuer=issuer)

    error, server = visit(run, shown, certificate=issuer.fingerprint.lower())

    assert isinstance(error, Untrusted)
    assert (error.pinned, error.fingerprint, error.pem) == (issuer.fingerprint, shown.fingerprint, shown.pem)
    assert "not the one you trusted" in str(error)
    assert not server.requests


def test_a_fingerprint_for_a_server_that_is_away_says_that_it_is_away(run: Run) -> None:
    config = ServerConfig("home", f"https://127.0.0.1:{free_port()}", certificate="ab" * 32)
    client = QbtClient(config, Secrets())

    with pytest.raises(Unreachable, match="nothing listens"):
        run(client.connect())


def test_the_certificate_in_a_file_is_found(tmp_path: Path) -> None:
    first, second = identity(tmp_path), identity(tmp_path)
    der = first.certificate.public_bytes(serialization.Encoding.DER)
    with_key = (tmp_path / f"{first.certificate.serial_number}.pem").read_bytes()
    chain = b"# a note\r\n" + first.pem.replace("\n", "\r\n").encode() + second.pem.encode()

    for content in (first.pem.encode(), der, with_key, chain):
        assert tls.fingerprint_of_file(content) == first.fingerprint


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\0\1\2",
        b"-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n",
        b"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n",
        b"-----BEGIN CERTIFICATE-----\n\xff\n-----END CERTIFICATE-----\n",
        b"-----BEGIN CERTIFICATE-----\n-----END CERTIFICATE-----\n",
    ],
)
def test_a_file_without_a_certificate_is_refused(content: bytes) -> None:
    with pytest.raises(ValueError):
        tls.fingerprint_of_file(content)


def test_a_pinned_leaf_of_an_unknown_issuer_is_trusted_alone(run: Run, tmp_path: Path) -> None:
    issuer = identity(tmp_path, name="Some CA", ca=True)
    pinned, other = identity(tmp_path, issuer=issuer), identity(tmp_path, issuer=issuer)

    assert visit(run, pinned, certificate=pinned.pem)[0] is None
    assert isinstance(visit(run, other, certificate=pinned.pem)[0], Untrusted)


def test_the_environment_cannot_make_us_trust_anybody(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shown = identity(tmp_path)
    bundle = tmp_path / "bundle.pem"
    bundle.write_text(shown.pem)
    monkeypatch.setenv("SSL_CERT_FILE", str(bundle))

    assert greet(run, shown, tls.store_context(tls.STORES)) == "it is self-signed"
    assert greet(run, shown, tls.store_context([])) == "it is self-signed"


def test_the_environment_cannot_add_a_trusted_certificate_to_a_pin(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pinned, shown = identity(tmp_path), identity(tmp_path)
    bundle = tmp_path / "bundle.pem"
    bundle.write_text(shown.pem)
    monkeypatch.setenv("SSL_CERT_FILE", str(bundle))

    error, _server = visit(run, shown, certificate=pinned.pem)

    assert isinstance(error, Untrusted)


def test_plain_http_on_the_port_of_an_https_address_is_explained(run: Run) -> None:
    async def serve(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n")
        writer.close()
        await writer.wait_closed()

    async def scene() -> Unreachable:
        async with await asyncio.start_server(serve, "127.0.0.1", 0) as server:
            port = server.sockets[0].getsockname()[1]
            client = QbtClient(ServerConfig("home", f"https://127.0.0.1:{port}"), Secrets())
            with pytest.raises(Unreachable) as raised:
                await client.connect()
            await client.close()
            return raised.value

    assert "http or https" in str(run(scene()))


def test_tls_older_than_1_2_is_refused(run: Run, tmp_path: Path) -> None:
    shown = identity(tmp_path)
    assert (
        tls.context_for(ServerConfig("a", "https://a", certificate=shown.pem)).minimum_version == ssl.TLSVersion.TLSv1_2
    )
    assert tls.context_for(ServerConfig("a", "https://a")).minimum_version == ssl.TLSVersion.TLSv1_2


def test_the_systems_store_is_read_once_for_all_servers() -> None:
    assert tls.context_for(ServerConfig("a", "https://a")) is tls.context_for(ServerConfig("b", "https://b"))


def test_a_pem_that_is_none_is_refused() -> None:
    with pytest.raises(tls.BadSettings):
        tls.context_for(
            ServerConfig("a", "https://a", certificate="-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n")
        )
