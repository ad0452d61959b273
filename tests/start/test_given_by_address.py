"""A server given by its address alone, by ``--add-only`` against a real one: its login, and its certificate."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import pytest

from qbt_remote.api.tls import fingerprint
from qbt_remote.local.settings import ServerConfig, Settings
from tests.conftest import Run
from tests.real.proxy import Proxy
from tests.real.scene import make
from tests.real.servers import Server, web_key
from tests.start.test_add_only import add_only
from tests.ui.tls_front import TlsFront, certificate

pytestmark = pytest.mark.real


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    with Server("5.3.0", settings={web_key("5.3.0", "HostHeaderValidation"): "false"}) as started:
        yield started


@pytest.fixture
def name(tmp_path: Path, request: pytest.FixtureRequest) -> str:
    """The name of a torrent that is new to the server; its file is a.torrent."""
    sample = make(tmp_path, f"payload of {request.node.name}", {"": 40_000})
    (tmp_path / "a.torrent").write_bytes(sample.torrent)
    return sample.name


def with_login(url: str, user: str, password: str) -> str:
    return url.replace("://", f"://{quote(user, safe='')}:{quote(password, safe='')}@")


def written(folder: Path) -> str:
    return "".join(file.read_text() for file in (folder / "D").rglob("*") if file.is_file())


def test_the_login_in_the_address_is_used_and_never_shown(server: Server, tmp_path: Path, name: str) -> None:
    done = add_only(tmp_path, "--server", with_login(server.url, server.user, server.password), "a.torrent")
    wrong = add_only(tmp_path, "--server", with_login(server.url, server.user, "CANARY/1"), "a.torrent")

    assert (done.stdout, done.stderr, done.returncode) == (f"added: {name}\n", "", 0)
    assert wrong.stdout.startswith(f"refused: {name}: ") and "refused the user name or password" in wrong.stdout
    for secret in ("CANARY", server.password):
        assert secret not in done.stdout + wrong.stdout + wrong.stderr + written(tmp_path)


@pytest.mark.parametrize("keep_gate", [True, False])
def test_one_login_gets_through_the_proxy_and_into_qbittorrent(
    run: Run, server: Server, tmp_path: Path, name: str, keep_gate: bool
) -> None:
    async def scene() -> tuple[str, list[str]]:
        async with Proxy(server.port, gate=f"{server.user}:{server.password}", keep_gate=keep_gate) as proxy:
            url = with_login(proxy.url, server.user, server.password)
            done = await asyncio.to_thread(add_only, tmp_path, "--server", url, "a.torrent")
            return done.stdout, [request.path for request in proxy.requests]

    said, asked = run(scene())

    assert said == f"added: {name}\n"
    assert ("/api/v2/auth/login" in asked) is keep_gate, "from 5.2 on qBittorrent takes it from the proxy's header"


def test_the_proxy_and_qbittorrent_may_have_a_login_each(run: Run, server: Server, tmp_path: Path, name: str) -> None:
    async def scene(*flags: str) -> str:
        async with Proxy(server.port, gate="gate:key to it") as proxy:
            url = with_login(proxy.url, "gate", "key to it")
            arguments = ["--server", url, *flags, "a.torrent"]
            done = await asyncio.to_thread(add_only, tmp_path, *arguments, password=server.password)
            return done.stdout

    both = run(scene("--user", server.user, "--password-stdin"))
    lacking = run(scene("--user", server.user))

    assert both == f"added: {name}\n"
    assert lacking.startswith(f"refused: {name}: No password is known for 127.0.0.1:")


def test_a_login_in_the_settings_file_is_used(server: Server, tmp_path: Path, name: str) -> None:
    (tmp_path / "D").mkdir()
    home = ServerConfig("Home", server.url)
    Settings(servers=[home]).save(tmp_path / "D" / "settings.json")
    file = tmp_path / "D" / "settings.json"
    file.write_text(file.read_text().replace(server.url, with_login(server.url, server.user, server.password)))

    done = add_only(tmp_path, "a.torrent")

    assert (done.stdout, done.stderr) == (f"added: {name}\n", "")


def test_a_certificate_is_trusted_by_its_file_or_its_fingerprint(server: Server, tmp_path: Path, name: str) -> None:
    with TlsFront(tmp_path, "nas", server.port) as front:
        url = with_login(f"https://127.0.0.1:{front.port}", server.user, server.password)
        (tmp_path / "nas.crt").write_bytes(ssl.PEM_cert_to_DER_cert(front.pem))
        shown = fingerprint(front.pem)

        unknown = add_only(tmp_path, "--server", url, "a.torrent")
        first = add_only(tmp_path, "--server", url, "--certificate", "nas.pem", "a.torrent")
        others = [
            add_only(tmp_path, "--server", url, "--certificate", given, "a.torrent")
            for given in ("nas.crt", shown, shown.replace(":", "").lower())
        ]

    assert unknown.stdout.startswith(
        f"server not reached: {name}: The certificate of 127.0.0.1:{front.port} is not trusted"
    )
    assert "it is self-signed" in unknown.stdout
    assert f"--certificate {shown}" in unknown.stdout and "--certificate FILE" in unknown.stdout
    assert (unknown.returncode, len(unknown.stdout.splitlines())) == (1, 1)
    assert (first.stdout, first.returncode) == (f"added: {name}\n", 0)
    assert [done.stdout for done in others] == [f"already there: {name}\n"] * 3


def test_another_certificate_than_the_one_given_is_refused_with_both_shown(
    server: Server, tmp_path: Path, name: str
) -> None:
    old, _file = certificate(tmp_path, "old")
    saved = ServerConfig("Home", "https://127.0.0.1:1", username=server.user, certificate=old)
    with TlsFront(tmp_path, "new", server.port) as front:
        saved.url = f"https://127.0.0.1:{front.port}"
        Settings(servers=[saved]).save(tmp_path / "D" / "settings.json")
        login = ["--server", with_login(saved.url, server.user, server.password), "a.torrent"]

        refused = [add_only(tmp_path, *login), add_only(tmp_path, "--certificate", "old.pem", *login)]
        done = add_only(tmp_path, "--certificate", "new.pem", *login)

    for each in refused:
        assert each.stdout.startswith(f"server not reached: {name}: The certificate of Home is not the one you trusted")
        assert fingerprint(old) in each.stdout and f"--certificate {fingerprint(front.pem)}" in each.stdout
    assert done.stdout == f"added: {name}\n"
    assert fingerprint(front.pem) not in written(tmp_path), "it is for this run"
