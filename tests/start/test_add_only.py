"""``--add-only`` as a person runs it, against real servers of every generation."""

from __future__ import annotations

import asyncio
import os
import socket
import subprocess
import sys
import urllib.parse
import urllib.request
from collections.abc import Iterator
from http.cookiejar import CookieJar
from pathlib import Path

import pytest

from qbt_remote.local.settings import ServerConfig, Settings
from qbt_remote.start.command_line import Options, UnknownServer
from qbt_remote.start.command_meaning import chosen_server
from tests.conftest import Run
from tests.real.proxy import Proxy, Refusal
from tests.real.scene import Sample, make
from tests.real.servers import GENERATIONS, Server, free_port, web_key

MAGNET = "magnet:?xt=urn:btih:0123456789abcdef0123456789abcdef01234567&dn=Nobody%20has%20this"


class Asked:
    """The server's own list, asked without any code of ours."""

    def __init__(self, server: Server) -> None:
        self._server = server
        self._open = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(CookieJar())).open
        self.post("auth/login", username=server.user, password=server.password)

    def post(self, path: str, **form: str) -> bytes:
        data = urllib.parse.urlencode(form).encode()
        with self._open(f"{self._server.url}/api/v2/{path}", data) as reply:
            return bytes(reply.read())


@pytest.fixture(scope="module", params=GENERATIONS)
def server(request: pytest.FixtureRequest) -> Iterator[Server]:
    with Server(request.param) as started:
        yield started


@pytest.fixture
def sample(tmp_path: Path, request: pytest.FixtureRequest) -> Sample:
    return make(tmp_path, f"payload of {request.node.name}", {"": 40_000})


def add_only(folder: Path, *arguments: str, password: str = "") -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "qbt_remote", "--config", "D", "--add-only", *arguments]
    return subprocess.run(command, cwd=folder, input=f"{password}\n", capture_output=True, text=True, timeout=60)


def login(server: Server) -> list[str]:
    return ["--server", server.url, "--user", server.user, "--password-stdin"]


@pytest.mark.real
def test_each_item_has_its_line_and_is_on_the_server(server: Server, sample: Sample, tmp_path: Path) -> None:
    (tmp_path / "a.torrent").write_bytes(sample.torrent)
    (tmp_path / "broken.torrent").write_bytes(b"\0\1\2")
    magnet = MAGNET.replace("dn=", f"dn={server.version}%20")

    done = add_only(
        tmp_path, *login(server), "--stopped", "a.torrent", "broken.torrent", magnet, password=server.password
    )

    assert done.stdout.splitlines() == [
        f"added: {sample.name}",
        "refused: broken.torrent: This is not a torrent file.",
        f"added: {server.version} Nobody has this",
    ]
    assert (done.returncode, done.stderr) == (1, "")
    listed = Asked(server).post("torrents/info").decode()
    assert sample.v1 in listed
    assert "0123456789abcdef0123456789abcdef01234567" in listed


@pytest.mark.real
def test_the_exit_code_is_0_only_if_every_item_was_added(server: Server, sample: Sample, tmp_path: Path) -> None:
    (tmp_path / "with space.torrent").write_bytes(sample.torrent)
    flags = ["--category", "C", "--save-path", str(server.save_path / "x"), "--stopped", "--sequential", "--first-last"]

    first = add_only(tmp_path, *login(server), *flags, "with space.torrent", password=server.password)
    second = add_only(tmp_path, *login(server), "with space.torrent", password=server.password)

    assert (first.stdout, first.returncode) == (f"added: {sample.name}\n", 0)
    assert (second.stdout, second.returncode) == (f"already there: {sample.name}\n", 1)
    said = Asked(server).post("torrents/properties", hash=sample.hash).decode()
    assert f'"save_path":"{server.save_path}/x' in said.replace("\\/", "/")
    listed = Asked(server).post("torrents/info", hashes=sample.hash, category="C").decode()
    assert '"seq_dl":true' in listed
    assert '"f_l_piece_prio":true' in listed


@pytest.mark.real
def test_a_refused_password_is_said_of_each_item_and_never_shown(
    server: Server, sample: Sample, tmp_path: Path
) -> None:
    (tmp_path / "a.torrent").write_bytes(sample.torrent)

    done = add_only(tmp_path, *login(server), "a.torrent", MAGNET, password="not-the-password")

    lines = done.stdout.splitlines()
    assert len(lines) == 2
    assert all(line.startswith("refused: ") and "password" in line for line in lines)
    assert done.returncode == 1
    everything = done.stdout + done.stderr + "".join(p.read_text() for p in (tmp_path / "D").rglob("*") if p.is_file())
    assert "not-the-password" not in everything


@pytest.mark.real
@pytest.mark.parametrize("password", [None, "wrong"])
def test_an_open_door_needs_no_password(sample: Sample, tmp_path: Path, password: str | None) -> None:
    (tmp_path / "a.torrent").write_bytes(sample.torrent)
    flags = ["--user", "nobody", *([] if password is None else ["--password-stdin"])]

    with Server("5.3.0", settings={web_key("5.3.0", "LocalHostAuth"): "false"}) as lets_in:
        done = add_only(tmp_path, "--server", lets_in.url, *flags, "a.torrent", password=password or "")

    assert (done.stdout, done.returncode) == (f"added: {sample.name}\n", 0)


