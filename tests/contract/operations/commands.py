"""torrents/*: what changes torrents and categories."""

from __future__ import annotations

import asyncio
from functools import partial
from pathlib import Path

from tests.contract.operations.table import operation
from tests.contract.target import STOPPED, Case, next_sample, until

KIB = 1024


@operation("torrents/add")
async def add_lists_the_torrent_with_its_options(case: Case) -> None:
    sample = case.owns(next_sample())

    async with case.only(f"*.{sample.hash}*"):
        await case.target.add(sample, dlLimit=50 * KIB, sequentialDownload=True)
        row = await case.target.until_info(sample, seq_dl=True, dl_limit=50 * KIB)

    assert (row["name"], row["state"] in STOPPED) == (sample.name, True)


@operation("torrents/delete")
async def delete_removes_the_torrent_and_its_files_only_if_told(case: Case) -> None:
    kept, gone = await case.whole(), await case.whole()
    folder = case.target.server.save_path

    for sample, files in ((kept, False), (gone, True)):
        async with case.only(f"*.{sample.hash}*"):
            await case.client.post("torrents/delete", hashes=[sample.hash], deleteFiles=files)
            await until(partial(case.target.info, sample), lambda row: not row)

    assert (folder / kept.name / "a.bin").exists()
    await until(lambda: _exists(folder / gone.name / "a.bin"), lambda exists: not exists)


@operation("torrents/stop")
async def stop_stops(case: Case) -> None:
    sample = await case.tiny(stopped=False)

    async with case.only(f"torrent.{sample.hash}.state"):
        await case.client.post("torrents/stop", hashes=[sample.hash])
        await case.target.until_info(sample, state=lambda state: state in STOPPED)


@operation("torrents/start")
async def start_starts(case: Case) -> None:
    sample = await case.tiny()

    async with case.only(f"torrent.{sample.hash}.state"):
        await case.client.post("torrents/start", hashes=[sample.hash])
        await case.target.until_info(sample, state="stalledDL")


@operation("torrents/recheck")
async def recheck_finds_out_that_content_is_not_what_it_was(case: Case) -> None:
    sample = await case.whole()
    file = case.target.server.save_path / sample.name / "a.bin"
    file.write_bytes(bytes(file.stat().st_size))

    await case.client.post("torrents/recheck", hashes=[sample.hash])

    # 4.2 may still have a piece in memory, and finds that one good
    await case.target.until_info(sample, progress=lambda progress: progress < 1)


@operation("torrents/addTrackers")
async def add_trackers_appends_them(case: Case) -> None:
    urls = ["http://127.0.0.1:9/announce?key=a&b", "udp://127.0.0.1:9/two"]
    sample = await case.tiny()
    h = sample.hash

    async with case.only(
        f"trackers.{h}", f"torrent.{h}.tracker", f"torrent.{h}.trackers_count", f"torrent.{h}.magnet_uri"
    ):
        await case.client.post("torrents/addTrackers", hash=h, urls=urls)
        rows = await until(lambda: case.client.get("torrents/trackers", hash=h), lambda rows: len(rows) == 5)

    assert {row["url"] for row in rows[3:]} == set(urls)


@operation("torrents/filePrio")
async def file_priority_of_several_files_is_set(case: Case) -> None:
    sample = await case.whole({"one": 20_000, "two": 20_000, "three": 20_000})
    files = {row["name"]: row["index"] for row in await case.client.get("torrents/files", hash=sample.hash)}
    one, two = files[f"{sample.name}/one"], files[f"{sample.name}/two"]

    async def priorities() -> dict[int, int]:
        rows = await case.client.get("torrents/files", hash=sample.hash)
        return {row["index"]: row["priority"] for row in rows}

    async with case.only(f"files.{sample.hash}", f"torrent.{sample.hash}.*"):
        await case.client.post("torrents/filePrio", hash=sample.hash, id=[one, two], priority=7)
        await until(priorities, lambda now: (now[one], now[two], sorted(now.values())) == (7, 7, [1, 7, 7]))


@operation("torrents/setDownloadLimit")
async def set_download_limit_of_a_torrent_is_in_bytes(case: Case) -> None:
    await _set_limit(case, "download", "dl_limit")


@operation("torrents/setUploadLimit")
async def set_upload_limit_of_a_torrent_is_in_bytes(case: Case) -> None:
    await _set_limit(case, "upload", "up_limit")


async def _set_limit(case: Case, direction: str, field: str) -> None:
    sample = await case.tiny()
    h = sample.hash

    async with case.only(f"torrent.{h}.{field}"):
        await case.client.post(f"torrents/set{direction.capitalize()}Limit", hashes=[h], limit=50 * KIB)
        await case.target.until_info(sample, **{field: 50 * KIB})

    assert await case.client.get(f"torrents/{direction}Limit", hashes=[h]) == {h: 50 * KIB}


