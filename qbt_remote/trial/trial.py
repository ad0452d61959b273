"""A private qBittorrent on loopback for ``--try``, and a second one that seeds to it.

Both run ``qbittorrent-nox`` from PATH with a profile, home, ports and password of their own; nothing
of the user's own qBittorrent is read or written.  They end with the application, also when it is
killed, and their folder is removed; what a killed run left behind, the next trial removes.

Decided here: the payloads are sparse files of zeros, so that every whole piece has the same hash.
A torrent of any size is then made in a millisecond, without hashing and without disk space on the
seeding side, and the transfer is as real as any other.
"""

from __future__ import annotations

import asyncio
import hashlib
import secrets
import shutil
import subprocess
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

from qbt_remote.api.adding.add import AddItem, AddOptions, add
from qbt_remote.api.client import QbtClient
from qbt_remote.local.settings import Secrets, ServerConfig
from qbt_remote.translatable import N
from qbt_remote.trial.private_server import USER, PrivateServer, ask_version, find_program, pbkdf2
from qbt_remote.trial.private_server import TrialUnavailable as TrialUnavailable

if TYPE_CHECKING:
    from qbt_remote.api.client import QbtClient

SERVER_ID = "trial"
_PREFIX = "try-"
_KIB, _MIB = 1024, 1024 * 1024
_PIECE = _MIB
_CONNECT_LIMIT_S = 60.0
_AGAIN_S = 0.5


@dataclass(frozen=True, slots=True)
class Sample:
    """One torrent of the trial.  ``seeded_by``: "other", "us" or "" (nobody, and it is stopped)."""

    name: str
    files: dict[str, int]
    """MiB by path below ``name``; the path "" makes a torrent of one file."""
    seeded_by: str
    limit_bytes_per_s: int = 0
    """How fast the server that does not seed it gets it; 0: it does not want it."""
    category: str = ""
    tags: tuple[str, ...] = ()


SAMPLES = (
    Sample(
        "sample-film-2160p",
        {"sample-film-2160p.mkv": 360, "extras/interview.mkv": 24},
        seeded_by="other",
        limit_bytes_per_s=1536 * _KIB,
        category="Films",
        tags=("sample",),
    ),
    Sample(
        "sample-linux-13-amd64.iso",
        {"": 120},
        seeded_by="other",
        limit_bytes_per_s=384 * _KIB,
        category="Software",
    ),
    Sample(
        "Sample Album (FLAC)",
        {f"{n:02} Track {n}.flac": 16 for n in range(1, 11)},
        seeded_by="us",
        limit_bytes_per_s=256 * _KIB,
        category="Music",
        tags=("lossless", "sample"),
    ),
    Sample("sample-photos.zip", {"": 48}, seeded_by="us", tags=("sample",)),
    Sample(
        "Sample lectures",
        {f"Lecture {n}.mp4": 90 for n in range(1, 9)},
        seeded_by="",
        category="Lectures",
        tags=("later",),
    ),
)


class Trial:
    """The two servers.  ``start``, then ``furnish`` (which may run beside the window), then ``stop``."""

    def __init__(self, below: Path) -> None:
        """``below``: folder in which the trial makes its own; it is created if need be."""
        self._below = below
        self._folder: Path | None = None
        self._lock: IO[bytes] | None = None
        self._secrets = Secrets(password=secrets.token_urlsafe(18))
        self._ours: PrivateServer | None = None
        self._other: PrivateServer | None = None

    async def start(self) -> tuple[ServerConfig, Secrets]:
        """Start both servers and give the address of the one to look at, as soon as it listens.

        Raises TrialUnavailable if qbittorrent-nox is missing, too old or does not start.
        """
        program = find_program()
        try:
            return await self._start(program)
        except (OSError, subprocess.SubprocessError) as error:
            await self.stop()
            raise TrialUnavailable(N("The trial server did not start: {reason}"), reason=error) from error
        except BaseException:
            await self.stop()
            raise

    async def _start(self, program: str) -> tuple[ServerConfig, Secrets]:
        folder, self._lock = await asyncio.to_thread(_own_folder, self._below)
        self._folder = folder
        version = await asyncio.to_thread(ask_version, program, folder)
        password = await asyncio.to_thread(pbkdf2, self._secrets.password)
        self._ours = PrivateServer(program, version, folder / "a", password)
        self._other = PrivateServer(program, version, folder / "b", password)
        self._ours.start()
        self._other.start()
        await self._ours.listening()
        await self._other.listening()
        return _config(self._ours), self._secrets

    async def furnish(self) -> None:
        """Put the sample torrents on both servers and see to it that they find each other.

        Raises QbtError or TimeoutError if a server does not do its part; the servers run on.
        """
        assert self._ours and self._other, "start() comes first"
        ours = _Side(self._ours, QbtClient(_config(self._ours), self._secrets))
        other = _Side(self._other, QbtClient(_config(self._other), self._secrets))
        try:
            await asyncio.gather(ours.client.connect(), other.client.connect())
            await _fill(ours, other)
        finally:
            await ours.client.close()
            await other.client.close()

    async def stop(self) -> None:
        """End both servers at once and remove their folder."""
        # nothing of theirs is kept, so they need no time to save it
        for server in (self._ours, self._other):
            if server:
                await server.stop()
        self._ours = self._other = None
        folder, self._folder = self._folder, None
        if folder:
            await asyncio.to_thread(shutil.rmtree, folder, ignore_errors=True)
        if self._lock:
            self._lock.close()
            self._lock = None


def _config(server: PrivateServer) -> ServerConfig:
    return ServerConfig(name=N("Trial server"), url=server.url, id=SERVER_ID, username=USER)