def test_a_proxy_in_the_way_is_not_a_refusal_of_the_server(run: Run, tmp_path: Path, sample: Sample) -> None:
    (tmp_path / "a.torrent").write_bytes(sample.torrent)

    async def scene() -> subprocess.CompletedProcess[str]:
        with socket.create_server(("127.0.0.1", 0)) as behind:
            async with Proxy(behind.getsockname()[1]) as proxy:
                proxy.refusal = Refusal(b"HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n")
                flags = ["--server", proxy.url, "--user", "u", "--password-stdin", "a.torrent"]
                return await asyncio.to_thread(add_only, tmp_path, *flags, password="secret")

    done = run(scene())

    assert done.stdout.startswith(f"server not reached: {sample.name}: A proxy in front of ")
    assert done.returncode == 1


def test_a_server_that_is_not_there_is_said_of_each_item(tmp_path: Path, sample: Sample) -> None:
    (tmp_path / "a.torrent").write_bytes(sample.torrent)
    url = f"http://127.0.0.1:{free_port()}"

    done = add_only(
        tmp_path, "--server", url, "--user", "u", "--password-stdin", "a.torrent", "missing.torrent", MAGNET
    )

    first, second, third = done.stdout.splitlines()
    assert first.startswith(f"server not reached: {sample.name}: ")
    assert second == "refused: missing.torrent: It cannot be read: No such file or directory."
    assert third.startswith("server not reached: Nobody has this: ")
    assert done.returncode == 1


def test_a_name_that_would_forge_a_line_is_escaped(tmp_path: Path) -> None:
    sample = make(tmp_path, "x", {"": 10})
    (tmp_path / "a.torrent").write_bytes(sample.torrent)
    forged = MAGNET.replace("dn=Nobody", "dn=%0Aadded:%20all%1B%5B2J")

    done = add_only(tmp_path, "--server", f"http://127.0.0.1:{free_port()}", forged)

    assert len(done.stdout.splitlines()) == 1
    assert "\x1b" not in done.stdout


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["x.torrent"], "No server is saved"),
        (["--server", "home", "x.torrent"], "No server is called 'home'."),
        (["--server", "ftp://host", "x.torrent"], "http://"),
        (["--server", "http://host"], "--add-only needs at least one ITEM"),
    ],
)
def test_what_cannot_be_tried_is_said_and_ends_with_2(tmp_path: Path, arguments: list[str], words: str) -> None:
    done = add_only(tmp_path, *arguments)

    assert words in done.stderr
    assert (done.stdout, done.returncode) == ("", 2)


@pytest.mark.parametrize("headers", [False, True])
def test_no_keyring_is_asked_for_a_server_that_has_nothing_there(tmp_path: Path, headers: bool) -> None:
    server = ServerConfig("Home", f"http://127.0.0.1:{free_port()}", auth="none", has_headers=headers)
    Settings(servers=[server]).save(tmp_path / "settings.json")
    code = "import sys; from qbt_remote.__main__ import main; main(sys.argv[1:]); print('keyring' in sys.modules)"
    arguments = ["--config", str(tmp_path), "--add-only", "magnet:?xt=urn:btih:" + "1" * 40]
    env = os.environ | {"PYTHON_KEYRING_BACKEND": "keyring.backends.null.Keyring"}

    done = subprocess.run([sys.executable, "-c", code, *arguments], env=env, capture_output=True, text=True, timeout=60)

    assert done.stdout.startswith("server not reached")
    assert done.stdout.splitlines()[-1] == str(headers)


HOME = ServerConfig("Home", "http://nas:8080", username="me", certificate="PEM")
OTHER = ServerConfig("Other", "http://seedbox/qbt", username="you")
BOTH = [HOME, OTHER]


def test_a_saved_server_is_found_by_name_or_address_with_all_that_is_known_of_it() -> None:
    assert chosen_server(Options(server="home"), BOTH) is HOME
    assert chosen_server(Options(server="nas:8080/"), BOTH) is HOME
    assert chosen_server(Options(server="HTTP://seedbox/qbt/", user="you"), BOTH) is OTHER
    assert chosen_server(Options(), [HOME]) is HOME


def test_another_user_of_a_saved_server_keeps_its_certificate_but_not_its_password() -> None:
    for options in (Options(server="home", user="else"), Options(server="http://nas:8080", user="else")):
        meant = chosen_server(options, BOTH)

        assert (meant.url, meant.username, meant.certificate) == (HOME.url, "else", "PEM")
        assert meant.id != HOME.id


def test_a_certificate_is_not_taken_for_an_address_without_tls() -> None:
    for server in ("me:secret@box", "home"):
        with pytest.raises(UnknownServer, match=r"https://, and this one is http://(box|nas:8080)\."):
            chosen_server(Options(server=server, certificate="AB"), BOTH)


def test_an_address_that_is_not_saved_is_used_as_it_is() -> None:
    meant = chosen_server(Options(server="https://u@box.example:444/x/"), BOTH)

    assert (meant.url, meant.username, meant.auth) == ("https://box.example:444/x", "u", "password")
    assert chosen_server(Options(server="localhost"), BOTH).auth == "none"
    again = chosen_server(Options(server="https://box.example:444/x", user="u"), BOTH)
    assert again.id == meant.id, "what was paused there is found again"


@pytest.mark.parametrize(
    ("server", "servers", "words"),
    [
        ("", BOTH, "'Home', 'Other'"),
        ("hom", BOTH, "Saved are: 'Home', 'Other'."),
        ("home", [HOME, ServerConfig("home", "http://b")], "Several servers"),
        ("http://", BOTH, "address"),
        ("http://:secret@box.example", BOTH, "no user name"),
        ("me:se/cret@box", BOTH, "%2F"),
        ("me@b ox", BOTH, "cannot contain spaces"),
    ],
)
def test_a_server_that_is_not_clear_is_asked_for(server: str, servers: list[ServerConfig], words: str) -> None:
    with pytest.raises(UnknownServer, match=words):
        chosen_server(Options(server=server), servers)
