"""What the files of older servers say, in today's words."""

from __future__ import annotations

import asyncio

import httpx
import pytest

from qbt_remote.api.client import QbtClient
from qbt_remote.local.settings import ServerConfig
from qbt_remote.sync.details.files import Files
from qbt_remote.sync.details.rows import File
from qbt_remote.sync.session import Session
from tests.api.scripted import Scripted, client_of
from tests.conftest import Run


@pytest.mark.parametrize(
    ("api", "app", "normal"),
    [
        ("2.2", "v4.1.7", 1),
        ("2.5.1", "v4.2.5", 1),
        ("2.8.1", "v4.3.4", 1),
        ("2.8.2", "v4.3.5", 1),
        ("2.8.2", "v4.3.9", 1),
        ("2.8.4", "v4.4.0", 4),
    ],
)
def test_normal_priority_is_libtorrents_number_up_to_4_3_9(run: Run, api: str, app: str, normal: int) -> None:
    server = Scripted(api, app)
    rows = [{"index": n, "name": str(n), "priority": priority} for n, priority in enumerate((0, 4, 6, 7))]
    server.answers["torrents/files"] = httpx.Response(200, json=rows)
    server.answers["sync/maindata"] = httpx.Response(200, json={"rid": 1, "full_update": True})

    async def opened(_config: ServerConfig) -> QbtClient:
        return client_of(server)

    async def read() -> list[File]:
        session = Session(ServerConfig("old", "http://old.test", username="admin"), opened)
        session.start()
        while session.client is None:
            await asyncio.sleep(0)
        files = await Files().read(session, "a" * 40)
        await session.stop()
        return files

    assert [file.priority for file in run(read())] == [0, normal, 6, 7]
