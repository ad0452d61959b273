"""Trackers, web seeds and peers of real servers, changed in the panels of the details."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtWidgets import QLineEdit, QPlainTextEdit, QSpinBox

from qbt_remote.start.program import Program
from tests.conftest import Run
from tests.real.scene import make
from tests.real.servers import GENERATIONS, Server, one_of_each
from tests.real.swarm import client_of
from tests.ui.conftest import until
from tests.ui.details_drive import column, dialog, listing, noticed, pick, select, why
from tests.ui.rig import part
from tests.ui.whole_program import fill, on, rows, running

NOWHERE = "http://127.0.0.1:9"


@pytest.fixture(scope="module")
def servers() -> Iterator[dict[str, Server]]:
    with one_of_each() as made:
        yield made


def trigger(program: Program, tab: str, command: str) -> None:
    actions = listing(program, tab).actions_
    actions.action(command).trigger()


def lists(program: Program, tab: str, *urls: str) -> bool:
    return [url for url in column(program, tab, "url") if "://" in url] == list(urls)


@pytest.mark.parametrize("generation", GENERATIONS)
def test_what_is_changed_in_the_panels_is_what_the_server_then_has(
    run: Run, tmp_path: Path, servers: dict[str, Server], generation: str
) -> None:
    server, first, second = servers[generation], f"{NOWHERE}/a?k=1%202|x+y", f"{NOWHERE}/b"
    sample = make(tmp_path / "content", "album", {"a.bin": 40_000}, trackers=(first,))

    async def play() -> None:
        await fill(server, [sample])
        async with running(tmp_path, *on(server), password=server.password) as program, client_of(server) as client:
            new = client.version.app >= (5, 2)
            (known,) = [row["hash"] for row in await client.get("torrents/info")]
            await until(lambda: rows(program) == ["album"])
            await pick(program, "album")

            program.window.details.show_tab("trackers")
            await until(partial(lists, program, "trackers", first))
            trigger(program, "trackers", "add")
            asked = await dialog()
            part(asked, QPlainTextEdit).setPlainText(f"{second}\n\n{NOWHERE}/c")
            asked.ok.click()
            await until(lambda: len(column(program, "trackers", "url")) == 6)

            select(program, "trackers", second)
            trigger(program, "trackers", "edit")
            asked = await dialog()
            part(asked, QLineEdit).setText(f"{NOWHERE}/new?x=1")
            assert part(asked, QSpinBox).isEnabled() == new
            part(asked, QSpinBox).setValue(7)
            asked.ok.click()
            await until(lambda: f"{NOWHERE}/new?x=1" in column(program, "trackers", "url"))
            select(program, "trackers", f"{NOWHERE}/new")
            if new:
                await until(lambda: "7" in column(program, "trackers", "tier"))
                trigger(program, "trackers", "tier_up")
                await until(lambda: "6" in column(program, "trackers", "tier"))
            else:
                assert why(program, "trackers", "tier_up") == "Needs qBittorrent 5.2"

            gone = [first] if client.version.app >= (5, 0, 4) else [f"{NOWHERE}/c"]  # before, no "|" can be sent
            select(program, "trackers", *gone)
            trigger(program, "trackers", "remove")
            (await dialog()).ok.click()
            await until(lambda: gone[0] not in column(program, "trackers", "url"))
            told = {row["url"] for row in await client.get("torrents/trackers", hash=known)}
            assert told >= {f"{NOWHERE}/new?x=1"} and second not in told

            program.window.details.show_tab("http_sources")
            await until(lambda: program.window.details.note == "")
            if client.has("torrents/addWebSeeds"):
                await change_web_seeds(program, client, known)
            else:
                assert why(program, "http_sources", "add") == "Needs qBittorrent 5.1"
            await add_and_ban_peers(program, client, known)

    run(play())


async def change_web_seeds(program: Program, client: Any, known: str) -> None:
    tab, odd = "http_sources", f"{NOWHERE}/x y?z=%2F&a=1"  # as it is listed
    trigger(program, tab, "add")
    asked = await dialog()
    part(asked, QPlainTextEdit).setPlainText(f"{NOWHERE}/x%20y?z=%2F&a=1\n{NOWHERE}/two")
    asked.ok.click()
    await until(partial(lists, program, tab, f"{NOWHERE}/two", odd))
    select(program, tab, f"{NOWHERE}/two")
    trigger(program, tab, "edit")
    asked = await dialog()
    part(asked, QLineEdit).setText(f"{NOWHERE}/three")
    asked.ok.click()
    await until(partial(lists, program, tab, f"{NOWHERE}/three", odd))
    select(program, tab, odd)
    trigger(program, tab, "remove")
    (await dialog()).ok.click()
    await until(partial(lists, program, tab, f"{NOWHERE}/three"))
    assert await client.get("torrents/webseeds", hash=known) == [{"url": f"{NOWHERE}/three"}]


async def add_and_ban_peers(program: Program, client: Any, known: str) -> None:
    """A stopped torrent takes none, and says so; a running one does."""
    program.window.details.show_tab("peers")
    await until(lambda: why(program, "peers", "add") != "The torrent is being checked")
    assert why(program, "peers", "add") == "The torrent is stopped"
    await client.post("torrents/start", hashes=[known])
    await until(lambda: why(program, "peers", "add") == "")
    trigger(program, "peers", "add")
    asked = await dialog()
    part(asked, QPlainTextEdit).setPlainText("127.0.0.1:9\n[::1]:9")
    asked.ok.click()
    await noticed(program, "peers added")
