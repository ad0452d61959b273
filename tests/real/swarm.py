"""Two real servers of which one sends a torrent to the other."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from qbt_remote.api.client import QbtClient
from qbt_remote.local.settings import Secrets, ServerConfig
from tests.real.scene import Sample
from tests.real.servers import Server

LIMIT_S = 30.0


@asynccontextmanager
async def client_of(server: Server) -> AsyncIterator[QbtClient]:
    client = QbtClient(ServerConfig("test", server.url, username=server.user), Secrets(password=server.password))
    await client.connect()
    try:
        yield client
    finally:
        await client.close()


async def listed(client: QbtClient, sample: Sample) -> dict[str, Any]:
    """Wait until the server lists the torrent and is through with its start-up check."""
    async with asyncio.timeout(LIMIT_S):
        while True:
            for row in await client.get("torrents/info"):
                if row["name"] == sample.name and not row["state"].startswith("checking"):
                    return dict(row)
            await asyncio.sleep(0.05)


async def join(sample: Sample, content: Path, *, seeder: Server, leecher: Server, limit_bytes_per_s: int) -> str:
    """Give the torrent to both, the content below ``content`` to the first, and introduce them.

    Gives the hash by which the leecher knows it, once it is connected.
    """
    upload = [("0.torrent", sample.torrent)]
    async with client_of(seeder) as giving, client_of(leecher) as taking:
        await giving.post(
            "torrents/add", files=upload, savepath=str(content), seedMode=True, upLimit=limit_bytes_per_s, stopped=False
        )
        await listed(giving, sample)
        await taking.post("torrents/add", files=upload, dlLimit=limit_bytes_per_s, stopped=False)
        known: str = (await listed(taking, sample))["hash"]
        async with asyncio.timeout(LIMIT_S):
            while True:
                await taking.post("torrents/addPeers", hashes=[known], peers=f"127.0.0.1:{seeder.bt_port}")
                for _ in range(20):
                    if (await listed(taking, sample))["num_seeds"]:
                        return known
                    await asyncio.sleep(0.1)
