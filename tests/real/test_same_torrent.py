"""One torrent in all the forms in which it can be given, and files that only servers can read."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest

from qbt_remote.api.adding.add import NO_V2, AddOptions, AddResult, add
from qbt_remote.api.adding.given import Given, from_text
from qbt_remote.api.adding.items import Item, collect
from qbt_remote.api.adding.merging import lacking, merge
from qbt_remote.api.client import QbtClient
from tests.api.adding.small_torrents import bencode
from tests.conftest import Run
from tests.real.scene import make
from tests.real.servers import GENERATIONS, Server, one_of_each
from tests.real.swarm import client_of

pytestmark = pytest.mark.real
ONE, TWO = "http://127.0.0.1:9/one", "http://127.0.0.1:9/two"


@pytest.fixture(scope="module")
def servers() -> Iterator[dict[str, Server]]:
    with one_of_each() as made:
        yield made


async def given(client: QbtClient, thing: Path | str) -> AddResult:
    (item,) = await collect(Given((thing,)) if isinstance(thing, Path) else from_text(thing))
    assert isinstance(item, Item)
    return await add(client, item, AddOptions(stopped=True))


@pytest.mark.parametrize("generation", GENERATIONS)
@pytest.mark.parametrize("kind", ["v1", "v2", "hybrid"])
def test_what_is_there_is_there_in_every_form(
    run: Run, servers: dict[str, Server], tmp_path: Path, generation: str, kind: str
) -> None:
    sample = make(tmp_path, f"{kind} on {generation}", {"a": 20_000, "b": 30_000}, kind=kind, trackers=[ONE])
    file = tmp_path / "a.torrent"
    file.write_bytes(sample.torrent)
    v1 = [f"magnet:?xt=urn:btih:{sample.v1}&dn=x", sample.v1, sample.v1.upper()] if sample.v1 else []
    v2 = [f"magnet:?xt=urn:btmh:1220{sample.v2}", sample.v2, f"1220{sample.v2}"] if sample.v2 else []
    both = [f"magnet:?xt=urn:btih:{sample.v1}&xt=urn:btmh:1220{sample.v2}"] if v1 and v2 else []

    async def scene() -> None:
        async with client_of(servers[generation]) as client:
            old = not client.has("hybrid")
            first = await given(client, file)
            if old and not v1:
                assert (first.outcome, first.reason) == ("refused", NO_V2)
            else:
                assert first.outcome == "added"
            own = sample.v1 if old else sample.hash
            forms: list[Path | str] = [file, *v1, *both] if v1 else []
            for form in forms:
                again = await given(client, form)
                assert (again.outcome, again.found) == ("present", own), form
            for form in v2:
                again = await given(client, form)
                if old:
                    assert (again.outcome, again.reason) == ("refused", NO_V2), form
                else:
                    assert (again.outcome, again.found) == ("present", own), form
            if v1:
                lack = await lacking(client, own, [ONE, TWO], private=False)
                assert lack.trackers == (TWO,)
                await merge(client, lack)
                assert TWO in {row["url"] for row in await client.get("torrents/trackers", hash=own)}

    run(scene())


def named_alike(count: int) -> bytes:
    """A torrent whose files all have one name: the libtorrent here finds them too many."""
    files = [{b"length": 1, b"path": [b"same"]} for _ in range(count)]
    info = {b"name": b"alike", b"piece length": 16384, b"pieces": b"x" * 20, b"files": files}
    return bencode({b"announce": ONE.encode(), b"info": info})


@pytest.mark.parametrize("generation", GENERATIONS)
def test_the_server_decides_about_files_that_cannot_be_read_here(
    run: Run, servers: dict[str, Server], tmp_path: Path, generation: str
) -> None:
    (tmp_path / "alike.torrent").write_bytes(named_alike(2000))
    refused = {b"name": b"no pieces", b"piece length": 16384, b"length": 100}
    (tmp_path / "bad.torrent").write_bytes(bencode({b"info": refused}))

    async def scene() -> None:
        async with client_of(servers[generation]) as client:
            good = await given(client, tmp_path / "alike.torrent")
            assert (good.outcome, good.item.doubt) == ("added", "too many duplicate filenames")
            async with asyncio.timeout(10):
                while not await client.get("torrents/info", hashes=[good.item.hash]):
                    await asyncio.sleep(0.1)
            assert (await given(client, tmp_path / "alike.torrent")).outcome == "present"

            bad = await given(client, tmp_path / "bad.torrent")
            assert bad.outcome == "refused"
            assert "pieces" in bad.reason

    run(scene())