def torrent(sample: Sample) -> tuple[bytes, str]:
    """Make the .torrent of a sample whose content is all zeros; its bytes and its v1 info-hash."""
    files = [(path, size * _MIB) for path, size in sample.files.items()]
    total = sum(size for _, size in files)
    info: dict[str, object] = {"name": sample.name, "piece length": _PIECE}
    if "" in sample.files:
        info["length"] = total
    else:
        info["files"] = [{"length": size, "path": path.split("/")} for path, size in files]
    info["pieces"] = hashlib.sha1(bytes(_PIECE)).digest() * (total // _PIECE)
    encoded = _bencode(info)
    whole = {"comment": "Made by qbt-remote for its trial: nothing but zeros.", "info": info}
    return _bencode(whole), hashlib.sha1(encoded).hexdigest()


def lay_out(sample: Sample, folder: Path) -> None:
    """Make the sample's files, complete but sparse."""
    for path, size in sample.files.items():
        file = folder / sample.name / path
        file.parent.mkdir(parents=True, exist_ok=True)
        with file.open("wb") as made:
            made.truncate(size * _MIB)


def _bencode(value: object) -> bytes:
    if isinstance(value, int):
        return b"i%de" % value
    if isinstance(value, str):
        value = value.encode()
    if isinstance(value, bytes):
        return b"%d:%s" % (len(value), value)
    if isinstance(value, list):
        return b"l%se" % b"".join(map(_bencode, value))
    assert isinstance(value, dict), value
    return b"d%se" % b"".join(_bencode(k) + _bencode(value[k]) for k in sorted(value))


@dataclass(frozen=True, slots=True)
class _Side:
    """One of the servers, and our connection to it."""

    server: PrivateServer
    client: QbtClient


async def _fill(ours: _Side, other: _Side) -> None:
    theirs = [sample for sample in SAMPLES if sample.seeded_by == "other"]
    own = [sample for sample in SAMPLES if sample.seeded_by == "us"]
    shared = [sample for sample in own if sample.limit_bytes_per_s]
    for category in {sample.category for sample in SAMPLES} - {""}:
        await ours.client.post("torrents/createCategory", category=category, savePath="")
    # seeds first: a peer that does not know the torrent yet is not asked again for a minute
    for sample in theirs:
        await _add(sample, other, seeds=True)
    for sample in own:
        await _add(sample, ours, seeds=True, label=True)
    await asyncio.gather(_loaded(theirs, other), _loaded(own, ours))
    for sample in SAMPLES:
        if sample not in own:
            await _add(sample, ours, label=True)
    for sample in shared:
        await _add(sample, other)
    await asyncio.gather(_meet(theirs, ours, other.server), _meet(shared, other, ours.server))


async def _add(sample: Sample, side: _Side, *, seeds: bool = False, label: bool = False) -> None:
    if seeds:
        lay_out(sample, side.server.downloads)
    data, info_hash = torrent(sample)
    options = AddOptions(
        category=sample.category if label else "",
        tags=sample.tags if label else (),
        stopped=not sample.seeded_by,
        skip_checking=seeds,
        up_limit=sample.limit_bytes_per_s if seeds else 0,
    )
    item = AddItem(source=sample.name, torrent=data, link="", hash=info_hash, name=sample.name)
    result = await add(side.client, item, options)
    if result.error:
        raise result.error


async def _rows(samples: list[Sample], side: _Side) -> list[dict[str, Any]]:
    """What the server says of those that it has taken in completely."""
    found = await side.client.get("torrents/info", hashes=[torrent(sample)[1] for sample in samples])
    return [row for row in found if row["state"] != "checkingResumeData"]


async def _loaded(samples: list[Sample], side: _Side) -> None:
    async with asyncio.timeout(_CONNECT_LIMIT_S):
        while len(await _rows(samples, side)) < len(samples):
            await asyncio.sleep(0.02)


async def _meet(samples: list[Sample], side: _Side, seeder: PrivateServer) -> None:
    """Name the seeder to this side, again and again until it is there: one unlucky try would cost a minute."""
    introduced: dict[str, float] = {}
    lonely, end = len(samples), time.monotonic() + _CONNECT_LIMIT_S
    while lonely and (now := time.monotonic()) < end:
        rows = await _rows(samples, side)
        alone = [row["hash"] for row in rows if not row["num_seeds"] and row["progress"] < 1]
        due = [h for h in alone if now - introduced.get(h, 0.0) > _AGAIN_S]
        if due:
            await side.client.post("torrents/addPeers", hashes=due, peers=f"127.0.0.1:{seeder.bt_port}")
            introduced |= dict.fromkeys(due, now)
        lonely = len(alone) + len(samples) - len(rows)
        await asyncio.sleep(0.05 if len(introduced) < len(samples) else 0.5)


def _own_folder(below: Path) -> tuple[Path, IO[bytes]]:
    """Make a folder that is known by its lock to be in use, and remove those whose owners are gone."""
    import fcntl  # not on Windows, which has no qbittorrent-nox either

    below.mkdir(mode=0o700, parents=True, exist_ok=True)
    for old in below.glob(f"{_PREFIX}*"):
        lock = old / "lock"
        try:
            with lock.open("rb") as held:
                fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:  # in use, or not one of ours
            continue
        shutil.rmtree(old, ignore_errors=True)
    folder = Path(tempfile.mkdtemp(prefix=_PREFIX, dir=below)).absolute()
    made = (folder / "lock").open("wb")
    fcntl.flock(made, fcntl.LOCK_EX)
    return folder, made
