"""Where faults are played: real servers that stay for all rows, and the whole program on them."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from qbt_remote.start.program import Program
from tests.real.scene import Sample, tiny
from tests.real.servers import Server
from tests.ui.conftest import until
from tests.ui.server_stage import without_keyring
from tests.ui.whole_program import fill, rows, running

RealServer = Callable[[str], Server]
QUICK = {"BitTorrent/Session/RefreshInterval": "100"}
"""Torrents are refreshed 10 times a second instead of every 1.5 s."""
INTERVAL_S = 0.25
"""Between polls, instead of 1.5 s: rows wait for several of them."""
SAMPLES = [tiny(number) for number in range(8)]


@pytest.fixture(scope="session")
def real_server() -> Iterator[RealServer]:
    """Give what gives the running server of a version, started when it is first asked for and used by all.

    A row that stops it, changes its settings or its login takes a ``Server`` of its own.
    """
    made: dict[str, Server] = {}

    def of(version: str) -> Server:
        if version not in made:
            made[version] = Server(version, settings=QUICK).start()
        return made[version]

    yield of
    for server in made.values():
        server.remove()


@pytest.fixture(autouse=True)
def kept_out() -> Iterator[None]:
    """No keyring of the person who runs the tests; rows about keyrings put their own in its place."""
    with without_keyring():
        yield


@asynccontextmanager
async def program_on(
    folder: Path, server: Server, url: str = "", samples: list[Sample] = SAMPLES, *, select: int = 2
) -> AsyncIterator[Program]:
    """The whole program on a real server that has these torrents, the first ``select`` rows selected.

    ``url``: where the program finds it, as behind a proxy.
    """
    await fill(server, samples)
    login = ["--server", url or server.url, "--user", server.user, "--password-stdin"]
    async with running(folder, *login, password=server.password) as program:
        await until(lambda: len(rows(program)) == len(samples), 30)
        for session in program.window.feed.sessions.values():
            session.config.interval_s = INTERVAL_S
        model = program.window.model
        program.window.table.select_rows([model.row(number) for number in range(select)])
        yield program
