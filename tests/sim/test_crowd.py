"""The large world answers as a small one does: a mirror that follows it is the same as the world."""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys

import pytest

from qbt_remote.api.client import QbtClient
from qbt_remote.local.settings import Secrets, ServerConfig
from qbt_remote.sync.decode import maindata
from qbt_remote.sync.mirror import Mirror
from tests.conftest import Run
from tests.sim.crowd import Churn, Crowd, make
from tests.sim.faults import Link
from tests.sim.protocol import sync_for
from tests.sim.server import SimServer

BUSY = Churn(share=0.1, states=0.5, added=5, removed=4, categories=2, tags=2)


def open_client(url: str) -> QbtClient:
    return QbtClient(ServerConfig("crowd", url, auth="none"), Secrets())


@pytest.mark.parametrize("release", ["4.5.2", "5.1.0", "5.3.0"])
def test_a_mirror_follows_a_moving_world(run: Run, release: str) -> None:
    async def story() -> None:
        crowd = Crowd(make(300, release, categories=40, tags=10), BUSY)
        crowd.warm()
        mirror = Mirror("crowd")
        rid: int | str = 0
        async with SimServer(Link(crowd)) as server:
            client = open_client(server.url)
            await client.connect()
            for _poll in range(15):
                async with client.stream("sync/maindata", rid=rid) as chunks:
                    delta = await maindata(chunks, "crowd")
                mirror.apply(delta)
                rid = delta.rid
            await client.close()

        world = crowd.world
        assert {h: (t.name, t.category, t.dlspeed) for h, t in mirror.torrents.items()} == {
            h: (row["name"], row["category"], row["dlspeed"]) for h, row in world.torrents.items()
        }
        assert mirror.categories.keys() == world.categories.keys()
        assert mirror.tags == world.tags.keys()
        assert {u: set(own) for u, own in mirror.trackers.items()} == {u: set(own) for u, own in world.trackers.items()}
        assert len(world.torrents) == 300 + 14 * (5 - 4)

    run(story())


def test_the_answer_that_was_made_before_is_the_one_that_would_be_made() -> None:
    warm, cold = Crowd(make(50)), Crowd(make(50))
    warm.warm()

    asked = [crowd.maindata(sync_for(crowd.world), 0).body for crowd in (warm, cold, warm)]

    assert asked[0] == asked[1] == asked[2]


def test_a_torrent_takes_as_much_room_as_a_real_one() -> None:
    world = make(1000)
    size = len(json.dumps(sync_for(world).answer(0)["torrents"], separators=(",", ":"))) / 1000

    assert 1500 < size < 2000
    assert len(set(map(len, world.torrents.values()))) == 1


def test_it_serves_from_a_process_of_its_own(run: Run) -> None:
    async def story(urls: list[str]) -> list[int]:
        counts = []
        for url in urls:
            client = open_client(url)
            await client.connect()
            async with client.stream("sync/maindata", rid=0) as chunks:
                counts.append(len((await maindata(chunks, "crowd")).torrents))
            await client.close()
        return counts

    command = [sys.executable, "-m", "tests.sim", "--servers", "2", "--count", "20", "--release", "5.1.0"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as sim:
        assert sim.stdout and sim.stdin
        urls = json.loads(sim.stdout.readline())
        counts = run(asyncio.wait_for(story(urls), 20))
        sim.stdin.close()
        assert sim.wait(20) == 0

    assert counts == [20, 20]
