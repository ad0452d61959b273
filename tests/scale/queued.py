"""What the add queue loses: ``python -m tests.scale.queued [--items N] [--seconds S] [RELEASE...]``.

Torrent files, magnets and bare hashes are put into the queue of a process that is killed over and over (SIGKILL),
while the server is restarted, killed and away for a while.  What the process has acknowledged is not given again.
Printed: how many were lost, are there twice, or have no result, in the end.
"""

from __future__ import annotations

import argparse
import asyncio
import hashlib
import json
import random
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Coroutine
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from qbt_remote.api.adding.add import AddItem, AddOptions
from qbt_remote.api.adding.given import from_paths, from_text
from qbt_remote.api.adding.items import Item, collect
from qbt_remote.api.client import QbtClient
from qbt_remote.local.add_queue import NAME, QueueFile
from qbt_remote.local.settings import Secrets, ServerConfig
from qbt_remote.sync.adding.queue import AddQueue
from qbt_remote.sync.adding.queue_rows import PENDING
from qbt_remote.sync.session import Session
from tests.real.scene import tiny
from tests.real.servers import Server
from tests.real.swarm import client_of

SERVER = "the-server"
_END_S = 240.0
_OPTIONS = AddOptions(stopped=True, category="queued", tags=("one", "two"))


@dataclass
class Outcome:
    """What came of it all; ``kills`` and ``outages`` say what it went through."""

    given: int
    lost: int = 0
    twice: int = 0
    unsaid: int = 0
    strange: int = 0
    """On the server, and never given."""
    kills: int = 0
    outages: int = 0
    states: Counter[str] = field(default_factory=Counter)

    @property
    def is_right(self) -> bool:
        return not (self.lost or self.twice or self.unsaid or self.strange) and set(self.states) == {"done"}


def things(folder: Path, count: int) -> dict[str, str]:
    """Make what is given: by the torrent's hash the path of a file, a magnet or a hash, a third of each."""
    made: dict[str, str] = {}
    for n in range(count):
        if n % 3 == 0:
            sample = tiny(n)
            path = folder / f"{n}.torrent"
            path.write_bytes(sample.torrent)
            made[sample.hash] = str(path)
        else:
            torrent_hash = hashlib.sha1(b"%d" % n).hexdigest()
            made[torrent_hash] = torrent_hash if n % 3 == 1 else f"magnet:?xt=urn:btih:{torrent_hash}&dn=thing%20{n}"
    return made


