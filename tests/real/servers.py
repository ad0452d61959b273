"""Run a real qbittorrent-nox of any generation on loopback, with a private profile and free ports.

::

    with Server("5.1.0") as server:
        server.url, server.user, server.password, server.api_key, server.save_path

By hand: ``python -m tests.real.servers 5.3.0``.

Quiet and predictable: no DHT, PeX, LSD, UPnP, GeoIP; only the interface ``lo``; queueing off; failed logins
do not ban unless ``settings`` says so.  A server ends with the process that started it.
"""

from __future__ import annotations

import base64
import ctypes
import hashlib
import os
import random
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from types import TracebackType
from typing import Self

from tests.real.fetch import SOURCES, as_tuple, fetch

GENERATIONS = tuple(SOURCES)
USER, PASSWORD = "tester", "a-test-password-1"
API_KEY = "qbt_" + "TestKey0" * 3 + "Test"  # the prefix and exactly 28 characters
START_LIMIT_S = 60.0  # nine start at a time while the other half of the tests runs beside them
STOP_LIMIT_S = 20.0
PR_SET_PDEATHSIG = 1


class Server:
    """One server.  ``settings`` are further lines of its configuration, as "Section/Key": "value"."""

    def __init__(self, generation: str, *, settings: Mapping[str, str] | None = None) -> None:
        self._take(generation)
        self.user, self.password = USER, PASSWORD
        self.api_key = API_KEY if as_tuple(self.version) >= (5, 2) else ""
        self.port, self.bt_port = free_port(), free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        # a short path: the server puts a local socket into its profile, of 107 characters at most
        self.profile = Path(tempfile.mkdtemp(prefix="qbt-"))
        self.save_path = self.profile / "downloads"
        self._settings = dict(settings or {})
        self._process: subprocess.Popen[bytes] | None = None

    def _take(self, generation: str) -> None:
        self.generation = generation
        self._prefix = fetch(generation)
        self.version = self._prefix.version
        """Upstream version that really runs, as "5.3.0"."""
        self.debian = self._prefix.debian

    @property
    def pid(self) -> int:
        assert self._process, "not started"
        return self._process.pid

    @property
    def running(self) -> bool:
        return self._process is not None and self._process.poll() is None

    @property
    def output(self) -> str:
        """What the server has printed."""
        log = self.profile / "output.log"
        return log.read_text(errors="replace") if log.exists() else ""

    def start(self) -> Self:
        """Start and wait until it answers.  A second start goes on with the same profile and ports."""
        self.launch()
        self.wait_until_ready()
        return self

    def launch(self) -> None:
        """Start without waiting.  Only from a thread that stays: the server ends when its starter does."""
        config = self.profile / "qBittorrent/config/qBittorrent.conf"
        if not config.exists():
            for folder in (config.parent, self.save_path, self.profile / "tmp"):
                folder.mkdir(parents=True)
            config.write_text(self._configuration())
        env = {**self._prefix.env, "HOME": str(self.profile), "TMPDIR": str(self.profile / "tmp")}
        with (self.profile / "output.log").open("ab") as output:
            self._process = subprocess.Popen(
                [*self._prefix.command, f"--profile={self.profile}"],
                env=env,
                cwd=self.profile,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                preexec_fn=_end_with_parent,
            )

    def wait_until_ready(self) -> None:
        """Wait until it answers on its port; raises RuntimeError with its output if it does not."""
        end = time.monotonic() + START_LIMIT_S
        while not (_listens(self.pid, self.port) and _answers(self.url)):
            if not self.running or time.monotonic() > end:
                self.kill()
                raise RuntimeError(f"qBittorrent {self.version} does not answer on {self.url}:\n{self.output[-3000:]}")
            time.sleep(0.02)

    def stop(self) -> None:
        """End it as SIGTERM does: resume data and settings are saved."""
        self._end(signal.SIGTERM)

    def kill(self) -> None:
        """End it at once, as a crash does."""
        self._end(signal.SIGKILL)

    def restart(self) -> None:
        """Stop and start on the same profile and ports; sessions are gone, torrents are not."""
        self.stop()
        self.start()

    def replace_by(self, generation: str) -> None:
        """Stop and start as another generation on the same profile and ports, as an upgrade does."""
        self.stop()
        self._take(generation)
        self.start()

    def freeze(self) -> None:
        """Stop answering but keep all connections (SIGSTOP) until ``thaw``."""
        os.kill(self.pid, signal.SIGSTOP)

    def thaw(self) -> None:
        os.kill(self.pid, signal.SIGCONT)

    def wait_for_end(self, limit_s: float = STOP_LIMIT_S) -> int:
        """Give the exit code of a server that was told to shut down."""
        assert self._process
        return self._process.wait(limit_s)

    def remove(self) -> None:
        """Stop it and delete all that it kept."""
        self.stop()
        shutil.rmtree(self.profile)

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.remove()

    def _end(self, with_signal: signal.Signals) -> None:
        if not self.running:
            return
        assert self._process
        self._process.send_signal(with_signal)
        self._process.send_signal(signal.SIGCONT)
        try:
            self._process.wait(STOP_LIMIT_S)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()

    def _configuration(self) -> str:
        groups: dict[str, list[str]] = {}
        for full, value in {**_settings(self), **self._settings}.items():
            section, _, key = full.partition("/")
            groups.setdefault(section, []).append(f"{key.replace('/', chr(92))}={value}\n")
        return "".join(f"[{section}]\n{''.join(lines)}\n" for section, lines in groups.items())


