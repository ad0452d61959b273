"""One private qbittorrent-nox on loopback: profile, home, ports and password of its own.

It runs what is on PATH, any version from 4.2 on, and dies with us, also when we are killed.
"""

from __future__ import annotations

import asyncio
import base64
import hashlib
import os
import re
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path

from qbt_remote.translatable import N, SaidError

PROGRAM = "qbittorrent-nox"
OLDEST = (4, 2)
USER = "trial"
_START_LIMIT_S = 20.0


class TrialUnavailable(SaidError):
    """There is no trial server, and why."""


def find_program() -> str:
    """Give the path of qbittorrent-nox.  Raises TrialUnavailable, which says how to install it."""
    if found := shutil.which(PROGRAM):
        return found
    raise TrialUnavailable(
        N("The trial needs {program}, which is not installed. To install it: {command}"),
        program=PROGRAM,
        command=f"sudo apt install {PROGRAM}",
    )


@dataclass(slots=True)
class PrivateServer:
    """One qbittorrent-nox with everything of its own."""

    program: str
    version: tuple[int, ...]
    folder: Path
    password: str
    """As it stands in the configuration."""
    web_port: int = 0
    bt_port: int = 0
    process: subprocess.Popen[bytes] | None = field(default=None, repr=False)

    @property
    def downloads(self) -> Path:
        return self.folder / "downloads"

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.web_port}"

    def start(self) -> None:
        """Start the process, on ports that are free at this moment."""
        self.web_port, self.bt_port = _free_ports()
        settings = self.folder / "qBittorrent" / "config" / "qBittorrent.conf"
        settings.parent.mkdir(parents=True, exist_ok=True)
        self.downloads.mkdir(exist_ok=True)
        (self.folder / "tmp").mkdir(exist_ok=True)
        settings.write_text(configuration(self.version, self.web_port, self.bt_port, self.downloads, self.password))
        with (self.folder / "output.log").open("wb") as output:
            self.process = subprocess.Popen(
                [*_dying_with_us(), self.program, f"--profile={self.folder}"],
                env=_environment(self.folder),
                cwd=self.folder,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    async def listening(self) -> None:
        """Wait until this very process listens on its port; try other ports if somebody else has it.

        From 5.0 on the server lives on without its Web interface if the port is taken.
        """
        for tries_left in (2, 1, 0):
            if await self._listens_soon():
                return
            await self.stop()
            if tries_left:
                self.start()
        raise TrialUnavailable(N("The trial server did not start: {reason}"), reason=self._last_words())

    async def _listens_soon(self) -> bool:
        assert self.process
        end = time.monotonic() + _START_LIMIT_S
        while time.monotonic() < end and self.process.poll() is None:
            if _owns_port(self.process.pid, self.web_port):
                return True
            if "Unable to bind" in self._last_words():
                return False
            await asyncio.sleep(0.01)
        return False

    def _last_words(self) -> str:
        text = (self.folder / "output.log").read_text(errors="replace").strip()
        return text[-300:] or "no output"

    async def stop(self) -> None:
        """Kill it and whatever it started."""
        if self.process is None:
            return
        # the group is gone already if it ended by itself
        if self.process.poll() is None:
            os.killpg(self.process.pid, signal.SIGKILL)
        await asyncio.to_thread(self.process.wait)
        self.process = None


# (until 4.3, from 4.4 on, value); source: the tables of preferences.cpp and session.cpp at the tags
_SESSION = (
    ("Preferences/Bittorrent/DHT", "BitTorrent/Session/DHTEnabled", "false"),
    ("Preferences/Bittorrent/PeX", "BitTorrent/Session/PeXEnabled", "false"),
    ("Preferences/Bittorrent/LSD", "BitTorrent/Session/LSDEnabled", "false"),
    ("Preferences/Connection/UPnP", "Network/PortForwardingEnabled", "false"),
    ("Preferences/Connection/PortRangeMin", "BitTorrent/Session/Port", "{bt_port}"),
    ("Preferences/Connection/Interface", "BitTorrent/Session/Interface", "lo"),
    ("Preferences/Connection/InterfaceName", "BitTorrent/Session/InterfaceName", "lo"),
    ("Preferences/Connection/InterfaceAddress", "BitTorrent/Session/InterfaceAddress", "127.0.0.1"),
    ("Preferences/Downloads/SavePath", "BitTorrent/Session/DefaultSavePath", "{downloads}/"),
    # an accepted legal notice makes the server think of an old user, for whom queueing was on
    ("Preferences/Queueing/QueueingEnabled", "BitTorrent/Session/QueueingSystemEnabled", "false"),
)
_ALWAYS = {
    "LegalNotice/Accepted": "true",
    "BitTorrent/Session/MultiConnectionsPerIp": "true",  # both servers are 127.0.0.1
    "BitTorrent/Session/DHTBootstrapNodes": "",
    "BitTorrent/Session/BTProtocol": "TCP",  # a first try over µTP is often lost, which costs 15 s
    "BitTorrent/Session/RefreshInterval": "250",  # at the usual 1500 ms a transfer shows a second late
    "BitTorrent/Session/StopTrackerTimeout": "1",
    "Preferences/Connection/ResolvePeerCountries": "false",  # true downloads a database
    "Preferences/General/Locale": "en",
}
_WEB = {
    "Enabled": "true",
    "Address": "127.0.0.1",
    "Port": "{web_port}",
    "UseUPnP": "false",
    "Username": USER,
    "Password_PBKDF2": '"{password}"',
    "LocalHostAuth": "true",
}


def configuration(version: tuple[int, ...], web_port: int, bt_port: int, downloads: Path, password: str) -> str:
    """Write the text of ``qBittorrent.conf`` in the words of this version."""
    web = "WebUI/" if version >= (5, 3) else "Preferences/WebUI/"  # 5.3 moved the whole group
    values = {web + key: value for key, value in _WEB.items()} | _ALWAYS
    values |= {(old if version < (4, 4) else new): value for old, new, value in _SESSION}
    parts = {"web_port": web_port, "bt_port": bt_port, "downloads": downloads, "password": password}
    sections: dict[str, list[str]] = {}
    for key, value in values.items():
        section, _, name = key.partition("/")
        sections.setdefault(section, []).append(f"{name.replace('/', chr(92))}={value.format(**parts)}")
    return "\n".join("\n".join([f"[{section}]", *lines, ""]) for section, lines in sections.items())


def ask_version(program: str, folder: Path) -> tuple[int, ...]:
    """Ask the program, which reads no profile for this.  Raises TrialUnavailable if it is too old."""
    answer = subprocess.run(
        [program, "--version"],
        env=_environment(folder),
        cwd=folder,  # where it leaves a lock file while its own folder for such things is not made yet
        capture_output=True,
        text=True,
        timeout=20,
        check=False,
    )
    found = re.search(r"v(\d+(?:\.\d+)+)", answer.stdout)
    if found is None:
        reason = (answer.stdout + answer.stderr).strip()[-300:] or f"{program}: {answer.returncode}"
        raise TrialUnavailable(N("The trial server did not start: {reason}"), reason=reason)
    version = tuple(map(int, found[1].split(".")))
    if version < OLDEST:
        raise TrialUnavailable(
            N("The trial needs {program} {oldest} or newer; {found} is installed."),
            program=PROGRAM,
            oldest=".".join(map(str, OLDEST)),
            found=found[1],
        )
    return version


def _environment(folder: Path) -> dict[str, str]:
    """Nothing of the user's but PATH and the time zone, so that no file or proxy of theirs is found."""
    kept = {name: os.environ[name] for name in ("PATH", "TZ") if name in os.environ}
    own = {"HOME": ".", "XDG_CONFIG_HOME": ".config", "XDG_DATA_HOME": ".data", "XDG_CACHE_HOME": ".cache"}
    return (
        kept
        | {name: str(folder / path) for name, path in own.items()}
        | {"TMPDIR": str(folder / "tmp"), "LC_ALL": "C.UTF-8"}  # with C, 4.x does not find names beyond ASCII
    )


def _dying_with_us() -> list[str]:
    """Words before a command that make the kernel kill it when we are gone (PR_SET_PDEATHSIG).

    A ``preexec_fn`` would do the same, but may deadlock in a program with threads.
    """
    setpriv = shutil.which("setpriv") if sys.platform == "linux" else None
    return [setpriv, "--pdeathsig", "KILL"] if setpriv else []


def pbkdf2(password: str) -> str:
    """Hash as every version since 4.1 keeps it; takes some 80 ms."""
    salt = secrets.token_bytes(16)
    key = hashlib.pbkdf2_hmac("sha512", password.encode(), salt, 100_000, 64)
    return f"@ByteArray({base64.b64encode(salt).decode()}:{base64.b64encode(key).decode()})"


def _free_ports() -> tuple[int, int]:
    with socket.socket() as one, socket.socket() as two:
        one.bind(("127.0.0.1", 0))
        two.bind(("127.0.0.1", 0))
        return one.getsockname()[1], two.getsockname()[1]


def _owns_port(session: int, port: int) -> bool:
    """Tell whether a process of this session listens on the port; elsewhere than on Linux: whether anybody does."""
    tables = [Path("/proc/net/tcp"), Path("/proc/net/tcp6")]
    if not tables[0].exists():
        with socket.socket() as probe:
            return probe.connect_ex(("127.0.0.1", port)) == 0
    rows = [line.split() for table in tables if table.exists() for line in table.read_text().splitlines()[1:]]
    listening = {f"socket:[{row[9]}]" for row in rows if row[3] == "0A" and int(row[1].rpartition(":")[2], 16) == port}
    return any(listening & _open_files(pid) for pid in _processes(session)) if listening else False


def _processes(session: int) -> list[int]:
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdecimal():
            try:
                if os.getsid(int(entry.name)) == session:
                    found.append(int(entry.name))
            except OSError:  # ended meanwhile
                continue
    return found


def _open_files(pid: int) -> set[str]:
    try:
        return {str(fd.readlink()) for fd in Path(f"/proc/{pid}/fd").iterdir()}
    except OSError:  # a file was closed meanwhile; asked again soon
        return set()
