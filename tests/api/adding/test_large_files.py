"""Large .torrent files, and what is said of those with more files than can be listed."""

from __future__ import annotations

import asyncio
import hashlib
from pathlib import Path

import pytest

from qbt_remote.api.adding import metainfo
from qbt_remote.api.adding.add import AddOptions, add
from qbt_remote.api.adding.content import of_file
from qbt_remote.api.adding.given import from_paths
from qbt_remote.api.adding.items import Item, collect
from qbt_remote.api.client import QbtClient
from qbt_remote.local.settings import Secrets, ServerConfig
from tests.scale.large import padded_torrent, torrent_of_many
from tests.sim.faults import Link
from tests.sim.handler import Handler, Reply, Request
from tests.sim.server import SimServer
from tests.sim.world import World

LARGE = 3 * 2**20


class Taking(Handler):
    """Keeps what was uploaded, byte for byte."""

    def __init__(self) -> None:
        super().__init__(World("5.3.0"), lets_in=True)
        self.bodies: list[bytes] = []

    def answer(self, request: Request) -> Reply:
        if request.endpoint == "torrents/add":
            self.bodies.append(request.body)
        return super().answer(request)


def test_a_large_file_is_read_in_another_process_and_sent_as_it_is(tmp_path: Path) -> None:
    torrent = padded_torrent(LARGE)
    (tmp_path / "large.torrent").write_bytes(torrent)
    handler = Taking()

    async def play() -> Item:
        (item,) = await collect(from_paths([tmp_path / "large.torrent"]))
        assert isinstance(item, Item)
        async with SimServer(Link(handler)) as server:
            client = QbtClient(ServerConfig("home", server.url), Secrets())
            await client.connect()
            await add(client, item, AddOptions())
            await client.close()
        return item

    item = asyncio.run(play())

    info = torrent[torrent.index(b"4:info") + 6 : -1]
    assert item.hash == hashlib.sha1(info).hexdigest()
    assert item.torrent == torrent
    assert [torrent in body for body in handler.bodies] == [True]


@pytest.mark.parametrize("count", [2000, 20_000])
def test_the_files_of_a_torrent_are_the_same_from_here_and_from_another_process(count: int) -> None:
    content = asyncio.run(of_file(torrent_of_many(count)))

    assert len(content.files) == count
    assert content.files[0] == ("many/0000/0000000.bin", 16)
    assert content.files[-1] == (f"many/{(count - 1) // 1000:04d}/{count - 1:07d}.bin", 16)
    assert (content.size, content.unlisted) == (16 * count, 0)


def test_of_more_files_than_can_be_listed_only_the_number_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(metainfo, "MOST_FILES", 1999)

    content = asyncio.run(of_file(torrent_of_many(2000)))

    assert (content.files, content.size, content.unlisted) == ((), 16 * 2000, 2000)
