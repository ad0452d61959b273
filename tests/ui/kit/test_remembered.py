"""Windows open above their parent, where they were left; dialogs for files in Downloads, then where the last was."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, QSize, QStandardPaths, Qt
from PySide6.QtWidgets import QFileDialog, QWidget
from pytestqt.qtbot import QtBot

from qbt_remote.local.window_state import WindowState
from qbt_remote.ui.kit.remembered import remember_size, start_in

SIZE = QSize(200, 100)


def shown(qtbot: QtBot, parent: QWidget, kept: WindowState) -> QWidget:
    window = QWidget(parent, Qt.WindowType.Window)
    remember_size(window, kept, "log", SIZE)
    window.show()
    qtbot.waitExposed(window)
    return window


@pytest.fixture
def parent(qtbot: QtBot) -> QWidget:
    made = QWidget()
    qtbot.addWidget(made)
    made.setGeometry(500, 300, 400, 300)
    made.show()
    qtbot.waitExposed(made)
    return made


def test_a_window_opens_above_its_parent_and_then_where_it_was(qtbot: QtBot, parent: QWidget) -> None:
    kept = WindowState()
    window = shown(qtbot, parent, kept)
    assert parent.frameGeometry().contains(window.geometry().center())

    window.move(40, 60)
    qtbot.waitUntil(lambda: window.pos() == QPoint(40, 60))
    window.resize(250, 150)
    window.close()
    again = shown(qtbot, parent, WindowState.read(kept.as_json()))

    qtbot.waitUntil(lambda: (again.pos(), again.size()) == (QPoint(40, 60), QSize(250, 150)))


@pytest.mark.parametrize("place", [[9000, 9000], [-5000, 10]])
def test_a_place_on_another_screen_is_not_used(qtbot: QtBot, parent: QWidget, place: list[int]) -> None:
    window = shown(qtbot, parent, WindowState(sizes={"log": [200, 100]}, places={"log": place}))

    assert parent.screen().availableGeometry().contains(window.geometry())
    assert parent.frameGeometry().contains(window.geometry().center())


def test_all_of_a_window_is_on_the_screen(qtbot: QtBot, parent: QWidget) -> None:
    room = parent.screen().availableGeometry()
    window = shown(qtbot, parent, WindowState(places={"log": [room.right() - 5, room.bottom() - 5]}))

    assert room.contains(window.geometry())


@pytest.mark.parametrize("given", [[1], [1, "2"], "1, 2", [10**9, 0], [True, False]])
def test_a_place_that_is_none_is_passed_over(given: object) -> None:
    assert WindowState.read({"places": {"log": given}}).places == {}


@pytest.fixture
def downloads() -> Iterator[Path]:
    folder = Path(QStandardPaths.writableLocation(QStandardPaths.StandardLocation.DownloadLocation))
    there = folder.is_dir()
    folder.mkdir(parents=True, exist_ok=True)
    yield folder
    if not there:
        folder.rmdir()


def opened(qtbot: QtBot, folders: dict[str, str], key: str = "add") -> QFileDialog:
    dialog = QFileDialog()
    qtbot.addWidget(dialog)
    start_in(dialog, folders, key)
    return dialog


def test_the_first_dialog_for_files_opens_in_downloads(qtbot: QtBot, downloads: Path, tmp_path: Path) -> None:
    folders: dict[str, str] = {}
    dialog = opened(qtbot, folders)
    assert Path(dialog.directory().absolutePath()) == downloads

    dialog.filesSelected.emit([str(tmp_path / "a.torrent"), str(tmp_path / "b.torrent")])
    assert Path(opened(qtbot, folders).directory().absolutePath()) == tmp_path
    assert Path(opened(qtbot, folders, "export").directory().absolutePath()) == downloads
    assert Path(opened(qtbot, {"add": "/not/there"}).directory().absolutePath()) == downloads


def test_a_folder_that_was_chosen_is_the_next_start(qtbot: QtBot, tmp_path: Path) -> None:
    folders: dict[str, str] = {}
    dialog = opened(qtbot, folders)
    dialog.setFileMode(QFileDialog.FileMode.Directory)

    dialog.fileSelected.emit(str(tmp_path))

    assert folders == {"add": str(tmp_path)}


def test_without_downloads_it_opens_at_home(qtbot: QtBot, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    assert not (tmp_path / "Downloads").exists()

    assert Path(opened(qtbot, {}).directory().absolutePath()) == tmp_path
