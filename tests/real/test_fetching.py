"""What became of a link that the server itself downloads is said: added, there already, or why not."""

from __future__ import annotations

import asyncio
import io
from collections.abc import Iterator
from pathlib import Path

import pytest

from qbt_remote.api.adding.add import AddOptions, AddResult
from qbt_remote.api.adding.items import Item, from_link
from qbt_remote.local.settings import Secrets, ServerConfig, Settings
from qbt_remote.start.add_only import run as add_only
from qbt_remote.start.command_line import Options
from qbt_remote.sync.adding import fetching
from qbt_remote.sync.adding.fetching import SILENT, STILL, add_and_see
from tests.conftest import Run
from tests.real.scene import Sample, make
from tests.real.servers import GENERATIONS, Server, one_of_each
from tests.real.swarm import client_of
from tests.real.web import Web

pytestmark = pytest.mark.real
NOBODY = "http://127.0.0.1:1/x.torrent"
SAYS_WHY = GENERATIONS[2:]
REASONS = {
    "nobody": "The remote server refused the connection",
    "404": "The remote content was not found at the server (404)",
    "500": "Unknown error",
    "page": "expected value (list, dict, int or string) in bencoded string",
    "empty": "unexpected end of file in bencoded string",
    "loop": "Exceeded max redirections (20)",
    "cut": "The remote server closed the connection prematurely, before the entire reply was received and processed",
}
"""What 5.0 and newer say in their log."""
LOADED = {"page", "empty"}
"""Of these 4.5 has a line as well, without the link."""


@pytest.fixture(scope="module")
def servers() -> Iterator[dict[str, Server]]:
    with one_of_each() as made:
        yield made


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fetching, "LONGEST_SILENT_S", 1.0)


def linked(url: str) -> Item:
    item = from_link(url)
    assert isinstance(item, Item)
    return item


@pytest.mark.parametrize("generation", GENERATIONS)
def test_a_failed_download_is_told_with_the_server_s_reason(
    run: Run, servers: dict[str, Server], generation: str, quick: None
) -> None:
    async def scene(web: Web) -> dict[str, AddResult]:
        async with client_of(servers[generation]) as client:
            links = {name: NOBODY if name == "nobody" else f"{web.url}/{name}" for name in REASONS}
            return {name: await add_and_see(client, linked(url), AddOptions()) for name, url in links.items()}

    with Web({}) as web:
        results = run(scene(web))

    for name, result in results.items():
        if generation in SAYS_WHY or (generation == "4.5.2" and name in LOADED):
            assert (result.outcome, result.reason) == ("refused", REASONS[name]), name
        else:
            assert (result.outcome, result.reason) == ("fetching", SILENT), name


@pytest.mark.parametrize("generation", GENERATIONS)
def test_a_download_that_succeeds_is_added_and_known_by_its_id(
    run: Run, servers: dict[str, Server], generation: str, quick: None, tmp_path: Path
) -> None:
    samples = [make(tmp_path, f"{name} of {generation}", {"": 20_000}) for name in ("one", "slow")]

    async def scene(web: Web) -> tuple[list[AddResult], AddResult, list[str]]:
        told: list[str] = []
        async with client_of(servers[generation]) as client:

            async def see(name: str) -> AddResult:
                link = linked(f"{web.url}/{name}")
                return await add_and_see(
                    client, link, AddOptions(stopped=True), told=lambda now: told.append(now.outcome)
                )

            added = [await see("one.torrent"), await see("slow/two.torrent")]
            return added, await see("one.torrent?again"), told

    with Web({"one.torrent": samples[0].torrent, "two.torrent": samples[1].torrent}) as web:
        added, again, told = run(scene(web))

    assert [(r.outcome, r.found) for r in added] == [("added", sample.hash) for sample in samples]
    assert told == ["fetching"] * 3
    assert again.outcome == ("present" if generation in SAYS_WHY else "fetching")
    assert again.found == (samples[0].hash if generation == "5.3.0" else "")


def test_a_download_that_goes_on_for_long_is_said_to_go_on(
    run: Run, servers: dict[str, Server], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fetching, "LONGEST_S", 0.3)
    sample = make(tmp_path, "long", {"": 20_000})

    async def scene(web: Web) -> AddResult:
        async with client_of(servers["5.3.0"]) as client:
            return await add_and_see(client, linked(f"{web.url}/slow/a.torrent"), AddOptions(stopped=True))

    with Web({"a.torrent": sample.torrent}) as web:
        result = run(scene(web))

    assert (result.outcome, result.reason) == ("fetching", STILL)


def stated(server: Server, sample: Sample, *links: str) -> tuple[int, list[str]]:
    out = io.StringIO()
    config = ServerConfig("real", server.url, username=server.user)
    options = Options(items=links, server="real", stopped=True, add_only=True)

    async def secrets(_server: ServerConfig) -> Secrets:
        return Secrets(password=server.password)

    code = asyncio.run(add_only(options, Settings(servers=[config]), secrets, out=out))
    return code, out.getvalue().splitlines()


@pytest.mark.parametrize("generation", ["4.5.2", "5.3.0"])
def test_add_only_exits_with_0_only_if_the_server_has_what_it_fetched(
    servers: dict[str, Server], generation: str, quick: None, tmp_path: Path
) -> None:
    sample = make(tmp_path, f"by itself {generation}", {"": 20_000})

    with Web({"good.torrent": sample.torrent}) as web:
        good = stated(servers[generation], sample, f"{web.url}/good.torrent")
        bad = stated(servers[generation], sample, NOBODY, f"{web.url}/404", f"{web.url}/page")

    assert good == (0, ["added: good.torrent"])
    assert bad[0] == 1
    page = f"refused: page: {REASONS['page']}"
    if generation == "4.5.2":
        assert bad[1] == [f"being fetched: x.torrent: {SILENT}", f"being fetched: 404: {SILENT}", page]
    else:
        assert bad[1] == [f"refused: x.torrent: {REASONS['nobody']}", f"refused: 404: {REASONS['404']}", page]
