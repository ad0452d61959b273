"""The dialog "Manage content": what is renamed and moved in its tree, and what the server gets of it."""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial
from pathlib import Path

import pytest
from PySide6.QtCore import QModelIndex, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit

from qbt_remote.start.program import Program
from qbt_remote.ui.files.manage_content import ManageContentDialog
from qbt_remote.ui.kit.dialogs import TextDialog
from tests.conftest import Run
from tests.sim.files import files
from tests.ui.conftest import until
from tests.ui.details_drive import pick, simulated
from tests.ui.rig import open_dialog

PATHS = ("show/season 1/e1.mkv", "show/season 1/e2.mkv", "show/info.nfo")


async def manage(program: Program) -> ManageContentDialog:
    await pick(program, "one")
    program.window.actions_.action("manage_content").trigger()
    dialog = await until(open_dialog)
    assert isinstance(dialog, ManageContentDialog)
    dialog.model.expand_all(True)
    return dialog


def names(dialog: ManageContentDialog) -> list[str]:
    return [node.name for node in dialog.model.shown]


def select(dialog: ManageContentDialog, *wanted: str) -> None:
    dialog.tree.table.select_nodes([node for node in dialog.model.shown if node.name in wanted])


def drop(dialog: ManageContentDialog, dragged: Iterable[str], onto: str) -> None:
    """What Qt does at the end of a drag."""
    model = dialog.model
    rows = [row for row, name in enumerate(names(dialog)) if name in dragged]
    data = model.mimeData([model.index(row, 0) for row in rows])
    target = model.index(names(dialog).index(onto), 0) if onto else QModelIndex()
    assert model.dropMimeData(data, Qt.DropAction.MoveAction, -1, -1, target)


def test_files_and_folders_are_renamed_and_moved_in_the_order_of_the_draft(run: Run, tmp_path: Path) -> None:
    async def play() -> None:
        async with simulated(tmp_path, "one", release="5.1.0") as (program, handler, _link, (one,)):
            handler.told["torrents/files"][one] = files(*PATHS)
            dialog = await manage(program)
            assert not dialog.ok.isEnabled()

            dialog.model.rename(next(n for n in dialog.model.shown if n.name == "season 1"), "S1")
            drop(dialog, ["info.nfo"], "S1")
            await until(lambda: names(dialog) == ["show", "S1", "e1.mkv", "e2.mkv", "info.nfo"])
            drop(dialog, ["e1.mkv"], "")
            await until(lambda: names(dialog)[-1] == "e1.mkv")
            dialog.undo.click()
            assert names(dialog) == ["show", "S1", "e1.mkv", "e2.mkv", "info.nfo"]

            select(dialog, "e1.mkv", "e2.mkv")
            dialog.move_button.click()
            asked = await until(
                lambda: next((w for w in QApplication.topLevelWidgets() if isinstance(w, TextDialog)), 0)
            )
            line = asked.findChild(QLineEdit)
            line.selectAll()
            QTest.keyClicks(line, "show/new/deep")
            asked.ok.click()
            await until(lambda: len(dialog.moves) == 4)
            assert dialog.shown.rowCount() == 4 and dialog.ok.text() == "Make 4 changes"
            assert not [name for name, _form in handler.log if name.startswith("torrents/rename")]

            dialog.ok.click()
            new = ["show/new/deep/e1.mkv", "show/new/deep/e2.mkv", "show/S1/info.nfo"]
            await until(lambda: [row["name"] for row in handler.told["torrents/files"][one]] == new)
            await until(lambda: "Manage content" not in program.window.tasks.doing)
            assert [n for n, _ in handler.log if "rename" in n] == ["torrents/renameFolder"] + 3 * [
                "torrents/renameFile"
            ]

    run(play())


def test_what_cannot_be_is_said_and_nothing_is_lost(run: Run, tmp_path: Path) -> None:
    async def play() -> None:
        async with simulated(tmp_path, "one", release="5.1.0") as (program, handler, _link, (one,)):
            handler.told["torrents/files"][one] = files(*PATHS, "show/other/info.nfo")
            dialog = await manage(program)
            for dragged, onto, why in (
                (["show"], "season 1", "cannot be moved into itself"),
                (["info.nfo"], "other", "already"),
            ):
                drop(dialog, dragged, onto)
                await until(partial(_says, dialog, why))
            dialog.model.rename(next(n for n in dialog.model.shown if n.name == "e1.mkv"), "..")
            assert _says(dialog, "lead out of the torrent")
            assert dialog.moves == [] and not dialog.ok.isEnabled()
            dialog.reject()
            await until(lambda: open_dialog() is None)

    run(play())


def _says(dialog: ManageContentDialog, words: str) -> bool:
    return words in dialog.reason.text()


@pytest.mark.parametrize(("release", "why"), [("4.2.5", "Needs qBittorrent 4.3.3"), ("5.1.0", "")])
def test_old_servers_cannot_and_a_magnet_has_nothing_yet(run: Run, tmp_path: Path, release: str, why: str) -> None:
    async def play() -> None:
        async with simulated(tmp_path, "one", release=release) as (program, _handler, _link, _hashes):
            await pick(program, "one")
            action = program.window.actions_.action("manage_content")
            program.window.actions_.context_menu().aboutToShow.emit()
            if why:
                assert not action.isEnabled() and why in action.toolTip()
                return
            action.trigger()
            words = "not known before the metadata"
            await until(lambda: program.window.notices.current and words in program.window.notices.current.text)

    run(play())
