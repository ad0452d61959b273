"""The tab "Content" on real servers: what is chosen and renamed there is what the server then has."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QCheckBox, QSpinBox

from tests.conftest import Run
from tests.real.scene import Sample, make
from tests.real.servers import GENERATIONS, Server, one_of_each
from tests.real.swarm import client_of
from tests.ui.conftest import until
from tests.ui.details.content_drive import batch, download_to, names, rename, select
from tests.ui.details_drive import content, pick
from tests.ui.rig import fill_in, part
from tests.ui.whole_program import fill, on, rows, running

SIZES = {"disc 1/a1.flac": 40_000, "disc 1/a2.flac": 30_000, "extra/notes.txt": 0, "cover.jpg": 700}


@pytest.fixture(scope="module")
def servers() -> Iterator[dict[str, Server]]:
    with one_of_each() as made:
        yield made


@pytest.mark.parametrize("generation", GENERATIONS)
def test_priorities_and_names_are_what_the_server_then_has(
    run: Run, tmp_path: Path, servers: dict[str, Server], generation: str
) -> None:
    server = servers[generation]
    sample: Sample = make(tmp_path / "content", "album", SIZES)

    async def play() -> None:
        await fill(server, [sample])
        async with running(tmp_path, *on(server), password=server.password) as program, client_of(server) as client:

            async def has(**wanted: tuple[str, int]) -> None:
                """The server's paths and priorities by the number of the file."""

                async def now() -> dict[str, Any]:
                    found = await client.get("torrents/files", hash=sample.hash)
                    return {f"f{f['index']}": (f["name"].replace(".unwanted/", ""), f["priority"]) for f in found}

                for _try in range(100):
                    if wanted.items() <= (found := await now()).items():
                        return
                    await asyncio.sleep(0.05)
                raise AssertionError((wanted, found))

            await until(lambda: rows(program) == ["album"])
            program.window.details.show_tab("content")
            await pick(program, "album")
            panel = content(program)
            await until(lambda: panel.model.rowCount() > 0)
            panel.model.expand_all(True)
            assert names(panel) == ["album", "disc 1", "a1.flac", "a2.flac", "extra", "notes.txt", "cover.jpg"]
            index = {path.partition("/")[2]: n for n, path in panel.model.paths().items()}

            select(panel, "disc 1")
            QTest.keyClick(panel.tree.table, Qt.Key.Key_Space)
            await has(**{f"f{index['disc 1/a1.flac']}": ("album/disc 1/a1.flac", 0)})
            await until(lambda: [n.priority for n in panel.model.shown if n.name == "disc 1"] == [0])
            select(panel, "a2.flac")
            panel.model.set_priority(panel.selected(), 7)
            await has(**{f"f{index['disc 1/a2.flac']}": ("album/disc 1/a2.flac", 7)})
            await until(lambda: panel.model.priorities()[index["disc 1/a2.flac"]] == 7)

            await rename(program, panel, "cover.jpg", "front <b>.jpg")
            await until(lambda: "front <b>.jpg" in names(panel))
            await has(**{f"f{index['cover.jpg']}": ("album/front <b>.jpg", 1)})
            before = await client.get("torrents/files", hash=sample.hash)
            for bad in ("..", "../x", "/etc/x", "C:x", " ", "a\x01b", "disc 1"):
                panel.model.rename(next(n for n in panel.model.shown if n.name == "front <b>.jpg"), bad)
            assert await client.get("torrents/files", hash=sample.hash) == before

            if client.has("rename_folder"):
                await rename(program, panel, "disc 1", "cd one")
                await until(lambda: "cd one" in names(panel))
                await has(**{f"f{index['disc 1/a1.flac']}": ("album/cd one/a1.flac", 0)})
                assert "a1.flac" in names(panel), "it is still expanded"
            select(panel, "a1.flac", "a2.flac")
            dialog = await batch(panel)
            part(dialog, QCheckBox, 0).click()
            fill_in(dialog, r"a(\d)", r"a{n}b")
            await until(lambda: len(dialog.planned) == 2 and dialog.ok.isEnabled())
            fill_in(dialog, r"a(\d)", r"a2")
            await until(lambda: not dialog.ok.isEnabled())
            fill_in(dialog, r"a1|a2", r"a{n}")
            part(dialog, QSpinBox).setValue(2)
            await until(dialog.ok.isEnabled)
            dialog.ok.click()
            await until(lambda: {"a2.flac", "a3.flac"} <= set(names(panel)))
            assert program.window.notices.current is None or "Rename" in program.window.notices.current.text

    run(play())


def test_a_file_comes_whole_from_a_real_server(run: Run, tmp_path: Path, servers: dict[str, Server]) -> None:
    server = servers["5.3.0"]
    sample: Sample = make(tmp_path / "content", "films", {"one.mkv": 9_000_001, "two.txt": 10})

    async def play() -> None:
        await fill(server, [sample], savepath=str(tmp_path / "content"), seedMode=True)
        async with running(tmp_path, *on(server), password=server.password) as program:
            await until(lambda: rows(program) == ["films"])
            program.window.details.show_tab("content")
            await pick(program, "films")
            panel = content(program)
            model, place = panel.model, panel.model.column("progress")
            await until(lambda: [model.index(row, place).data() for row in range(model.rowCount())] == 3 * ["100%"])
            select(panel, "one.mkv")
            here = tmp_path / "here"
            here.mkdir()
            await download_to(panel, here)
            whole = (tmp_path / "content" / "films" / "one.mkv").read_bytes()
            await until(lambda: (here / "one.mkv").exists())
            assert (here / "one.mkv").read_bytes() == whole, "in three pieces"

    run(play())
