"""A server or a proxy that sends us elsewhere, floods us, asks for what is not its own; what the environment says."""

from __future__ import annotations

import asyncio
import gzip
import os
import ssl
import subprocess
import sys
import zlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from qbt_remote.api import tls
from qbt_remote.api.client import QbtClient
from qbt_remote.api.errors import Unreachable, Untrusted
from qbt_remote.api.wire import Cookies
from qbt_remote.local.settings import Secrets, ServerConfig
from qbt_remote.start.program import Program
from tests.conftest import Run
from tests.faults.place import RealServer, program_on
from tests.faults.plugin import Row
from tests.faults.watch import seconds_until
from tests.real.proxy import Proxy, Refusal, Request, as_it_is
from tests.real.servers import Server
from tests.scale.instruments import resident_mb
from tests.ui.conftest import until
from tests.ui.tls_front import TlsFront, certificate
from tests.ui.whole_program import rows

ROOT = Path(__file__).parents[2]


class Elsewhere:
    """Another port: what connects there, and what it sends."""

    def __init__(self) -> None:
        self.connections = 0
        self.received = b""
        self.port = 0
        self._writers: list[asyncio.StreamWriter] = []

    @asynccontextmanager
    async def open(self) -> AsyncIterator[Elsewhere]:
        server = await asyncio.start_server(self._take, "127.0.0.1", 0)
        self.port = server.sockets[0].getsockname()[1]
        try:
            yield self
        finally:
            server.close()
            await server.wait_closed()
            for _ in range(20):  # one that was just accepted has its writer a few turns later
                await asyncio.sleep(0)
            for writer in self._writers:  # a relay in between may hold one for longer
                writer.close()
                await writer.wait_closed()

    async def _take(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._writers.append(writer)
        self.connections += 1
        self.received += await reader.read(65536)
        writer.close()


def try_now(program: Program) -> None:
    for session in program.window.feed.sessions.values():
        session.retry_now()


def online(program: Program) -> bool:
    return all(session.status.phase == "online" for session in program.window.feed.sessions.values())


@pytest.mark.real
def test_a15_no_redirect_is_followed(run: Run, row: Row, tmp_path: Path, real_server: RealServer) -> None:
    async def scene() -> None:
        server = real_server("5.1.0")
        async with Elsewhere().open() as other, Proxy(server.port) as proxy:
            places = [
                f"http://127.0.0.1:{other.port}/",
                f"https://127.0.0.1:{other.port}/",
                f"//127.0.0.1:{other.port}",
            ]
            async with program_on(tmp_path, server, proxy.url) as program, row.watch(program.window):
                for status in (301, 302, 303, 307, 308):
                    place = places[status % 3]
                    head = f"HTTP/1.1 {status} Moved\r\nLocation: {place}\r\nContent-Length: 0\r\n\r\n"
                    proxy.refusal, before = Refusal(head.encode()), len(proxy.refused)
                    try_now(program)
                    await until(lambda before=before: len(proxy.refused) > before, 20)  # type: ignore[misc]
                program.window.table.selectAll()
                program.window.actions_.action("start").trigger()
                await asyncio.sleep(0.05)
                proxy.refusal = None
                try_now(program)
                row.figure("back after", f"{await seconds_until(lambda: online(program)):.1f} s")
                program.window.table.select_rows([program.window.model.row(number) for number in range(2)])
            row.figure("redirects", len(proxy.refused))
            row.figure("connections elsewhere", other.connections)
            assert len(proxy.refused) >= 5
            assert (other.connections, other.received) == (0, b"")

    run(scene())


def cookies_of(request: Request) -> list[bytes]:
    found = [line for line in request.head.split(b"\r\n") if line.lower().startswith(b"cookie:")]
    return found[0].partition(b":")[2].strip().split(b"; ") if found else []


def test_a16_a_flood_of_cookies_is_capped() -> None:
    cookies = Cookies()

    cookies.take([f"c{n}={'x' * 100}" for n in range(500)])
    cookies.take([f"big={'x' * 2**20}"])

    assert cookies.header().count("=") == 64
    assert "big" not in cookies.header()


@pytest.mark.real
def test_a16_foreign_cookies_and_endless_headers_are_bounded(
    run: Run, row: Row, tmp_path: Path, real_server: RealServer
) -> None:
    def flood(request: Request, head: bytes, body: bytes) -> tuple[bytes, bytes]:
        flooded.append(request.number)
        more = b"".join(b"Set-Cookie: c%d=%s; Domain=localhost; Path=/\r\n" % (n, b"x" * 100) for n in range(250))
        return head.replace(b"\r\n", b"\r\n" + more, 1), body

    def endless(request: Request, head: bytes, body: bytes) -> tuple[bytes, bytes]:
        swollen.append(request.number)
        return head.replace(b"\r\n", b"\r\nX: " + b"x" * 2**20 + b"\r\n", 1), body

    flooded: list[int] = []
    swollen: list[int] = []

    async def scene() -> None:
        server = real_server("5.3.0")
        async with Proxy(server.port) as proxy, Proxy(server.port) as other:
            client = QbtClient(
                ServerConfig("other", other.url, username=server.user), Secrets(password=server.password)
            )
            async with program_on(tmp_path, server, proxy.url) as program, row.watch(program.window):
                proxy.edit = flood
                await until(lambda: len(flooded) > 3, 20)
                await client.connect()
                await client.close()
                proxy.edit = endless
                try_now(program)
                await until(lambda: swollen, 20)
                proxy.edit = as_it_is
                try_now(program)
                row.figure("back after", f"{await seconds_until(lambda: online(program)):.1f} s")
            most = max(map(len, map(cookies_of, proxy.requests)))
            row.figure("most cookies sent", most)
            row.figure("longest head", f"{max(len(request.head) for request in proxy.requests)} B")
            assert 1 < most <= 64
            assert not [c for request in other.requests for c in cookies_of(request) if c.startswith(b"c")]

    run(scene())


def bomb(mib: int) -> bytes:
    """An answer to a poll that is unpacked to so many MiB."""
    packer, piece = zlib.compressobj(1, wbits=31), b"a" * 2**20
    start = packer.compress(b'{"rid": 1, "full_update": true, "torrents": {}, "x": "')
    return start + b"".join(packer.compress(piece) for _ in range(mib)) + packer.compress(b'"}') + packer.flush()


@pytest.mark.real
def test_a17_a_bomb_is_cut_off_and_the_list_stays(run: Run, row: Row, tmp_path: Path, real_server: RealServer) -> None:
    def edit(request: Request, head: bytes, body: bytes) -> tuple[bytes, bytes]:
        if "sync/maindata" not in request.path:
            return head, body
        sent.append(request.path)
        return (
            f"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Encoding: {encoding}\r\n"
            f"Content-Length: {len(packed)}\r\n\r\n".encode(),
            packed,
        )

    small = bomb(40)
    kinds = {
        "one of 300 MiB": ("gzip", bomb(300)),
        "one in another": ("gzip", gzip.compress(small)),
        "packed twice": ("gzip, gzip", gzip.compress(small)),
        "another encoding": ("br", small),
    }
    sent: list[str] = []
    packed, encoding = b"", ""

    async def scene() -> None:
        nonlocal packed, encoding
        server = real_server("5.1.0")
        async with (
            Proxy(server.port) as proxy,
            program_on(tmp_path, server, proxy.url) as program,
            row.watch(program.window),
        ):
            for name, kind in kinds.items():
                encoding, packed = kind
                before = most = resident_mb()
                sent.clear()
                proxy.edit = edit
                while len(sent) < 2:
                    most = max(most, resident_mb())
                    await asyncio.sleep(0.01)
                    if sent:
                        try_now(program)
                proxy.edit = as_it_is
                try_now(program)
                await until(lambda: online(program), 20)
                row.figure(f"memory of {name}", f"{most - before:+.0f} MB")
                assert "rid=0" in sent[1], "what was not applied whole is asked for anew"
                assert len(rows(program)) == 8

    run(scene())


@pytest.mark.real
def test_a18_logins_of_other_kinds_are_never_answered(
    run: Run, row: Row, tmp_path: Path, real_server: RealServer
) -> None:
    async def scene() -> None:
        server = real_server("5.3.0")
        async with Proxy(server.port) as proxy:
            async with program_on(tmp_path, server, proxy.url) as program, row.watch(program.window):
                for scheme in ("Negotiate", "NTLM", 'Digest realm="x", nonce="1", qop="auth"'):
                    head = f"HTTP/1.1 401 Unauthorized\r\nWWW-Authenticate: {scheme}\r\nContent-Length: 0\r\n\r\n"
                    proxy.refusal, before = Refusal(head.encode()), len(proxy.refused)
                    try_now(program)
                    await until(lambda before=before: len(proxy.refused) > before, 20)  # type: ignore[misc]
                    proxy.refusal = None
                    try_now(program)
                    row.figure(f"back after {scheme[:9]}", f"{await seconds_until(lambda: online(program)):.1f} s")
            row.figure("refused", len(proxy.refused))
            everything = b"".join([*proxy.refused, *(r.head for r in proxy.requests)]).lower()
            assert b"authorization:" not in everything
            assert not [each for each in proxy.refused if b"password" in each]

    run(scene())


@pytest.mark.real
def test_a19_the_environment_changes_no_way_and_no_login(
    run: Run, row: Row, tmp_path: Path, real_server: RealServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    keys, netrc = tmp_path / "keys", tmp_path / ".netrc"
    netrc.write_text("machine 127.0.0.1 login evil password evil\ndefault login evil password evil\n")
    netrc.chmod(0o600)
    monkeypatch.setenv("NETRC", str(netrc))
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("SSLKEYLOGFILE", str(keys))
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"):
        monkeypatch.setenv(name, "")
        monkeypatch.delenv("NO_PROXY", raising=False)
        monkeypatch.delenv("no_proxy", raising=False)

    async def scene() -> None:
        server = real_server("5.1.0")
        async with Elsewhere().open() as other, Proxy(server.port) as proxy:
            for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"):
                monkeypatch.setenv(name, f"http://127.0.0.1:{other.port}")
                monkeypatch.setenv(name.lower(), f"http://127.0.0.1:{other.port}")
            async with program_on(tmp_path / "config", server, proxy.url) as program:
                assert online(program)
            with TlsFront(tmp_path, "nas", server.port) as front:
                client = client_at(server, f"https://127.0.0.1:{front.port}", front.pem)
                await client.connect()
                await client.close()
            row.figure("connections to the proxy", other.connections)
            assert (other.connections, keys.exists()) == (0, False)
            assert not [r for r in proxy.requests if b"authorization" in r.head.lower()]

    run(scene())


@pytest.mark.parametrize("where", ["PYTHONPATH", "current folder"])
def test_a19_modules_of_the_caller_are_not_run(tmp_path: Path, where: str) -> None:
    canary = tmp_path / "run"
    for name in ("argparse", "logging", "msgspec"):
        (tmp_path / f"{name}.py").write_text(f"open({str(canary)!r}, 'w')")
    env = dict(os.environ) | ({"PYTHONPATH": str(tmp_path)} if where == "PYTHONPATH" else {})
    script = f"import sys; sys.path.append({str(ROOT)!r}); from qbt_remote.console import main; main()"

    said = subprocess.run(
        [sys.executable, "-c", script, "--version"], cwd=tmp_path, env=env, capture_output=True, text=True, check=True
    )

    assert said.stdout.startswith("qbt-remote ")
    assert not canary.exists()


@pytest.mark.real
@pytest.mark.filterwarnings("ignore:ssl.TLSVersion:DeprecationWarning")
@pytest.mark.parametrize("kind", ["another certificate of the same name", "TLS 1.1", "no TLS any more"])
def test_a20_who_stands_in_between_gets_no_byte_of_http(
    run: Run, row: Row, tmp_path: Path, real_server: RealServer, kind: str
) -> None:
    async def scene() -> None:
        server = real_server("5.1.0")
        async with Elsewhere().open() as other:
            with TlsFront(tmp_path, "nas", server.port) as front:
                pem, port = front.pem, front.port
                client = client_at(server, f"https://127.0.0.1:{port}", pem)
                await client.connect()
                await client.close()
            if kind == "no TLS any more":
                client = client_at(server, f"https://127.0.0.1:{other.port}", pem)
                with pytest.raises(Unreachable):
                    await client.connect()
            else:
                with TlsFront(tmp_path, "nas", other.port, port) as between:
                    if kind == "TLS 1.1":
                        pem = between.pem
                        between.context.set_ciphers("ALL:@SECLEVEL=0")
                        between.context.minimum_version = ssl.TLSVersion.TLSv1
                        between.context.maximum_version = ssl.TLSVersion.TLSv1_1
                    client = client_at(server, f"https://127.0.0.1:{port}", pem)
                    with pytest.raises(Unreachable) as raised:
                        await client.connect()
                    assert isinstance(raised.value, Untrusted) is (kind != "TLS 1.1")
            await client.close()
            row.figure("bytes of HTTP", len(other.received) if kind != "no TLS any more" else 0)
            assert other.received[:1] == (b"\x16" if kind == "no TLS any more" else b"")
            assert b"HTTP" not in other.received

    run(scene())


def test_a20_nothing_older_than_tls_1_2_is_offered(tmp_path: Path) -> None:
    pem, _file = certificate(tmp_path, "nas")
    for config in (ServerConfig("a", "https://a", certificate=pem), ServerConfig("a", "https://a")):
        assert tls.context_for(config).minimum_version == ssl.TLSVersion.TLSv1_2


def client_at(server: Server, url: str, pem: str) -> QbtClient:
    config = ServerConfig("nas", url, username=server.user, certificate=pem, host_header=f"127.0.0.1:{server.port}")
    return QbtClient(config, Secrets(password=server.password))
