"""The tab "Content" in the whole program: what it shows, and what the server gets of what somebody does."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QCheckBox, QLabel, QSpinBox

from qbt_remote.start.program import Program
from tests.conftest import Run
from tests.sim.files import files
from tests.ui.conftest import until
from tests.ui.details.content_drive import batch, download_to, editors, names, rename, select
from tests.ui.details_drive import content, pick, simulated
from tests.ui.rig import fill_in, open_dialog, part

Key = Qt.Key
PATHS = ("show/season 1/e1.mkv", "show/season 1/e2.mkv", "show/extras/note.txt", "show/info.nfo")


@asynccontextmanager
async def shown(folder: Path, *, release: str = "5.1.0", paths: tuple[str, ...] = PATHS) -> AsyncIterator[Any]:
    """The program with these files of the torrent "one" in view: program, panel, handler, hash."""
    async with simulated(folder, "one", release=release) as (program, handler, _link, (one,)):
        handler.told["torrents/files"][one] = files(*paths)
        program.window.activateWindow()
        await until(program.window.isActiveWindow)
        program.window.details.show_tab("content")
        await pick(program, "one")
        panel = content(program)
        await until(lambda: panel.model.rowCount() > 0)
        panel.model.expand_all(True)
        panel.tree.table.setFocus()
        yield program, panel, handler, one


def priorities(handler: Any, one: str) -> list[int]:
    return [row["priority"] for row in handler.told["torrents/files"][one]]


def test_checks_and_priorities_reach_the_server_and_are_shown_as_it_has_them(run: Run, tmp_path: Path) -> None:
    async def play() -> None:
        async with shown(tmp_path) as (_program, panel, handler, one):
            select(panel, "season 1")
            QTest.keyClick(panel.tree.table, Key.Key_Space)
            assert panel.model.priorities() == [1, 1, 1, 1], "nothing is shown before the server has it"
            await until(lambda: panel.model.priorities() == [0, 0, 1, 1])

            select(panel, "info.nfo", "e2.mkv")
            maximum = next(a for a in panel.tree.priority_menu.actions() if a.text() == "Maximum")
            maximum.trigger()
            await until(lambda: panel.model.priorities() == [0, 7, 1, 7])
            assert priorities(handler, one) == [0, 7, 1, 7]
            assert handler.calls("torrents/filePrio")[-1] == {"hash": one, "id": "1|3", "priority": "7"}

            in_order = next(a for a in panel.tree.priority_menu.actions() if a.text() == "By shown file order")
            select(panel, "show")
            in_order.trigger()
            await until(lambda: panel.model.priorities() == [6, 1, 7, 1])

    run(play())


def test_a_server_that_refuses_leaves_the_view_as_it_is_and_says_why(run: Run, tmp_path: Path) -> None:
    async def play() -> None:
        async with shown(tmp_path) as (program, panel, handler, one):
            select(panel, "info.nfo")
            handler.told["torrents/files"][one].pop()
            QTest.keyClick(panel.tree.table, Key.Key_Space)
            await until(lambda: program.window.notices.current is not None)
            assert "File ID is not valid" in program.window.notices.current.text
            await until(lambda: "info.nfo" not in names(panel))

    run(play())


@pytest.mark.parametrize("release", ["4.2.5", "4.5.2", "5.3.0"])
def test_files_and_folders_are_renamed_in_the_words_of_the_server(run: Run, tmp_path: Path, release: str) -> None:
    async def play() -> None:
        async with shown(tmp_path, release=release) as (program, panel, handler, one):
            await rename(program, panel, "e1.mkv", "first.mkv")
            await until(lambda: "first.mkv" in names(panel))
            (call,) = handler.calls("torrents/renameFile")
            if release == "4.2.5":
                assert call == {"hash": one, "id": "0", "name": "first.mkv"}
                select(panel, "season 1")
                QTest.keyClick(panel.tree.table, Key.Key_F2)
                assert not editors(panel)
                await until(partial(_notice, program, "Needs qBittorrent 4.3.3"))
                return
            assert (call["oldPath"], call["newPath"]) == ("show/season 1/e1.mkv", "show/season 1/first.mkv")
            await rename(program, panel, "season 1", "S1")
            await until(lambda: "S1" in names(panel))
            assert [node.path for node in panel.tree.selected()] == ["show/S1"]
            assert "first.mkv" in names(panel), "it is still expanded"
            assert not program.window.notices.current

    run(play())


def test_what_is_being_typed_is_not_taken_away_by_an_answer(run: Run, tmp_path: Path) -> None:
    async def play() -> None:
        async with shown(tmp_path) as (program, panel, handler, one):
            select(panel, "e1.mkv")
            QTest.keyClick(panel.tree.table, Key.Key_F2)
            (editor,) = editors(panel)
            QTest.keyClicks(editor, "typed")
            handler.told["torrents/files"][one][0]["progress"] = 1
            handler.told["torrents/files"][one][1]["name"] = "show/season 1/new.mkv"
            known = len(handler.calls("torrents/files"))
            for more in (1, 2):  # the first answer has been shown when the second is asked for
                program.window.details.poke()
                await until(partial(_calls, handler, known + more))
            assert editors(panel) == [editor] and editor.text() == "typed.mkv"

            QTest.keyClick(editor, Key.Key_Return)
            await until(lambda: {"typed.mkv", "new.mkv"} <= set(names(panel)))

    run(play())


def _calls(handler: Any, count: int) -> bool:
    return len(handler.calls("torrents/files")) >= count


def test_names_that_lead_out_of_the_torrent_are_refused_by_us(run: Run, tmp_path: Path) -> None:
    async def play() -> None:
        async with shown(tmp_path) as (program, panel, handler, _one):
            for bad, why in (
                ("..", "could lead out of the torrent"),
                ("a/b", "cannot contain “/”"),
                ("C:x", "begin with a drive"),
                ("  ", "needs a name"),
                ("e2.mkv", "already"),
                ("a\x02b", "control characters"),
            ):
                panel.model.rename(next(n for n in panel.model.shown if n.name == "e1.mkv"), bad)
                await until(partial(_notice, program, why))
            assert handler.calls("torrents/renameFile") == []

    run(play())


def _notice(program: Program, words: str) -> bool:
    return program.window.notices.current is not None and words in program.window.notices.current.text


def test_the_keys_of_the_files_are_not_those_of_the_torrent(run: Run, tmp_path: Path) -> None:
    async def play() -> None:
        async with shown(tmp_path) as (program, panel, _handler, _one):
            select(panel, "e1.mkv")
            QTest.keyClick(panel.tree.table, Key.Key_Delete)
            assert open_dialog() is None, "it would remove the torrent"
            QTest.keyClick(panel.tree.table, Key.Key_A, Qt.KeyboardModifier.ControlModifier)
            assert len(panel.tree.selected()) == len(names(panel))
            QTest.keyClick(panel.tree.table, Key.Key_C, Qt.KeyboardModifier.ControlModifier)
            assert QGuiApplication.clipboard().text().split("\n")[0] == "show"
            assert program.window.details.tab == "content"

    run(play())


def test_a_magnet_without_metadata_says_so_and_then_shows_its_files(run: Run, tmp_path: Path) -> None:
    async def play() -> None:
        async with simulated(tmp_path, "one") as (program, handler, _link, (one,)):
            program.window.details.show_tab("content")
            await pick(program, "one")
            words = "The files are not known until the metadata has been downloaded."
            labels = content(program).findChildren(QLabel)
            await until(lambda: any(label.text() == words and label.isVisible() for label in labels))
            handler.told["torrents/files"][one] = files("a")
            program.window.details.poke()
            await until(lambda: names(content(program)) == ["a"])

    run(play())


def test_other_tabs_and_other_torrents_in_between(run: Run, tmp_path: Path) -> None:
    async def play() -> None:
        async with simulated(tmp_path, "one", "two") as (program, handler, _link, (one, two)):
            handler.told["torrents/files"] |= {one: files(*PATHS), two: files("other/a", "other/b")}
            program.window.details.show_tab("content")
            await pick(program, "one")
            panel = content(program)
            await until(lambda: panel.model.rowCount() > 0)
            panel.model.expand_all(True)
            select(panel, "e2.mkv")

            program.window.details.show_tab("general")
            program.window.details.show_tab("content")
            assert [node.name for node in panel.tree.selected()] == ["e2.mkv"]
            await pick(program, "two")
            assert names(panel) == [], "nothing of the one before is left"
            await until(lambda: names(panel) == ["other", "a", "b"])

    run(play())


def test_files_hidden_by_an_old_server_are_where_they_belong(run: Run, tmp_path: Path) -> None:
    async def play() -> None:
        hidden = ("show/.unwanted/e1.mkv", "show/e2.mkv")
        async with shown(tmp_path, release="4.2.5", paths=hidden) as (program, panel, handler, _one):
            assert names(panel) == ["show", "e1.mkv", "e2.mkv"]
            await rename(program, panel, "e1.mkv", "x.mkv")
            await until(lambda: "x.mkv" in names(panel))
            assert handler.calls("torrents/renameFile")[0]["id"] == "0"

    run(play())


def test_many_files_with_odd_names_come_in_pieces_and_whole(run: Run, tmp_path: Path) -> None:
    async def play() -> None:
        odd = ['big/"},{"index' + f" {i} \u202e" + "x" * 60 for i in range(9000)]
        async with shown(tmp_path, paths=tuple(odd)) as (_program, panel, handler, one):
            await until(lambda: panel.model.rowCount() == 9001)
            assert len(panel.model.paths()) == 9000
            handler.told["torrents/files"][one][8999]["progress"] = "half"
            handler.told["torrents/files"][one][8999]["priority"] = 6
            await until(lambda: panel.model.priorities()[8999] == 6)

    run(play())


def test_many_files_are_renamed_by_a_rule_after_a_preview(run: Run, tmp_path: Path) -> None:
    async def play() -> None:
        async with shown(tmp_path) as (program, panel, handler, _one):
            select(panel, "season 1")
            dialog = await batch(panel)
            fill_in(dialog, r"e(\d)", r"Show E0\1")
            assert not dialog.ok.isEnabled(), "it is no regular expression yet"
            part(dialog, QCheckBox, 0).click()
            await until(dialog.ok.isEnabled)
            assert [(one.old, one.new) for one in dialog.planned] == [
                ("show/season 1/e1.mkv", "show/season 1/Show E01.mkv"),
                ("show/season 1/e2.mkv", "show/season 1/Show E02.mkv"),
            ]
            assert dialog.ok.text() == "Rename 2 files"
            dialog.ok.click()
            await until(lambda: "Show E02.mkv" in names(panel))
            assert len(handler.calls("torrents/renameFile")) == 2
            assert program.window.notices.current is None

    run(play())


def test_names_that_clash_keep_the_button_off_and_what_is_refused_is_listed(run: Run, tmp_path: Path) -> None:
    async def play() -> None:
        async with shown(tmp_path) as (program, panel, handler, one):
            select(panel, "season 1")
            dialog = await batch(panel)
            fill_in(dialog, "", "same")
            await until(lambda: dialog.planned)
            assert not dialog.ok.isEnabled()
            assert {row.why_not for row in dialog.planned} == {"Several files would get this name"}

            fill_in(dialog, "e", "part {n} ")
            await until(dialog.ok.isEnabled)
            handler.told["torrents/files"][one][0]["name"] = "show/season 1/somebody else was here.mkv"
            dialog.ok.click()
            await until(partial(_notice, program, "was refused for 1 of 2 files, first for e1.mkv: No such file"))
            await until(lambda: "part 2 2.mkv" in names(panel))

    run(play())


def test_names_that_are_shifted_go_in_an_order_that_works(run: Run, tmp_path: Path) -> None:
    async def play() -> None:
        paths = ("a/1", "a/2", "a/3")
        async with shown(tmp_path, paths=paths) as (program, panel, handler, one):
            dialog = await batch(panel)
            part(dialog, QSpinBox).setValue(2)
            fill_in(dialog, "", "{n}")
            await until(dialog.ok.isEnabled)
            dialog.ok.click()
            await until(lambda: names(panel) == ["a", "2", "3", "4"])
            assert program.window.notices.current is None
            assert [row["name"] for row in handler.told["torrents/files"][one]] == ["a/2", "a/3", "a/4"]

    run(play())


def test_whole_files_are_downloaded_to_this_computer(run: Run, tmp_path: Path) -> None:
    here = tmp_path / "here"
    here.mkdir()
    (here / "season 1").mkdir()
    (here / "season 1" / "e1.mkv").write_text("not to be lost")
    data = bytes(range(256)) * 4 * 5000

    async def play() -> None:
        async with shown(tmp_path, release="5.3.0") as (program, panel, handler, one):
            for row in handler.told["torrents/files"][one][:1]:
                row |= {"progress": 1, "size": len(data)}
            handler.contents[one, "0"] = data
            await until(lambda: next(n for n in panel.model.shown if n.name == "e1.mkv").progress == 1)
            select(panel, "season 1")
            await download_to(panel, here)
            await until(partial(_notice, program, "Downloaded 1 file"))
            assert (here / "season 1" / "e1 (2).mkv").read_bytes() == data, "in two pieces"
            assert (here / "season 1" / "e1.mkv").read_text() == "not to be lost"

            handler.contents.clear()
            await download_to(panel, here)
            await until(partial(_notice, program, "“e1.mkv” was not downloaded: "))
            assert sorted(path.name for path in (here / "season 1").iterdir()) == ["e1 (2).mkv", "e1.mkv"]

    run(play())