@operation("torrents/setLocation")
async def set_location_moves_the_files(case: Case) -> None:
    sample = await case.whole()
    h = sample.hash
    there = case.target.server.profile / "elsewhere"

    paths = (f"torrent.{h}.save_path", f"torrent.{h}.content_path", f"torrent.{h}.root_path")
    async with case.only(*paths):
        await case.client.post("torrents/setLocation", hashes=[h], location=str(there))
        await case.target.until_info(
            sample, save_path=lambda path: path.rstrip("/") == str(there), state=lambda state: state in STOPPED
        )

    await until(lambda: _exists(there / sample.name / "a.bin"), bool)


@operation("torrents/rename")
async def rename_changes_the_name_shown(case: Case) -> None:
    sample = await case.tiny()
    name = "a new näme & <b>100 %</b> + more"

    async with case.only(f"torrent.{sample.hash}.name", f"torrent.{sample.hash}.magnet_uri"):
        await case.client.post("torrents/rename", hash=sample.hash, name=name)
        await case.target.until_info(sample, name=name)


@operation("torrents/setCategory")
async def set_category_sets_and_clears_it(case: Case) -> None:
    sample = await case.tiny()
    await case.client.post("torrents/createCategory", category="C++ & more", savePath="")

    async with case.only(f"torrent.{sample.hash}.category"):
        await case.client.post("torrents/setCategory", hashes=[sample.hash], category="C++ & more")
        await case.target.until_info(sample, category="C++ & more")
    await case.client.post("torrents/setCategory", hashes=[sample.hash], category="")

    await case.target.until_info(sample, category="")
    await case.client.post("torrents/removeCategories", categories="C++ & more")


@operation("torrents/createCategory")
async def create_category_keeps_its_path(case: Case) -> None:
    async with case.only("category.films"):
        await case.client.post("torrents/createCategory", category="films", savePath="/srv/films")
        categories = await case.client.get("torrents/categories")

    assert (categories["films"]["name"], categories["films"]["savePath"]) == ("films", "/srv/films")
    await case.client.post("torrents/removeCategories", categories="films")


@operation("torrents/removeCategories")
async def remove_categories_removes_the_named_ones(case: Case) -> None:
    for name in ("one", "two", "three"):
        await case.client.post("torrents/createCategory", category=name, savePath="")

    async with case.only("category.one", "category.two"):
        await case.client.post("torrents/removeCategories", categories=["one", "two"])
        categories = await case.client.get("torrents/categories")

    assert set(categories) == {"three"}
    await case.client.post("torrents/removeCategories", categories="three")


@operation("torrents/setAutoManagement")
async def set_auto_management_is_turned_on(case: Case) -> None:
    sample = await case.tiny()

    async with case.only(f"torrent.{sample.hash}.auto_tmm"):
        await case.client.post("torrents/setAutoManagement", hashes=[sample.hash], enable=True)
        await case.target.until_info(sample, auto_tmm=True)


@operation("torrents/toggleSequentialDownload")
async def sequential_download_is_turned_over(case: Case) -> None:
    await _toggle_twice(case, "torrents/toggleSequentialDownload", "seq_dl")


@operation("torrents/toggleFirstLastPiecePrio")
async def first_and_last_piece_first_is_turned_over(case: Case) -> None:
    await _toggle_twice(case, "torrents/toggleFirstLastPiecePrio", "f_l_piece_prio")


async def _toggle_twice(case: Case, endpoint: str, field: str) -> None:
    sample = await case.tiny()

    async with case.only(f"torrent.{sample.hash}.{field}"):
        await case.client.post(endpoint, hashes=[sample.hash])
        await case.target.until_info(sample, **{field: True})
    async with case.only(f"torrent.{sample.hash}.{field}"):
        await case.client.post(endpoint, hashes=[sample.hash])
        await case.target.until_info(sample, **{field: False})


@operation("torrents/setForceStart")
async def force_start_starts_at_once(case: Case) -> None:
    sample = await case.tiny()

    async with case.only(f"torrent.{sample.hash}.force_start", f"torrent.{sample.hash}.state"):
        await case.client.post("torrents/setForceStart", hashes=[sample.hash], value=True)
        await case.target.until_info(sample, force_start=True, state="forcedDL")


@operation("torrents/setSuperSeeding")
async def super_seeding_is_turned_on(case: Case) -> None:
    sample = await case.whole(stopped=False)

    async with case.only(f"torrent.{sample.hash}.super_seeding"):
        await case.client.post("torrents/setSuperSeeding", hashes=[sample.hash], value=True)
        await case.target.until_info(sample, super_seeding=True)


async def _exists(path: Path) -> bool:
    return await asyncio.to_thread(path.exists)
