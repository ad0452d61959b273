"""torrents/*: what only reads."""

from __future__ import annotations

import hashlib
from typing import Any

import pytest

from qbt_remote.api.errors import Rejected
from tests.contract.operations.table import operation
from tests.contract.target import Case
from tests.real.scene import CREATED, PIECE

NOWHERE = "http://127.0.0.1:9"
UNKNOWN = "0" * 40


@operation("torrents/info")
async def info_lists_filters_and_sorts(case: Case) -> None:
    first, second = await case.tiny(), await case.whole(stopped=False)

    async def hashes(**query: Any) -> set[str]:
        return {row["hash"] for row in await case.client.get("torrents/info", **query)}

    assert await hashes() == {first.hash, second.hash, *case.target.bystanders}
    assert await hashes(hashes=[second.hash]) == {second.hash}
    assert await hashes(filter="stopped") == {first.hash, *case.target.bystanders}
    assert await hashes(filter="running") == {second.hash}
    assert len(await hashes(limit=1, sort="name")) == 1
    row = await case.target.info(second)
    assert (row["name"], row["size"], row["progress"]) == (second.name, 40_000, 1)


@operation("torrents/properties")
async def properties_describe_the_torrent(case: Case) -> None:
    sample = await case.whole(comment="Made for a test")

    properties = await case.client.get("torrents/properties", hash=sample.hash)

    wanted = {
        "total_size": 40_000,
        "piece_size": PIECE,
        "pieces_num": 3,
        "pieces_have": 3,
        "comment": "Made for a test",
        "created_by": "tests",
        "creation_date": CREATED,
    }
    assert {key: properties[key] for key in wanted} == wanted
    assert properties["save_path"].rstrip("/") == str(case.target.server.save_path)


@operation("torrents/trackers")
async def trackers_have_addresses_and_numbers_for_states(case: Case) -> None:
    sample = await case.whole(trackers=[f"{NOWHERE}/one", f"{NOWHERE}/two"])

    rows = await case.client.get("torrents/trackers", hash=sample.hash)

    assert [row["url"] for row in rows[:3]] == ["** [DHT] **", "** [PeX] **", "** [LSD] **"]
    assert [(row["url"], row["tier"]) for row in rows[3:]] == [(f"{NOWHERE}/one", 0), (f"{NOWHERE}/two", 1)]
    assert all(isinstance(row["status"], int) and isinstance(row["tier"], int) for row in rows)


@operation("torrents/webseeds")
async def web_seeds_have_addresses(case: Case) -> None:
    sample = await case.whole(web_seeds=[f"{NOWHERE}/a/", f"{NOWHERE}/b/"])

    rows = await case.client.get("torrents/webseeds", hash=sample.hash)

    assert sorted(row["url"] for row in rows) == [f"{NOWHERE}/a/", f"{NOWHERE}/b/"]


@operation("torrents/files")
async def files_have_names_sizes_and_numbers(case: Case) -> None:
    sample = await case.whole({"ünï/öne.bin": 20_000, "two & <b>.bin": 3})

    rows = await case.client.get("torrents/files", hash=sample.hash)

    names = {row["name"]: row["size"] for row in rows}
    assert names == {f"{sample.name}/ünï/öne.bin": 20_000, f"{sample.name}/two & <b>.bin": 3}
    assert sorted(row["index"] for row in rows) == [0, 1]
    assert [row["priority"] for row in rows] == [1, 1]
    assert [row["progress"] for row in rows] == [1, 1]


@operation("torrents/pieceStates")
async def piece_states_tell_what_is_there(case: Case) -> None:
    whole, none = await case.whole(), await case.tiny()

    assert await case.client.get("torrents/pieceStates", hash=whole.hash) == [2, 2, 2]
    assert await case.client.get("torrents/pieceStates", hash=none.hash) == [0]


@operation("torrents/pieceHashes")
async def piece_hashes_are_those_of_the_content(case: Case) -> None:
    sample = await case.whole()
    content = (case.target.server.save_path / sample.name / "a.bin").read_bytes()

    hashes = await case.client.get("torrents/pieceHashes", hash=sample.hash)

    assert hashes == [hashlib.sha1(content[at : at + PIECE]).hexdigest() for at in range(0, len(content), PIECE)]
    with pytest.raises(Rejected):
        await case.client.get("torrents/pieceHashes", hash=UNKNOWN)


@operation("torrents/downloadLimit")
async def download_limit_of_a_torrent_is_none_at_first(case: Case) -> None:
    sample = await case.tiny()

    assert await case.client.get("torrents/downloadLimit", hashes=[sample.hash]) in _no_limit(sample.hash)


@operation("torrents/uploadLimit")
async def upload_limit_of_a_torrent_is_none_at_first(case: Case) -> None:
    sample = await case.tiny()

    assert await case.client.get("torrents/uploadLimit", hashes=[sample.hash]) in _no_limit(sample.hash)


def _no_limit(hash_: str) -> tuple[dict[str, int], ...]:
    return {hash_: 0}, {hash_: -1}
