"""Adding with all that the dialog can ask for: chosen files, cookies, merged trackers, on each release."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from qbt_remote.api.adding import wanted_files
from qbt_remote.api.adding.add import AddItem, AddOptions, AddResult, add, fitting
from qbt_remote.api.adding.content import fetch, of_file
from qbt_remote.api.adding.items import Item, from_link
from qbt_remote.api.adding.merging import NONE_NEW, PRIVATE, lacking, merge
from qbt_remote.api.client import QbtClient
from qbt_remote.local.settings import Secrets, ServerConfig
from tests.conftest import Run
from tests.real.scene import Sample, make
from tests.sim.faults import FAILED, LOST, Link
from tests.sim.handler import Handler
from tests.sim.metadata import Metadata
from tests.sim.transport import SimTransport
from tests.sim.world import API, World

HASH = "c" * 40
MAGNET = f"magnet:?xt=urn:btih:{HASH}&dn=a%20%2B%20b"
FILES = (("pack/a.mkv", 700), ("pack/b.mkv", 800), ("pack/c.txt", 9))
FEED = "http://feed.test/get?id=7&name=a%20b"


@dataclass
class Desk:
    world: World
    link: Link
    client: QbtClient

    def calls(self, endpoint: str) -> list[dict[str, str]]:
        return self.link.handler.calls(endpoint)

    def priorities(self, torrent_hash: str) -> list[int]:
        return [row["priority"] for row in self.world.files[torrent_hash]]


Scene = Callable[[Desk], Coroutine[Any, Any, None]]


def play(run: Run, scene: Scene, release: str = "5.3.0") -> None:
    async def whole() -> None:
        link = Link(Handler(World(release)))
        config = ServerConfig("home", "http://home.test:8080", username="admin")
        client = QbtClient(config, Secrets(password="secret"), transport=SimTransport(link))
        await client.connect()
        await scene(Desk(link.handler.world, link, client))
        await client.close()

    run(whole())


def link_item(text: str) -> Item:
    item = from_link(text)
    assert isinstance(item, Item)
    return item


def file_item(sample: Sample) -> AddItem:
    return AddItem("a.torrent", sample.torrent, "", sample.hash, sample.name, (sample.hash,))


@pytest.fixture
def pack(tmp_path: Path) -> Sample:
    return make(tmp_path, "pack", {"a.bin": 20_000, "b.bin": 30_000, "sub/c.bin": 10})


async def add_chosen(desk: Desk, sample: Sample, **more: Any) -> AddResult:
    content = await of_file(sample.torrent)
    sizes = tuple(size for _path, size in content.files)
    return await add(
        desk.client, file_item(sample), AddOptions(file_priorities=(0, 7, 1), file_sizes=sizes, stopped=False, **more)
    )


@pytest.mark.parametrize("release", API)
def test_only_the_chosen_files_of_a_torrent_file_are_wanted(run: Run, pack: Sample, release: str) -> None:
    async def scene(desk: Desk) -> None:
        result = await add_chosen(desk, pack, category="films")

        assert (result.outcome, result.reason) == ("added", "")
        assert desk.priorities(pack.hash) == [0, 7, 1]
        assert desk.world.torrents[pack.hash]["category"] == "films"
        assert desk.world.torrents[pack.hash]["state"] == "stalledDL"

    play(run, scene, release)


def test_before_5_2_nothing_is_downloaded_until_the_files_are_chosen(run: Run, pack: Sample) -> None:
    async def scene(desk: Desk) -> None:
        await add_chosen(desk, pack)

        sent = [name for name, _form in desk.link.handler.log if name.startswith("torrents/")]
        assert desk.calls("torrents/add")[0]["stopped"] == "true"
        assert sent[-3:] == ["torrents/filePrio", "torrents/filePrio", "torrents/start"]

    play(run, scene, "5.1.0")


@pytest.mark.parametrize("fault", [FAILED, LOST])
def test_files_that_could_not_be_chosen_leave_it_stopped_and_are_said(run: Run, pack: Sample, fault: Any) -> None:
    async def scene(desk: Desk) -> None:
        desk.link.plan("torrents/filePrio", fault)

        result = await add_chosen(desk, pack)

        assert (result.outcome, result.reason) == ("added", wanted_files.NOT_CHOSEN)
        assert desk.calls("torrents/start") == []

    play(run, scene, "5.1.0")


def test_a_lost_answer_to_add_does_not_lose_the_choice_of_files(run: Run, pack: Sample) -> None:
    async def scene(desk: Desk) -> None:
        desk.link.plan("torrents/add", LOST)

        result = await add_chosen(desk, pack)

        assert (result.outcome, result.reason) == ("added", "")
        assert desk.priorities(pack.hash) == [0, 7, 1]
        assert desk.world.torrents[pack.hash]["state"] == "stalledDL"

    play(run, scene, "4.2.5")


@pytest.mark.parametrize("source", [MAGNET, FEED])
def test_a_link_is_added_with_the_files_that_the_server_fetched(run: Run, source: str) -> None:
    async def scene(desk: Desk) -> None:
        assert await fetch(desk.client, source) is None
        desk.world.swarm[source] = Metadata(HASH, "pack", FILES, ("http://t.test/announce",))

        content = await fetch(desk.client, source)
        assert content is not None
        assert (content.name, content.size, content.files) == ("pack", 1509, FILES)
        result = await add(desk.client, link_item(source), AddOptions(file_priorities=(1, 0, 6)))

        assert result.outcome == "added"
        assert desk.priorities(HASH) == [1, 0, 6]

    play(run, scene)


def test_a_list_of_files_that_the_server_has_not_got_is_said_and_nothing_is_added(run: Run) -> None:
    async def scene(desk: Desk) -> None:
        result = await add(desk.client, link_item(MAGNET), AddOptions(file_priorities=(1, 0, 6)))

        assert (result.outcome, result.reason) == ("refused", wanted_files.GONE)
        assert desk.world.torrents == {}

    play(run, scene)


@pytest.mark.parametrize(("release", "stop"), [("4.2.5", None), ("4.5.2", "MetadataReceived")])
def test_an_old_server_waits_with_a_magnet_of_which_files_were_chosen(run: Run, release: str, stop: str | None) -> None:
    async def scene(desk: Desk) -> None:
        result = await add(desk.client, link_item(MAGNET), AddOptions(file_priorities=(1, 0, 6)))

        assert (result.outcome, result.reason) == ("added", wanted_files.LATER)
        assert desk.calls("torrents/add")[0].get("stopCondition") == stop

    play(run, scene, release)


ALL = AddOptions(
    stop_condition="FilesChecked",
    use_download_path=True,
    download_path="/incomplete",
    top_of_queue=True,
    ratio_limit=1.5,
    seeding_time_limit=60,
    inactive_seeding_time_limit=30,
    share_limit_action="Remove",
    share_limits_mode="MatchAll",
    category="kept",
)


@pytest.mark.parametrize(
    ("release", "told"),
    [
        ("4.2.5", set()),
        ("4.5.2", {"stopCondition", "useDownloadPath", "downloadPath", "ratioLimit", "seedingTimeLimit"}),
        (
            "5.3.0",
            {
                *("stopCondition", "useDownloadPath", "downloadPath", "ratioLimit", "seedingTimeLimit"),
                *("inactiveSeedingTimeLimit", "shareLimitAction", "shareLimitsMode", "addToTopOfQueue"),
            },
        ),
    ],
)
def test_what_a_server_is_too_old_for_can_be_left_out(run: Run, release: str, told: set[str]) -> None:
    async def scene(desk: Desk) -> None:
        result = await add(desk.client, link_item(MAGNET), fitting(desk.client, ALL))

        assert result.outcome == "added"
        assert desk.calls("torrents/add")[0].keys() - {"urls", "category"} == told

    play(run, scene, release)


@pytest.mark.parametrize("release", ["4.2.5", "4.5.2"])
def test_a_cookie_goes_with_the_link_to_an_older_server(run: Run, release: str) -> None:
    async def scene(desk: Desk) -> None:
        desk.world.swarm[FEED] = Metadata(HASH, "pack", FILES)
        await add(desk.client, link_item(FEED), AddOptions(cookie="uid=1; pass=x"))

        assert desk.calls("torrents/add")[0]["cookie"] == "uid=1; pass=x"
        assert desk.calls("app/setCookies") == []

    play(run, scene, release)


def test_a_cookie_joins_those_that_a_newer_server_has(run: Run) -> None:
    other = {"name": "uid", "domain": "other.test", "path": "/", "value": "grün", "expirationDate": 2_000_000_000}
    brief = {"name": "s", "domain": "feed.test", "path": "/", "value": "1", "expirationDate": -1}
    old = {"name": "uid", "domain": "feed.test", "path": "/", "value": "old", "expirationDate": 2_000_000_000}

    async def scene(desk: Desk) -> None:
        desk.world.cookies = [other | {"value": "grün".encode().decode("latin-1")}, brief, old]
        await add(desk.client, link_item(FEED), AddOptions(cookie="uid=1"))

        kept = {(c["domain"], c["name"]): (c["value"], c["expirationDate"]) for c in desk.world.cookies}
        assert kept[("other.test", "uid")] == ("grün", 2_000_000_000)
        assert kept[("feed.test", "s")] == ("1", -1)
        assert kept[("feed.test", "uid")][0] == "1"
        assert "expirationDate" not in desk.calls("app/setCookies")[0]["cookies"].partition('"s"')[2].partition("}")[0]

        await add(desk.client, link_item(FEED), AddOptions(cookie="uid=1"))
        assert len(desk.calls("app/setCookies")) == 1

    play(run, scene, "5.1.0")


def test_a_magnet_gets_no_cookie(run: Run) -> None:
    async def scene(desk: Desk) -> None:
        await add(desk.client, link_item(MAGNET), AddOptions(cookie="uid=1"))

        assert desk.calls("app/setCookies") == []

    play(run, scene)


ONE, TWO = "http://one.test/announce", "http://two.test/announce"


@pytest.mark.parametrize("release", API)
def test_trackers_that_the_server_lacks_are_merged(run: Run, release: str) -> None:
    async def scene(desk: Desk) -> None:
        desk.world.add("A", HASH, trackers=[ONE])

        lack = await lacking(desk.client, HASH, [ONE, TWO, TWO], private=None)
        await merge(desk.client, lack)

        assert lack.trackers == (TWO,)
        assert HASH in desk.world.trackers[TWO] and HASH in desk.world.trackers[ONE]
        assert (await lacking(desk.client, HASH, [ONE, TWO], private=None)).reason == NONE_NEW

    play(run, scene, release)


@pytest.mark.parametrize(("here", "there"), [(True, True), (None, True)])
def test_a_private_torrent_keeps_its_trackers(run: Run, here: bool | None, there: bool) -> None:
    async def scene(desk: Desk) -> None:
        desk.world.add("A", HASH, trackers=[ONE], private=there)

        lack = await lacking(desk.client, HASH, [TWO], private=here)

        assert (lack.trackers, lack.reason) == ((), PRIVATE)

    play(run, scene)
