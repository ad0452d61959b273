"""Calls that came after the seed and that the window uses."""

from __future__ import annotations

from tests.contract.operations.table import operation
from tests.contract.target import Case, until

NOWHERE = "http://127.0.0.1:9"


@operation("torrents/count")
async def count_counts(case: Case) -> None:
    before = await case.client.get("torrents/count")
    await case.tiny()

    assert await case.client.get("torrents/count") == before + 1


@operation("torrents/createTags")
async def tags_are_created_and_deleted(case: Case) -> None:
    async with case.only("tags"):
        await case.client.post("torrents/createTags", tags=["alpha", "be & ta"])
        assert {"alpha", "be & ta"} <= set(await case.client.get("torrents/tags"))

    await case.client.post("torrents/deleteTags", tags=["alpha", "be & ta"])


@operation("torrents/addTags")
async def tags_are_put_on_and_taken_off_a_torrent(case: Case) -> None:
    sample = await case.tiny()

    async with case.only("tags", f"torrent.{sample.hash}.tags"):
        await case.client.post("torrents/addTags", hashes=[sample.hash], tags=["one", "two"])
        await case.target.until_info(sample, tags=lambda tags: sorted(tags.split(", ")) == ["one", "two"])
    await case.client.post("torrents/removeTags", hashes=[sample.hash], tags=["one"])

    await case.target.until_info(sample, tags="two")
    await case.client.post("torrents/deleteTags", tags=["one", "two"])


@operation("torrents/setTags")
async def set_tags_replaces_them(case: Case) -> None:
    sample = await case.tiny()

    async with case.only("tags", f"torrent.{sample.hash}.tags"):
        await case.client.post("torrents/setTags", hashes=[sample.hash], tags=["one"])
        await case.client.post("torrents/setTags", hashes=[sample.hash], tags=["two"])
        await case.target.until_info(sample, tags="two")

    await case.client.post("torrents/deleteTags", tags=["one", "two"])


@operation("torrents/editCategory")
async def edit_category_changes_its_path(case: Case) -> None:
    await case.client.post("torrents/createCategory", category="films", savePath="/srv/a")

    async with case.only("category.films"):
        await case.client.post("torrents/editCategory", category="films", savePath="/srv/b")
        categories = await case.client.get("torrents/categories")

    assert categories["films"]["savePath"] == "/srv/b"
    await case.client.post("torrents/removeCategories", categories=["films"])


@operation("torrents/setShareLimits")
async def share_limits_are_set_together(case: Case) -> None:
    sample = await case.tiny()
    h = sample.hash

    async with case.only(*(f"torrent.{h}.{field}" for field in ("*ratio*", "*seeding_time*", "*share_limit*"))):
        await case.client.post("torrents/setShareLimits", hashes=[h], ratioLimit=1.5, seedingTimeLimit=90)
        await case.target.until_info(sample, ratio_limit=1.5, seeding_time_limit=90)


@operation("torrents/reannounce")
async def reannounce_is_taken(case: Case) -> None:
    sample = await case.tiny()

    async with case.only():
        await case.client.post("torrents/reannounce", hashes=[sample.hash])


@operation("torrents/removeTrackers")
async def trackers_are_removed_by_their_address(case: Case) -> None:
    urls = [f"{NOWHERE}/a?key=1%202&x=+", f"{NOWHERE}/b|c", f"{NOWHERE}/kept"]
    sample = await case.whole(trackers=urls)

    await case.client.post("torrents/removeTrackers", hash=sample.hash, urls=[urls[0]])

    rows = await until(
        lambda: case.client.get("torrents/trackers", hash=sample.hash), lambda rows: len(rows) == len(urls) + 2
    )
    assert [row["url"] for row in rows[3:]] == urls[1:]


@operation("torrents/setComment")
async def comment_is_changed(case: Case) -> None:
    sample = await case.whole(comment="before")

    async with case.only(f"torrent.{sample.hash}.comment"):
        await case.client.post("torrents/setComment", hashes=[sample.hash], comment="after")
        await case.target.until_info(sample, comment="after")


@operation("transfer/setSpeedLimitsMode")
async def speed_limits_mode_is_set_whatever_it_was(case: Case) -> None:
    async with case.only("mode", "limit.*"):
        for _ in range(2):
            await case.client.post("transfer/setSpeedLimitsMode", mode=1)
            assert await case.client.get("transfer/speedLimitsMode") == 1

    await case.client.post("transfer/setSpeedLimitsMode", mode=0)


@operation("torrents/export")
async def export_gives_the_torrent_back(case: Case) -> None:
    sample = await case.whole()

    exported = await case.client.get_bytes("torrents/export", hash=sample.hash)

    assert sample.torrent[sample.torrent.index(b"4:info") : -1] in exported


@operation("torrents/downloadFile")
async def a_complete_file_comes_whole(case: Case) -> None:
    sample = await case.whole({"a/b #1+2.bin": 300_000, "c.txt": 10})
    path = case.target.server.save_path / sample.name / "a/b #1+2.bin"

    came = b""
    async with case.client.stream("torrents/downloadFile", hash=sample.hash, file=0) as pieces:
        async for piece in pieces:
            came += piece

    assert came == path.read_bytes()
