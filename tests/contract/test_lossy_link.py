"""A link that loses one answer in twenty leaves no trace in the mirror.

Real 5.1.0, the dialect that forgets what an answer held once it was asked for with the same rid again.
While things change the two differ even without loss, since maindata is published late: compared is at rest.
"""

from __future__ import annotations

import asyncio
import json
import random
from collections.abc import AsyncIterator
from typing import Any

from qbt_remote.api.client import QbtClient
from qbt_remote.local.settings import Secrets, ServerConfig
from qbt_remote.sync.decode import maindata
from qbt_remote.sync.mirror import Mirror
from qbt_remote.sync.session import Session
from qbt_remote.sync.torrent import Torrent
from tests.conftest import Run
from tests.contract.matrix import Matrix
from tests.contract.target import until
from tests.real.proxy import Fault, Proxy, Request, never
from tests.real.scene import tiny
from tests.real.servers import Server

TORRENTS = 120
CHANGES: tuple[tuple[str, dict[str, Any]], ...] = (
    ("torrents/setDownloadLimit", {"limit": 100 * 1024}),
    ("torrents/setUploadLimit", {"limit": 200 * 1024}),
    ("torrents/setCategory", {"category": "films"}),
    ("torrents/addTags", {"tags": ["seen"]}),
    ("torrents/addTags", {"tags": ["kept"]}),
    ("torrents/toggleSequentialDownload", {}),
)
POLLS = 500
AHEAD = 8
"""How many changes may run ahead of the polls, as they do while an answer is being lost."""
LOSS = 0.05
REST_S = 2.0
ONLY_OURS = {"server", "tracker_hosts"}


def test_500_polls_with_5_percent_lost_end_with_every_field_right(run: Run, matrix: Matrix) -> None:
    async def case() -> None:
        others = QbtClient(ServerConfig(name="others", url=server.url, username=server.user), secrets)
        await others.connect()
        await _furnish(others)
        async with Proxy(server.port) as proxy:
            config = ServerConfig(name="lossy", url=proxy.url, username=server.user, interval_s=0)
            session = Session(config, lambda config: _opened(QbtClient(config, secrets)))
            session.start()
            await _until(lambda: session.status.phase == "online")

            proxy.fault = _losing(random.Random(1))
            before = _polls(proxy)
            await _change_while_polled(others, session, proxy)
            await _until(lambda: _polls(proxy) - before >= POLLS)
            polls, proxy.fault = _polls(proxy) - before, never

            await asyncio.sleep(REST_S)
            await _until(lambda: session.status.phase == "online")
            what = f"{polls} polls, {proxy.faults} answers lost, {len(CHANGES) * TORRENTS} changes by others"
            matrix.note(f"Lossy link, qBittorrent {server.version}", [what])
            assert await _differences(others, session.mirror) == {}
            await session.stop()
        await others.close()

    with Server("5.1.0", settings={"BitTorrent/Session/RefreshInterval": "100"}) as server:
        secrets = Secrets(password=server.password)
        run(case())


async def _opened(client: QbtClient) -> QbtClient:
    return client


async def _until(condition: Any) -> None:
    async def read() -> bool:
        return bool(condition())

    await until(read, bool)


async def _furnish(others: QbtClient) -> None:
    files = [(f"{n}.torrent", tiny(n, label="lossy").torrent) for n in range(TORRENTS)]
    await others.post("torrents/add", files=files, stopped=True)
    await others.post("torrents/createCategory", category="films", savePath="")
    await until(lambda: others.get("torrents/info"), lambda rows: len(rows) == TORRENTS)


def _losing(chance: random.Random) -> Any:
    def lose(request: Request) -> Fault | None:
        return Fault("lose", after=0.03) if chance.random() < LOSS else None

    return lose


def _polls(proxy: Proxy) -> int:
    return sum(request.path.startswith("/api/v2/sync/maindata") for request in proxy.requests)


async def _change_while_polled(others: QbtClient, session: Session, proxy: Proxy) -> None:
    """Make each change once, spread over the polls: one torrent after the other, its fields in quick succession.

    So a change often comes between an answer that is lost and the next poll, to a torrent that was in that
    answer; and what the mirror misses then no later change brings.
    """
    plan = [(change, n) for n in range(TORRENTS) for change in CHANGES]
    before = _polls(proxy)
    for done, ((endpoint, form), n) in enumerate(plan):
        await others.post(endpoint, hashes=[tiny(n, label="lossy").hash], **form)
        while _polls(proxy) - before < POLLS * (done - AHEAD) / len(plan):
            if session.status.phase == "waiting":
                session.retry_now()
            await asyncio.sleep(0.002)


async def _differences(others: QbtClient, mirror: Mirror) -> dict[str, tuple[Any, Any]]:
    """What the server has and what the mirror has, where the two differ."""
    rows = {row["hash"]: row for row in await others.get("torrents/info")}
    truth = await _read({"rid": 1, "full_update": True, "torrents": rows})
    names = [name for name in Torrent.__struct_fields__ if name not in ONLY_OURS]
    found = {
        f"{hash_} {name}": (getattr(truth.torrents[hash_], name), getattr(mirror.torrents[hash_], name))
        for hash_ in truth.torrents.keys() & mirror.torrents.keys()
        for name in names
        if getattr(truth.torrents[hash_], name) != getattr(mirror.torrents[hash_], name)
    }
    lists = {
        "torrents": (truth.torrents.keys(), mirror.torrents.keys()),
        "categories": (set(await others.get("torrents/categories")), set(mirror.categories)),
        "tags": (set(await others.get("torrents/tags")), mirror.tags),
    }
    return found | {name: pair for name, pair in lists.items() if pair[0] != pair[1]}


async def _read(answer: dict[str, Any]) -> Mirror:
    async def chunks() -> AsyncIterator[bytes]:
        yield json.dumps(answer).encode()

    mirror = Mirror("truth")
    mirror.apply(await maindata(chunks(), "truth"))
    return mirror
