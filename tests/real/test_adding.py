"""What is chosen when a torrent is added is what the four real servers then have."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from qbt_remote.api.adding.add import AddItem, AddOptions, add, fitting
from qbt_remote.api.adding.content import FETCH, fetch, give, of_file
from qbt_remote.api.adding.items import Item, from_link
from qbt_remote.api.adding.link_cookies import give_cookies
from qbt_remote.api.adding.merging import PRIVATE, lacking, merge
from qbt_remote.api.client import QbtClient
from qbt_remote.api.errors import Rejected
from qbt_remote.api.folders import LISTING, folders
from qbt_remote.local.settings import Secrets, ServerConfig
from tests.conftest import Run
from tests.real.scene import Sample, make
from tests.real.servers import GENERATIONS, Server, one_of_each
from tests.real.web import Web

KIB = 1024

pytestmark = pytest.mark.real


@pytest.fixture(scope="module")
def servers() -> Iterator[dict[str, Server]]:
    with one_of_each() as made:
        yield made


async def client_of(server: Server) -> QbtClient:
    config = ServerConfig("real", server.url, username="tester")
    client = QbtClient(config, Secrets(password=server.password))
    await client.connect()
    return client


def item_of(sample: Sample) -> AddItem:
    return AddItem("a.torrent", sample.torrent, "", sample.hash, sample.name, (sample.hash, sample.v1))


async def when(client: QbtClient, torrent_hash: str, *, stopped: bool) -> dict[str, Any]:
    """Give the torrent once the server lists it in this state, which it may do 1.5 s late."""
    end = time.monotonic() + 10
    while True:
        for t in await client.get("torrents/info", hashes=[torrent_hash]):
            if not t["state"].startswith("checking") and (t["state"] == "stoppedDL") == stopped:
                return dict(t)
        assert time.monotonic() < end
        await asyncio.sleep(0.05)


@pytest.mark.parametrize("generation", GENERATIONS)
def test_all_choices_arrive(run: Run, servers: dict[str, Server], tmp_path: Path, generation: str) -> None:
    sample = make(
        tmp_path, "pack", {"a.bin": 20_000, "b.bin": 30_000, "sub/c.bin": 10}, trackers=["http://127.0.0.1:9/a"]
    )
    server = servers[generation]
    options = AddOptions(
        category="films",
        tags=("one", "two"),
        save_path=str(server.save_path / "deep"),
        stopped=True,
        content_layout="NoSubfolder",
        dl_limit=100 * KIB,
        up_limit=50 * KIB,
        ratio_limit=1.5,
        seeding_time_limit=60,
        inactive_seeding_time_limit=30,
        share_limit_action="Remove",
        share_limits_mode="MatchAll",
        rename="Another name",
        auto_tmm=False,
        use_download_path=True,
        download_path=str(server.save_path / "half"),
        stop_condition="FilesChecked",
        top_of_queue=True,
        file_priorities=(0, 7, 1),
        file_sizes=(20_000, 30_000, 10),
    )

    async def scene() -> None:
        client = await client_of(server)
        assert [size for _path, size in (await of_file(sample.torrent)).files] == list(options.file_sizes)

        result = await add(client, item_of(sample), fitting(client, options))

        assert (result.outcome, result.reason) == ("added", "")
        t = await when(client, sample.hash, stopped=True)
        files = await client.get("torrents/files", hash=sample.hash)
        assert [file["priority"] for file in files] == [0, 7, 1]
        # 4.2.5 puts what is not wanted into a folder of its own
        assert [file["name"].split("/.unwanted/")[-1] for file in files] == ["a.bin", "b.bin", "sub/c.bin"]
        assert (t["name"], t["category"]) == ("Another name", "films")
        assert set(t["tags"].split(", ")) == {"one", "two"}
        assert t["save_path"].rstrip("/") == options.save_path
        assert (t["dl_limit"], t["up_limit"]) == (100 * KIB, 50 * KIB)
        wanted = {
            "torrents/add:ratioLimit": ("ratio_limit", 1.5),
            "torrents/add:seedingTimeLimit": ("seeding_time_limit", 60),
            "torrents/add:inactiveSeedingTimeLimit": ("inactive_seeding_time_limit", 30),
            "share_limit_action": ("share_limit_action", "Remove"),
            "torrents/add:shareLimitsMode": ("share_limits_mode", "MatchAll"),
        }
        for feature, (field, value) in wanted.items():
            assert not client.has(feature) or t[field] == value, field
        if client.has("torrents/add:downloadPath"):
            assert t["download_path"] == options.download_path
        await client.close()

    run(scene())


def test_files_that_the_server_excludes_are_told_and_can_be_wanted_all_the_same(
    run: Run, servers: dict[str, Server], tmp_path: Path
) -> None:
    async def scene() -> None:
        client = await client_of(servers["5.3.0"])
        rule = {"excluded_file_names_enabled": True, "excluded_file_names": "*.txt"}
        await client.post("app/setPreferences", json=rule)
        try:
            for n, (wanted, shown) in enumerate(
                [((), [1, 0, 1]), ((0, 0, 1), [0, 0, 1]), ((1, 1, 1), [1, 1, 1]), ((7, 0, 6), [7, 0, 6])]
            ):
                sample = make(tmp_path, f"excluded {n}", {"a.bin": 20_000, "b.txt": 30_000, "c.bin": 10})
                assert (await give(client, sample.torrent)).priorities == (1, 0, 1)
                known = await fetch(client, sample.magnet)
                assert known is not None
                assert known.priorities == (1, 0, 1)
                options = AddOptions(stopped=True, file_priorities=wanted, file_sizes=(20_000, 30_000, 10))
                assert (await add(client, item_of(sample), options)).outcome == "added"
                await when(client, sample.hash, stopped=True)
                files = await client.get("torrents/files", hash=sample.hash)
                assert [file["priority"] for file in files] == shown
        finally:
            await client.post("app/setPreferences", json=rule | {"excluded_file_names_enabled": False})
            await client.close()

    run(scene())


@pytest.mark.parametrize("generation", GENERATIONS)
def test_chosen_files_of_a_running_torrent_and_merged_trackers(
    run: Run, servers: dict[str, Server], tmp_path: Path, generation: str
) -> None:
    """The torrent is a hybrid, of which 4.2.5 counts the padding and knows the v1 hash."""
    sample = make(tmp_path, "started", {"a": 20_000, "b": 30_000}, kind="hybrid", trackers=["http://127.0.0.1:9/one"])
    own = sample.v1 if generation == "4.2.5" else sample.hash
    private = make(tmp_path, "private", {"": 20_000}, trackers=["http://127.0.0.1:9/one"], private=True)
    options = AddOptions(stopped=False, file_priorities=(1, 0), file_sizes=(20_000, 30_000))
    two = "http://127.0.0.1:9/two"

    async def scene() -> None:
        client = await client_of(servers[generation])
        assert (await add(client, item_of(sample), options)).outcome == "added"
        assert (await add(client, item_of(private), AddOptions(stopped=False))).outcome == "added"
        await when(client, own, stopped=False)
        files = await client.get("torrents/files", hash=own)
        assert [file["priority"] for file in files if "/.pad/" not in file["name"]] == [1, 0]

        lack = await lacking(client, own, ["http://127.0.0.1:9/one", two], private=False)
        assert lack.trackers == (two,)
        await merge(client, lack)
        assert two in {row["url"] for row in await client.get("torrents/trackers", hash=own)}
        assert (await lacking(client, private.hash, [two], private=None)).reason == PRIVATE
        await client.close()

    run(scene())


@pytest.mark.parametrize("generation", GENERATIONS[2:])
def test_a_new_cookie_joins_the_others_and_folders_are_listed(
    run: Run, servers: dict[str, Server], generation: str
) -> None:
    server = servers[generation]
    (server.save_path / "grün +&%").mkdir(parents=True, exist_ok=True)

    async def scene() -> None:
        client = await client_of(server)
        await give_cookies(client, "http://one.test/x", "a=grün; b=2")
        await give_cookies(client, "http://two.test/x", "a=3")
        await give_cookies(client, "http://one.test/x", "b=4")
        cookies = {(c["domain"], c["name"]): c["value"] for c in await client.get("app/cookies")}
        assert cookies[("one.test", "a")].encode("latin-1").decode() == "grün"
        assert (cookies[("two.test", "a")], cookies[("one.test", "b")]) == ("3", "4")

        assert client.has(LISTING)
        assert str(server.save_path / "grün +&%") in await folders(client, str(server.save_path))
        assert await folders(client, str(server.save_path / "grün +&%")) == []
        await client.close()

    run(scene())


HARD_TO_WRITE = "get?name=a%20b%2Bc&x=%C3%BC"


@pytest.mark.parametrize("generation", GENERATIONS)
def test_a_server_downloads_a_link_with_its_cookie_and_the_chosen_files(
    run: Run, servers: dict[str, Server], tmp_path: Path, generation: str
) -> None:
    sample = make(tmp_path, "linked", {"a.bin": 20_000, "b.bin": 30_000})

    async def scene(web: Web, link: str) -> None:
        client = await client_of(servers[generation])
        item = from_link(link)
        assert isinstance(item, Item)
        options = AddOptions(stopped=True, cookie="uid=1; pass=x")
        if client.has(FETCH):
            await give_cookies(client, link, options.cookie)
            content = await until(lambda: fetch(client, link))
            assert content.files == (("linked/a.bin", 20_000), ("linked/b.bin", 30_000))
            assert len(await client.get_bytes("torrents/saveMetadata", source=link)) > 100
            options = replace(options, file_priorities=(0, 1), file_sizes=(20_000, 30_000))

        # older servers answer before they have the file; what becomes of it is told later
        expected = "added" if client.has(FETCH) else "fetching"
        assert (await add(client, item, options)).outcome == expected

        rows = await until(lambda: client.get("torrents/files", hash=sample.hash))
        assert [row["priority"] for row in rows] == ([0, 1] if client.has(FETCH) else [1, 1])
        assert "uid=1" in web.cookies[0] and "pass=x" in web.cookies[0]
        await client.close()

    with Web({HARD_TO_WRITE: sample.torrent}) as web:
        run(scene(web, f"{web.url}/{HARD_TO_WRITE}"))


async def until(ask: Callable[[], Awaitable[Any]]) -> Any:
    """Ask until there is an answer."""
    end = time.monotonic() + 10
    while True:
        try:
            if found := await ask():
                return found
        except Rejected as error:
            assert error.status == 404
        assert time.monotonic() < end
        await asyncio.sleep(0.05)