def start_together(servers: Iterable[Server]) -> None:
    """Start several servers in the time of the slowest."""
    started = list(servers)
    for server in started:
        server.launch()
    for server in started:
        server.wait_until_ready()


@contextmanager
def one_of_each() -> Iterator[dict[str, Server]]:
    """Give a running server of every generation; in the end nothing of them is left."""
    made = {generation: Server(generation) for generation in GENERATIONS}
    try:
        start_together(made.values())
        yield made
    finally:
        for server in made.values():
            server.remove()


def web_key(generation: str, key: str) -> str:
    """The configuration key of a WebUI setting: 5.3 moved the group."""
    return f"WebUI/{key}" if as_tuple(generation) >= (5, 3) else f"Preferences/WebUI/{key}"


def session_key(generation: str, key: str, old: str) -> str:
    """The configuration key of a session setting: 4.4 moved most of them from [Preferences]."""
    return f"Preferences/{old}" if as_tuple(generation) < (4, 4) else f"BitTorrent/Session/{key}"


def free_port() -> int:
    """A port nobody has, below those that outgoing connections take: one of them may be gone before it is used."""
    while True:
        port = random.randrange(15_000, 30_000)
        with socket.socket() as probe, suppress(OSError):
            probe.bind(("127.0.0.1", port))
            return port


def _settings(server: Server) -> dict[str, str]:
    web = {
        "Enabled": "true",
        "Address": "127.0.0.1",
        "Port": str(server.port),
        "UseUPnP": "false",
        "Username": server.user,
        "Password_PBKDF2": f'"{_pbkdf2(server.password)}"',
        "LocalHostAuth": "true",
        "MaxAuthenticationFailCount": "1000000",
        "ServerDomains": '"localhost;127.0.0.1"',  # quoted: else ";" begins a comment
    }
    if server.api_key:
        web["APIKey"] = server.api_key
    session = {
        ("DHTEnabled", "Bittorrent/DHT"): "false",
        ("PeXEnabled", "Bittorrent/PeX"): "false",
        ("LSDEnabled", "Bittorrent/LSD"): "false",
        ("Port", "Connection/PortRangeMin"): str(server.bt_port),
        ("Interface", "Connection/Interface"): "lo",
        ("InterfaceName", "Connection/InterfaceName"): "lo",
        ("InterfaceAddress", "Connection/InterfaceAddress"): "127.0.0.1",
        ("DefaultSavePath", "Downloads/SavePath"): str(server.save_path),
        # an accepted legal notice makes the server think it is an old one, whose default is on
        ("QueueingSystemEnabled", "Queueing/QueueingEnabled"): "false",
    }
    return {
        "LegalNotice/Accepted": "true",
        **{web_key(server.version, key): value for key, value in web.items()},
        **{session_key(server.version, key, old): value for (key, old), value in session.items()},
        "Preferences/Connection/UPnP": "false",
        "Network/PortForwardingEnabled": "false",
        "BitTorrent/Session/DHTBootstrapNodes": "",
        "BitTorrent/Session/MultiConnectionsPerIp": "true",  # every peer here is 127.0.0.1
        "BitTorrent/Session/StopTrackerTimeout": "1",
        "Preferences/Connection/ResolvePeerCountries": "false",  # true downloads a database
        "Preferences/General/Locale": "en",
    }


def _pbkdf2(password: str) -> str:
    salt = os.urandom(16)
    key = hashlib.pbkdf2_hmac("sha512", password.encode(), salt, 100_000, 64)
    return f"@ByteArray({base64.b64encode(salt).decode()}:{base64.b64encode(key).decode()})"


def _end_with_parent() -> None:
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)


def _listens(pid: int, port: int) -> bool:
    """Whether this very process has the port: 5.x lives on without its WebUI when another one has it."""
    rows = [line.split() for line in Path("/proc/net/tcp").read_text().splitlines()[1:]]
    inodes = {row[9] for row in rows if row[3] == "0A" and int(row[1].rpartition(":")[2], 16) == port}
    try:
        links = {str(entry.readlink()) for entry in Path(f"/proc/{pid}/fd").iterdir()}
    except FileNotFoundError:  # it ended, or closed a file meanwhile
        return False
    return any(f"socket:[{inode}]" in links for inode in inodes)


def _answers(url: str) -> bool:
    direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        direct.open(f"{url}/api/v2/app/webapiVersion", timeout=5).close()
    except urllib.error.HTTPError as refused:
        with refused:
            return refused.code == 403  # alive, and wants a login
    except OSError:
        return False
    return True


def main() -> None:
    """Run one server until standard input ends, and say how to look at it."""
    with Server(sys.argv[1] if len(sys.argv) > 1 else GENERATIONS[-1]) as server:
        print(f"qBittorrent {server.version}, password {server.password}. Return ends it. To look at it:", flush=True)
        print(f"    .venv/bin/qbt-remote --server {server.url} --user {server.user}", flush=True)
        sys.stdin.readline()


if __name__ == "__main__":
    main()