class Child:
    """The process with the queue."""

    def __init__(self, folder: Path, url: str, password: str) -> None:
        self._command = [sys.executable, "-m", "tests.scale.queued", "--child", str(folder), url, password]
        self._process: subprocess.Popen[str] | None = None

    def start(self) -> None:
        self._process = subprocess.Popen(self._command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def kill(self) -> str:
        """Kill it, and give what it had said meanwhile."""
        assert self._process
        self._process.kill()
        return self._process.communicate()[0]

    def order(self, order: str) -> None:
        assert self._process and self._process.stdin
        self._process.stdin.write(order + "\n")
        self._process.stdin.flush()

    def answer(self) -> str:
        assert self._process and self._process.stdout
        return self._process.stdout.readline()


def run(release: str, *, items: int, seconds: float, seed: int = 1, crashes: bool = True) -> Outcome:
    """Put them in while everything is killed for some seconds, then wait for the results and compare.

    Without ``crashes`` the server is only stopped: one that is killed as soon as it has answered may itself forget.
    """
    chance = random.Random(seed)
    with tempfile.TemporaryDirectory() as folder, Server(release) as server:
        given = things(Path(folder), items)
        outcome = Outcome(items)
        child = Child(Path(folder), server.url, server.password)
        child.start()
        left, end = list(given.values()), time.monotonic() + seconds
        while left or time.monotonic() < end:
            group = left[: chance.randint(1, 60)]
            if group:
                child.order("put " + json.dumps(group))
            in_between = chance.random() < 0.3
            if in_between:
                time.sleep(chance.uniform(0, 0.1))
                kept = _kill(child, outcome)
            else:
                kept = child.answer() if group else ""
            if kept:
                del left[: len(group)]
            time.sleep(chance.uniform(0, 0.5))
            if not in_between and chance.random() < 0.5:
                _kill(child, outcome)
            _disturb(chance, server, outcome, crashes=crashes)
        if not server.running:
            server.start()
        states = _until_all_said(child)
        child.kill()
        outcome.states = Counter(state for _hash, state in states)
        said = Counter(torrent_hash for torrent_hash, _state in states)
        there = Counter(asyncio.run(_listed(server)))
        outcome.lost = len(given.keys() - there.keys())
        outcome.strange = len(there.keys() - given.keys())
        outcome.twice = sum(n - 1 for n in (there + Counter()).values())
        outcome.unsaid = len(given.keys() - said.keys())
        return outcome


def _kill(child: Child, outcome: Outcome) -> str:
    outcome.kills += 1
    said = child.kill()
    child.start()
    return said


def _disturb(chance: random.Random, server: Server, outcome: Outcome, *, crashes: bool) -> None:
    if chance.random() < 0.2:
        outcome.outages += 1
        if server.running:
            (server.kill if crashes and chance.random() < 0.5 else server.stop)()
        else:
            server.start()


def _until_all_said(child: Child) -> list[tuple[str, str]]:
    end = time.monotonic() + _END_S
    while True:
        child.order("states")
        states: list[tuple[str, str]] = json.loads(child.answer())
        if time.monotonic() > end or (states and all(state not in PENDING for _hash, state in states)):
            return states
        time.sleep(0.3)


async def _listed(server: Server) -> list[str]:
    async with client_of(server) as client:
        return [row["hash"] for row in await client.get("torrents/info")]


async def child(folder: Path, url: str, password: str) -> None:
    """Carry out the orders that come on standard input."""

    async def open_client(config: ServerConfig) -> QbtClient:
        return QbtClient(config, Secrets(password=password))

    config = ServerConfig("home", url, username="tester", interval_s=0.5, id=SERVER)
    session = Session(config, open_client)
    tasks: set[asyncio.Task[None]] = set()

    def spawn(work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.ensure_future(work)
        tasks.add(task)
        task.add_done_callback(tasks.discard)

    queue = AddQueue(QueueFile(folder / NAME), {SERVER: session}, spawn)
    await queue.open()
    session.start()
    spawn(queue.work())
    loop = asyncio.get_running_loop()
    while line := await loop.run_in_executor(None, sys.stdin.readline):
        order, _, rest = line.strip().partition(" ")
        if order == "put":
            found = await collect_all(json.loads(rest))
            await queue.put(SERVER, "home", [(item, _OPTIONS) for item in found])
            print("kept", flush=True)
        else:
            rows = [(json.loads(row.item)["hash"], row.state) for row in queue.rows.all.values()]
            print(json.dumps(rows), flush=True)


async def collect_all(texts: list[str]) -> list[AddItem]:
    """Read what was given; all of it is good."""
    paths, links = [t for t in texts if t.startswith("/")], [t for t in texts if not t.startswith("/")]
    found = [*await collect(from_paths(paths)), *await collect(from_text("\n".join(links)))]
    return [item for item in found if isinstance(item, Item)]


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.scale.queued")
    parser.add_argument("releases", nargs="*", default=["4.5.2", "5.3.0"])
    parser.add_argument("--items", type=int, default=1000)
    parser.add_argument("--seconds", type=float, default=60.0)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--child", nargs=3, metavar=("FOLDER", "URL", "PASSWORD"))
    args = parser.parse_args()
    if args.child:
        folder, url, password = args.child
        asyncio.run(child(Path(folder), url, password))
        return
    for release in args.releases:
        print(release, run(release, items=args.items, seconds=args.seconds, seed=args.seed), flush=True)


if __name__ == "__main__":
    main()
