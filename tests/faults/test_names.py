"""Names of servers that nobody knows, and a resolver that never answers."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from qbt_remote.api import connection
from qbt_remote.local.settings import ServerConfig, Settings
from tests.conftest import Run
from tests.faults.plugin import Row
from tests.faults.watch import seconds_until
from tests.ui.whole_program import running

CONNECT_S = 0.5
"""Instead of five seconds."""


@pytest.fixture(params=["unknown", "hangs"])
def resolver(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    over = threading.Event()

    def unknown(*_args: object, **_more: object) -> None:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    def hangs(*_args: object, **_more: object) -> None:
        over.wait(30)
        raise socket.gaierror(socket.EAI_AGAIN, "Temporary failure in name resolution")

    monkeypatch.setattr(socket, "getaddrinfo", {"unknown": unknown, "hangs": hangs}[request.param])
    monkeypatch.setattr(connection, "CONNECT_S", CONNECT_S)
    yield request.param
    over.set()


def test_f47_a_name_that_leads_nowhere_is_told_and_delays_no_end(
    run: Run, row: Row, tmp_path: Path, resolver: str
) -> None:
    async def scene() -> None:
        saved = ServerConfig("nas", "http://nas.invalid:8080", auth="none", id="nas", has_headers=False)
        async with running(tmp_path, settings=Settings(servers=[saved])) as program:
            async with row.watch(program.window, faults=lambda: program.faults.count):
                feed = program.window.feed
                took = await seconds_until(lambda: feed.sessions and feed.sessions["nas"].status.phase == "waiting")
                row.figure("told after", f"{took:.1f} s, of {CONNECT_S} s instead of 5")
                said = str(feed.sessions["nas"].status.error)
                assert ("cannot be resolved" if resolver == "unknown" else "does not answer") in said, said
            began = time.monotonic()
        row.figure("quit", f"{time.monotonic() - began:.1f} s")
        assert program.window.tasks.doing == []

    run(scene())
