"""The servers under contract, started once and together, and the matrix of what was proven."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from typing import Any

import pytest

from tests.conftest import Run
from tests.contract.matrix import Matrix
from tests.contract.target import Target
from tests.real.servers import GENERATIONS, Server, start_together

MATRIX = pytest.StashKey[Matrix]()
QUICK = {"BitTorrent/Session/RefreshInterval": "100"}
"""Torrents are refreshed 10 times a second instead of every 1.5 s, so that effects show at once."""


def pytest_configure(config: pytest.Config) -> None:
    config.stash[MATRIX] = Matrix()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if "tests/contract/" in item.path.as_posix():
            item.add_marker(pytest.mark.real)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    for line in config.stash[MATRIX].report():
        terminalreporter.write_line(line)


@pytest.fixture(scope="session")
def matrix(request: pytest.FixtureRequest) -> Matrix:
    return request.config.stash[MATRIX]


@pytest.fixture(scope="session")
def runner() -> Iterator[asyncio.Runner]:
    """One loop for all cases: the clients live on it."""
    with asyncio.Runner() as runner:
        yield runner


@pytest.fixture
def run(runner: asyncio.Runner) -> Iterator[Run]:
    """Run a coroutine on the loop of the session; nothing new may be left running after the test."""
    errors: list[dict[str, Any]] = []
    loop = runner.get_loop()
    loop.set_exception_handler(lambda _loop, context: errors.append(context))
    before = asyncio.all_tasks(loop)
    yield runner.run
    left = asyncio.all_tasks(loop) - before
    assert not errors, errors
    assert not left, left


@pytest.fixture(scope="session")
def targets(runner: asyncio.Runner, matrix: Matrix) -> Iterator[dict[str, Target]]:
    """Every server, by generation, with a client logged in and two bystanders."""
    servers = [Server(generation, settings=QUICK) for generation in GENERATIONS]
    start_together(servers)
    found = {server.generation: Target(server) for server in servers}
    for target in found.values():
        runner.run(target.open())
        api = ".".join(map(str, target.client.version.api))
        matrix.servers[target.label] = f"qBittorrent {target.version}, Web API {api} (Debian {target.server.debian})"
    yield found
    for target in found.values():
        runner.run(target.close())
    for server in servers:
        server.remove()


@pytest.fixture(params=GENERATIONS)
def target(request: pytest.FixtureRequest, targets: dict[str, Target]) -> Target:
    return targets[request.param]
