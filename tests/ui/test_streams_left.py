"""A body that is not read to its end, on the loop that the program runs on: it is closed, and nothing is printed."""

from __future__ import annotations

import asyncio
import gc
import sys
from contextlib import suppress
from typing import Any

import pytest

from qbt_remote.api.client import QbtClient
from qbt_remote.local.settings import Secrets, ServerConfig
from tests.api.wire_server import Request, qbittorrent, wire_server
from tests.conftest import Run
from tests.ui.conftest import until


async def endless(_request: Request, writer: asyncio.StreamWriter) -> None:
    """Send until the other side has hung up."""
    writer.write(b"HTTP/1.1 200 OK\r\nContent-Type: application/octet-stream\r\nContent-Length: 9999999999\r\n\r\n")
    while True:
        writer.write(b"x" * 65_536)
        await writer.drain()
        await asyncio.sleep(0.005)


@pytest.mark.parametrize("how", ["left", "cancelled while it waits", "cancelled in between"])
def test_a_download_that_is_left_is_closed_and_says_nothing(
    run: Run, monkeypatch: pytest.MonkeyPatch, how: str
) -> None:
    printed: list[Any] = []
    monkeypatch.setattr(sys, "unraisablehook", lambda found: printed.append((found.exc_value, found.object)))
    read = asyncio.Event()

    async def download(client: QbtClient) -> None:
        async with client.stream("torrents/export", hash="a" * 40) as pieces:
            async for _piece in pieces:
                read.set()
                if how == "left":
                    return
                if how == "cancelled in between":
                    await asyncio.sleep(60)

    async def play() -> None:
        async with wire_server(qbittorrent("torrents/export", endless)) as server:
            config = ServerConfig("home", f"http://127.0.0.1:{server.port}", username="me")
            client = QbtClient(config, Secrets(password="right"))
            await client.connect()
            task = asyncio.ensure_future(download(client))
            await read.wait()
            if how != "left":
                task.cancel()
            with suppress(asyncio.CancelledError):
                await task
            gc.collect()
            await until(lambda: server.refused)  # its connection was closed under it
            await client.close()

    run(play())

    assert printed == []
