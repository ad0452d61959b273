"""A hybrid torrent given by its v1 hash gets another id with its metadata; it stays one row, and selected."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest

from qbt_remote.api.client import QbtClient
from qbt_remote.api.errors import QbtError
from tests.conftest import Run
from tests.real.scene import Sample, make
from tests.real.servers import Server, start_together
from tests.real.swarm import client_of, listed
from tests.ui.conftest import until
from tests.ui.details_drive import general, pick
from tests.ui.whole_program import fill, on, rows, running

pytestmark = pytest.mark.real

WITH_IDS = ("4.5.2", "5.1.0", "5.3.0")
"""Those that know v2 hashes."""


@pytest.fixture(scope="module")
def servers() -> Iterator[dict[str, Server]]:
    made = {generation: Server(generation) for generation in WITH_IDS}
    made["giving"] = Server("5.3.0")
    try:
        start_together(made.values())
        yield made
    finally:
        for server in made.values():
            server.remove()


async def known_by(client: QbtClient, torrent_hash: str) -> bool:
    return bool(await client.get("torrents/info", hashes=[torrent_hash]))


async def introduce(server: Server, taking: QbtClient, sample: Sample, giving: Server) -> None:
    """Tell the one server of the other until it has the metadata, and keep it running for as long as this task does.

    5.1.0 and 5.3.0 themselves now and then end by a fault (SyncController::generateMaindataSyncData) where
    sync/maindata is asked for just as the id changes, whoever asks; then they are started again.
    """
    while True:
        try:
            if await known_by(taking, sample.v1) and not await known_by(taking, sample.hash):
                await taking.post("torrents/addPeers", hashes=[sample.v1], peers=f"127.0.0.1:{giving.bt_port}")
        except QbtError:
            if not server.running:
                await asyncio.to_thread(server.start)
        await asyncio.sleep(0.5)


@pytest.mark.parametrize("generation", WITH_IDS)
def test_the_row_the_selection_and_the_details_follow_a_torrent_to_its_new_id(
    run: Run, tmp_path: Path, servers: dict[str, Server], generation: str
) -> None:
    sample = make(tmp_path / "content", f"pack {generation}", {"a.bin": 90_000, "b.bin": 20_000}, kind="hybrid")
    other = make(tmp_path / "content", "other", {"": 20_000})
    server, giving = servers[generation], servers["giving"]

    async def play() -> None:
        await fill(server, [other])
        async with client_of(server) as client, client_of(giving) as second:
            upload = [("0.torrent", sample.torrent)]
            await second.post(
                "torrents/add", files=upload, savepath=str(tmp_path / "content"), seedMode=True, stopped=False
            )
            await listed(second, sample)
            await client.post("torrents/add", urls=sample.magnet, stopped=False)
            async with running(tmp_path / "one", *on(server), password=server.password) as program:
                window = program.window
                await until(lambda: sorted(rows(program)) == ["other", sample.name])
                await pick(program, sample.name)
                window.details.show_tab("general")
                t = window.table.selected_row()
                assert t.hash == sample.v1

                introducing = asyncio.create_task(introduce(server, client, sample, giving))
                await until(lambda: introducing.done() or t.hash == sample.hash, 90)
                introducing.cancel()
                assert isinstance(
                    (await asyncio.gather(introducing, return_exceptions=True))[0], asyncio.CancelledError
                )
                assert sorted(rows(program)) == ["other", sample.name]
                assert [each.hash for each in window.context().torrents] == [sample.hash]
                assert window.table.selected_row() is window.details.in_view.torrent is t
                assert window.feed.torrents == 2
                await until(lambda: not window.details.note and general(program).value("infohash_v2") == sample.v2)

            async with running(tmp_path / "two", *on(server), password=server.password) as program:
                await until(lambda: sorted(rows(program)) == ["other", sample.name])
                await client.post("torrents/delete", hashes=[sample.hash], deleteFiles=True)
                await until(lambda: rows(program) == ["other"])

    run(play())
