"""The process ends whatever hangs: a name look-up, a server, the keyring; and others may start meanwhile."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from qbt_remote.local.settings import ServerConfig, Settings
from qbt_remote.start.single_instance import Instance

SCRIPT = """
import socket, sys, threading

def hang(*_args, **_more):
    print("hangs", flush=True)
    threading.Event().wait()

if sys.argv[1] == "resolver":
    socket.getaddrinfo = hang
elif sys.argv[1] == "keyring":
    import keyring
    keyring.get_keyring = hang

from qbt_remote.__main__ import end, main
end(main(sys.argv[2:]))
"""
LIMIT_S = 30
"""Without an end of its own the process would wait for ever."""


@pytest.fixture
def silent() -> Iterator[socket.socket]:
    """A server that never answers."""
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        server.listen()
        yield server


def started(hangs: str, folder: Path, url: str, *arguments: str) -> subprocess.Popen[str]:
    config = ServerConfig("nas", url, username="me", has_headers=hangs == "keyring")
    Settings(servers=[config]).save(folder / "settings.json")
    command = [sys.executable, "-c", SCRIPT, hangs, "--config", str(folder), *arguments]
    env = os.environ | {"NO_PROXY": "*"}
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, env=env)


@pytest.mark.parametrize("hangs", ["resolver", "server", "keyring"])
def test_a_window_ends_and_gives_its_lock_back_whatever_hangs(
    tmp_path: Path, silent: socket.socket, hangs: str
) -> None:
    url = f"http://127.0.0.1:{silent.getsockname()[1]}" if hangs == "server" else "http://nas.invalid:8080"
    with ExitStack() as stack, started(hangs, tmp_path, url) as process:
        if hangs == "server":
            connection = stack.enter_context(silent.accept()[0])
            connection.recv(1)
        else:
            assert process.stdout
            assert process.stdout.readline().strip() == "hangs"
        process.send_signal(signal.SIGTERM)

        assert process.wait(LIMIT_S) == 0
        instance = Instance(tmp_path)
        assert instance.acquire()
        instance.release()


@pytest.mark.parametrize("hangs", ["resolver", "keyring"])
def test_add_only_ends_with_its_lines_whatever_hangs(tmp_path: Path, hangs: str) -> None:
    magnet = "magnet:?xt=urn:btih:0123456789abcdef0123456789abcdef01234567&dn=Nobody"
    url = "http://nas.invalid:8080" if hangs == "resolver" else "http://127.0.0.1:1"
    with started(hangs, tmp_path, url, "--add-only", "--server", "nas", magnet) as process:
        said, _none = process.communicate(timeout=LIMIT_S)

        assert process.returncode == 1
        assert "server not reached: Nobody" in said
