"""The whole program as the command line starts it, on real or simulated servers."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from qbt_remote.api.client import QbtClient
from qbt_remote.local.settings import Secrets, ServerConfig, Settings
from qbt_remote.start import command_line
from qbt_remote.start.program import Program
from qbt_remote.start.single_instance import Instance
from tests.real.scene import Sample
from tests.real.servers import Server


@asynccontextmanager
async def client_of(server: Server) -> AsyncIterator[QbtClient]:
    client = QbtClient(ServerConfig("test", server.url, username=server.user), Secrets(password=server.password))
    await client.connect()
    yield client
    await client.close()


async def fill(server: Server, samples: list[Sample], **form: Any) -> None:
    """Empty the server, put these torrents there, and wait until they are listed."""
    async with client_of(server) as client:
        there = await client.get("torrents/info")
        if there:
            await client.post("torrents/delete", hashes=[row["hash"] for row in there], deleteFiles=True)
        for sample in samples:
            await client.post("torrents/add", files=[("0.torrent", sample.torrent)], stopped=True, **form)
        for _ in range(1200):
            if len(await client.get("torrents/info")) == len(samples):
                return
            await asyncio.sleep(0.05)
        raise AssertionError("the server does not list what was added")


@asynccontextmanager
async def running(folder: Path, *arguments: str, password: str = "", settings: Settings | None = None) -> Any:
    """Run the program as the command line would, until the end of the block."""
    options = command_line.parse(["--config", str(folder), *arguments])
    program = Program(options, folder, settings or Settings(), Instance(folder), password)
    task = asyncio.get_running_loop().create_task(program.run())
    try:
        yield program
    finally:
        program.quit()
        await task


async def received(program: Program, message: dict[str, Any]) -> bool:
    """Let the program take what a second start hands over; whether it was accepted."""
    answer = asyncio.get_running_loop().create_future()
    program.receive(message, answer.set_result)
    return bool(await answer)


def on(server: Server) -> list[str]:
    return ["--server", server.url, "--user", server.user, "--password-stdin"]


def rows(program: Program) -> list[str]:
    model = program.window.model
    column = model.column("name")
    return [model.index(i, column).data() for i in range(model.rowCount())]
