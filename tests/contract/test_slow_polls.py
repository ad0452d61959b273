"""A command shows soon on every real server although the polls are slow, and what shows stays right.

A proxy holds each answer of ``sync/maindata`` back, so that torrents are read by ``torrents/info`` meanwhile.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from typing import Any

from qbt_remote.api.client import QbtClient
from qbt_remote.api.endpoints import STATES
from qbt_remote.local.settings import ServerConfig
from qbt_remote.sync.decode import one_row
from qbt_remote.sync.polls.looks import SHOWS_WITHIN_S
from qbt_remote.sync.session import Session
from qbt_remote.sync.torrent import Torrent
from tests.conftest import Run
from tests.contract.matrix import Matrix
from tests.contract.target import DRIFTING, Case, Target, until
from tests.real.proxy import Fault, Proxy, Request
from tests.real.scene import Sample, tiny

POLL_S = 1.5
DEAD_TRACKER = "http://127.0.0.1:9/announce"

Holds = Callable[[Torrent], bool]
# by name: the call, its form, and what has to show
COMMANDS: dict[str, tuple[str, dict[str, Any], Holds]] = {
    "start": ("torrents/start", {}, lambda t: not t.state.startswith("stopped")),
    "stop": ("torrents/stop", {}, lambda t: t.state.startswith("stopped")),
    "limit": ("torrents/setUploadLimit", {"limit": 50 * 1024}, lambda t: t.up_limit == 50 * 1024),
    "category": ("torrents/setCategory", {"category": ""}, lambda t: t.category == ""),
    "tags": ("torrents/addTags", {"tags": ["slow"]}, lambda t: t.tags == "slow"),
    "sequential": ("torrents/toggleSequentialDownload", {}, lambda t: t.seq_dl),
    "management": ("torrents/setAutoManagement", {"enable": True}, lambda t: t.auto_tmm),
    "ratio": (
        "torrents/setShareLimits",
        {"ratioLimit": 3, "seedingTimeLimit": 60},
        lambda t: (t.ratio_limit, t.seeding_time_limit) == (3, 60),
    ),
}


def held_back(request: Request) -> Fault | None:
    return Fault("delay", POLL_S) if "/sync/maindata" in request.path else None


async def shown(what: str, holds: Callable[[], bool]) -> float:
    began = time.monotonic()
    while not holds():
        assert time.monotonic() - began < 10, f"{what} does not show"
        await asyncio.sleep(0.01)
    return time.monotonic() - began


async def story(target: Target) -> dict[str, float]:
    """Do all of it on one server; gives how long each command took to show."""
    took: dict[str, float] = {}
    case = Case(target)
    first, other = await case.tiny(category="cut"), await case.tiny()
    async with Proxy(target.server.port, fault=held_back) as proxy:
        config = ServerConfig(target.label, proxy.url, username=target.server.user)

        async def open_client(config: ServerConfig) -> QbtClient:
            return QbtClient(config, target.secrets)

        session = Session(config, open_client)
        session.start()
        torrents, polls = session.mirror.torrents, []  # type: ignore[var-annotated]
        session.on_changes.append(lambda _session, _changes: polls.append(1))
        await shown("the list", lambda: first.hash in torrents and len(polls) > 1)
        for name, (endpoint, form, holds) in COMMANDS.items():
            await session.post(endpoint, hashes=[first.hash], **form)
            took[name] = await shown(name, lambda holds=holds: holds(torrents[first.hash]))  # type: ignore[misc]
        await session.post("torrents/delete", hashes=[other.hash], deleteFiles=False)
        took["delete"] = await shown("delete", lambda: other.hash not in torrents)
        new = case.owns(tiny(10_000 + target.server.port, label="slow"))
        await session.client.post("torrents/add", files=[("0.torrent", new.torrent)], stopped=True)  # type: ignore[union-attr]
        session.poke([new.hash])
        took["add"] = await shown("add", lambda: new.hash in torrents)
        await asyncio.sleep(SHOWS_WITHIN_S)
        seen = len(polls)
        await shown("two polls", lambda: len(polls) >= seen + 2)
        await until(lambda: _differences(target, session, first, new), lambda found: not found)
        assert any("/torrents/info" in request.path for request in proxy.requests)
        await session.stop()
    await case.clean()
    await target.client.post("torrents/removeCategories", categories=["cut"])
    await target.client.post("torrents/deleteTags", tags=["slow"])
    return took


async def _differences(target: Target, session: Session, *samples: Sample) -> dict[str, Any]:
    """Where the mirror is not what the server says."""
    torrents = session.mirror.torrents
    rows = await target.client.get("torrents/info", hashes=[sample.hash for sample in samples])
    return {
        f"{row['hash'][:8]} {name}": (value, getattr(torrents[row["hash"]], name))
        for row in rows
        for name, value in one_row(row).items()
        if name not in DRIFTING and getattr(torrents[row["hash"]], name) != STATES.get(value, value)
    }


def test_commands_show_soon_on_all_servers_however_long_a_poll_takes(
    run: Run, targets: dict[str, Target], matrix: Matrix
) -> None:
    async def all_of_them() -> list[dict[str, float]]:
        return list(await asyncio.gather(*map(story, targets.values())))

    for target, took in zip(targets.values(), run(all_of_them()), strict=True):
        slowest = max(took, key=lambda name: took[name])
        line = f"shown after {took[slowest]:.2f} s at most ({slowest}), with polls of {POLL_S} s"
        matrix.note(f"Slow polls, qBittorrent {target.version}", [line])
        assert set(took) == {*COMMANDS, "delete", "add"}


def test_a_torrent_whose_tracker_fails_is_not_trackerless(run: Run, target: Target) -> None:
    async def one() -> None:
        case = Case(target)
        sample = case.owns(tiny(20_000 + target.server.port, tracker=DEAD_TRACKER))
        await target.add(sample, stopped=False)
        if not target.client.has("trackers"):  # it tells of the one that works only
            await target.until_info(sample, tracker="")
        session = Session(target.config, lambda config: _opened(QbtClient(config, target.secrets)))
        session.start()
        torrents = session.mirror.torrents

        await shown("the list", lambda: sample.hash in torrents)

        assert torrents[sample.hash].tracker_hosts == ("127.0.0.1",)
        await session.stop()
        await case.clean()

    run(one())


async def _opened(client: QbtClient) -> QbtClient:
    return client
