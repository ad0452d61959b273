"""The process ends whatever hangs: a name look-up, a server, the keyring, the desktop, a full disk; and others may
start meanwhile."""

from __future__ import annotations

import asyncio
import os
import queue
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from qbt_remote.local.settings import ServerConfig, Settings
from qbt_remote.start.single_instance import Instance
from tests.sim.faults import Link
from tests.sim.handler import Handler
from tests.sim.server import SimServer
from tests.sim.world import World
from tests.ui.fake_desktop import Desktop

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
elif sys.argv[1] == "disk":
    import resource
    resource.setrlimit(resource.RLIMIT_FSIZE, (512, 512))  # the lock has room, settings and log have not

from qbt_remote.__main__ import end, main
end(main(sys.argv[2:]))
"""
DAEMON = """
from jeepney import HeaderFields, MessageType, message_bus
from jeepney.io.blocking import open_dbus_connection

bus = open_dbus_connection("SESSION")
assert bus.send_and_get_reply(message_bus.RequestName("org.freedesktop.Notifications", 4)).body == (1,)
print("ready", flush=True)
while True:
    message = bus.receive()
    if message.header.message_type is MessageType.method_call:
        print("hangs", flush=True)
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
    auth = "none" if hangs == "daemon" else "password"
    config = ServerConfig("nas", url, username="me", auth=auth, has_headers=hangs == "keyring", interval_s=0.5)
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


def test_a_full_disk_delays_no_end_and_leaves_the_old_settings(tmp_path: Path, silent: socket.socket) -> None:
    url = f"http://127.0.0.1:{silent.getsockname()[1]}"
    with started("disk", tmp_path, url) as process:
        before = (tmp_path / "settings.json").read_bytes()
        with silent.accept()[0] as connection:
            connection.recv(1)
            process.send_signal(signal.SIGTERM)

            assert process.wait(LIMIT_S) == 0
        instance = Instance(tmp_path)
        assert instance.acquire()
        instance.release()
        assert (tmp_path / "settings.json").read_bytes() == before
        assert [path.name for path in tmp_path.glob(".*")] == []


class Finishing(threading.Thread):
    """A server on which one torrent finishes when it is told to."""

    def __init__(self) -> None:
        super().__init__(daemon=True)
        self.world = World("5.3.0")
        self.handler = Handler(self.world, lets_in=True)
        self.made = self.world.add("one", state="downloading", progress=0.5)
        self.url: queue.SimpleQueue[str] = queue.SimpleQueue()
        self._loop = asyncio.new_event_loop()
        self._over = asyncio.Event()

    def run(self) -> None:
        self._loop.run_until_complete(self._serve())
        self._loop.close()

    async def _serve(self) -> None:
        async with SimServer(Link(self.handler)) as server:
            self.url.put(server.url)
            while len(self.handler.polls) < 2:  # the first list tells of nothing that happened
                await asyncio.sleep(0.02)
            self.world.set(self.made, state="uploading", progress=1)
            await self._over.wait()

    def end(self) -> None:
        self._loop.call_soon_threadsafe(self._over.set)
        self.join(LIMIT_S)


@pytest.fixture
def finishing() -> Iterator[Finishing]:
    server = Finishing()
    server.start()
    yield server
    server.end()
    assert not server.is_alive()


@pytest.fixture
def hung_daemon() -> Iterator[subprocess.Popen[str]]:
    """A notification daemon on a bus of its own that takes every call and answers none."""
    desktop = Desktop()
    try:
        with subprocess.Popen([sys.executable, "-c", DAEMON], stdout=subprocess.PIPE, text=True) as daemon:
            assert daemon.stdout and daemon.stdout.readline().strip() == "ready"
            yield daemon
            daemon.kill()
    finally:
        desktop.close()


def test_a_notification_daemon_that_never_answers_delays_no_end(
    tmp_path: Path, finishing: Finishing, hung_daemon: subprocess.Popen[str]
) -> None:
    assert hung_daemon.stdout
    with started("daemon", tmp_path, finishing.url.get(timeout=LIMIT_S)) as process:
        assert hung_daemon.stdout.readline().strip() == "hangs"  # our call has come there
        process.send_signal(signal.SIGTERM)

        assert process.wait(LIMIT_S) == 0
        instance = Instance(tmp_path)
        assert instance.acquire()
        instance.release()


def test_a_tray_that_hangs_delays_no_end(tmp_path: Path, silent: socket.socket) -> None:
    desktop = Desktop()
    try:
        desktop.appear()
        with started("tray", tmp_path, f"http://127.0.0.1:{silent.getsockname()[1]}") as process:
            end = time.monotonic() + LIMIT_S
            while not desktop.items() and time.monotonic() < end:
                time.sleep(0.02)
            assert desktop.items(), "our icon is there"
            desktop.freeze()
            process.send_signal(signal.SIGTERM)

            assert process.wait(LIMIT_S) == 0
            instance = Instance(tmp_path)
            assert instance.acquire()
            instance.release()
    finally:
        desktop.close()


@pytest.mark.parametrize("hangs", ["resolver", "keyring"])
def test_add_only_ends_with_its_lines_whatever_hangs(tmp_path: Path, hangs: str) -> None:
    magnet = "magnet:?xt=urn:btih:0123456789abcdef0123456789abcdef01234567&dn=Nobody"
    url = "http://nas.invalid:8080" if hangs == "resolver" else "http://127.0.0.1:1"
    with started(hangs, tmp_path, url, "--add-only", "--server", "nas", magnet) as process:
        said, _none = process.communicate(timeout=LIMIT_S)

        assert process.returncode == 1
        assert "server not reached: Nobody" in said
