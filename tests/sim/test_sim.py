"""The simulated server through real sockets and the real client: it answers as the recorded ones do."""

from __future__ import annotations

import random
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from qbt_remote.api.client import QbtClient
from qbt_remote.api.errors import AuthFailed, Rejected, Unreachable
from qbt_remote.local.settings import Secrets, ServerConfig
from qbt_remote.sync.decode import maindata
from qbt_remote.sync.delta import Delta
from tests.conftest import Run
from tests.sim.faults import LOST, Link, cut
from tests.sim.handler import Handler
from tests.sim.protocol import sync_for
from tests.sim.server import SimServer
from tests.sim.world import API, World

RELEASES = list(API)


def linked(release: str = "5.3.0") -> Link:
    return Link(Handler(World(release)))


@asynccontextmanager
async def connected(server: SimServer, password: str = "secret") -> AsyncIterator[QbtClient]:
    client = QbtClient(ServerConfig("sim", server.url, username="admin"), Secrets(password=password))
    try:
        await client.connect()
        yield client
    finally:
        await client.close()


async def polled(client: QbtClient, rid: int | str = 0) -> Delta:
    async with client.stream("sync/maindata", rid=rid) as chunks:
        return await maindata(chunks, "sim")


@pytest.mark.parametrize("release", RELEASES)
def test_the_client_connects_polls_and_commands(run: Run, release: str) -> None:
    async def story() -> None:
        link = linked(release)
        link.handler.world.fill(50)
        made = next(iter(link.handler.world.torrents))
        async with SimServer(link) as server, connected(server) as client:
            assert client.version.app_text == f"v{release}"
            first = await polled(client)
            assert len(first.torrents) == 50

            await client.post("torrents/stop", hashes=[made])
            await client.post("torrents/setDownloadLimit", hashes=[made], limit=5000)
            delta = await polled(client, first.rid)

            assert delta.torrents[made] == {"state": "stoppedDL", "dl_limit": 5000}

    run(story())


def test_a_wrong_password_is_refused_and_five_are_a_ban(run: Run) -> None:
    async def story() -> None:
        async with SimServer(linked()) as server:
            kinds = []
            for _attempt in range(6):
                with pytest.raises(AuthFailed) as error:
                    await connected(server, "wrong").__aenter__()
                kinds.append(error.value.kind)

            assert kinds == ["password"] * 5 + ["banned"]

    run(story())


def test_lost_and_cut_answers_are_seen_as_such(run: Run) -> None:
    async def story() -> None:
        link = linked()
        link.handler.world.fill(500)
        link.plan("sync/maindata", LOST, cut(0.5))
        async with SimServer(link) as server, connected(server) as client:
            for _fault in range(2):
                with pytest.raises(Unreachable) as error:
                    await polled(client)
                assert error.value.sent

            assert len((await polled(client)).torrents) == 500

    run(story())


@pytest.mark.parametrize("release", ["5.1.0", "5.3.0"])
def test_magnets_and_refusals_are_answered_as_that_release_does(run: Run, release: str) -> None:
    async def story() -> None:
        link = linked(release)
        magnet = f"magnet:?xt=urn:btih:{'a' * 40}&dn=some+name"
        async with SimServer(link) as server, connected(server) as client:
            await client.post("torrents/add", urls=magnet, stopped=True, category="new")

            (row,) = link.handler.world.torrents.values()
            assert (row["name"], row["state"], row["category"]) == ("some name", "stoppedDL", "new")
            with pytest.raises(Rejected):
                await client.post("torrents/createCategory", category="new")

    run(story())


@pytest.mark.parametrize(
    ("release", "again"),
    [("4.5.2", {"dl_limit", "up_limit"}), ("5.1.0", {"up_limit"}), ("5.3.0", {"dl_limit", "up_limit"})],
)
def test_what_a_lost_answer_costs_is_as_measured(release: str, again: set[str]) -> None:
    world = World(release)
    made = world.add("one")
    sync = sync_for(world)
    rid = sync.answer(sync.answer(0)["rid"])["rid"]

    world.set(made, dl_limit=5)
    sync.answer(rid)
    world.set(made, up_limit=6)

    assert sync.answer(rid)["torrents"][made].keys() == again


@pytest.mark.parametrize("release", RELEASES)
def test_an_answer_has_the_keys_of_the_recorded_ones(release: str) -> None:
    world = World(release)
    sync = sync_for(world)

    empty, nothing = sync.answer(0), sync.answer(1)

    old = world.api < (2, 9, 2)
    assert {"full_update", "rid", "server_state"} <= empty.keys()
    assert ("torrents" in empty) == old
    assert nothing == {"rid": 2}


@pytest.mark.parametrize(("release", "count"), [("4.2.5", 42), ("4.5.2", 48), ("5.1.0", 56), ("5.3.0", 69)])
def test_a_torrent_has_as_many_fields_as_recorded(release: str, count: int) -> None:
    assert len(World(release).fields) == count


def test_a_large_world_changes_a_little_at_a_time() -> None:
    world = World()
    world.fill(2000)
    sync = sync_for(world)
    rid = sync.answer(0)["rid"]

    world.churn(60, random.Random(1))

    assert len(sync.answer(rid)["torrents"]) == 60
