"""A window is never larger than its screen, nor has a least size that is; what needs more scrolls above the buttons."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest
from PySide6.QtCore import QSize, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractScrollArea, QLineEdit, QScrollArea, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

import qbt_remote
from qbt_remote.local.window_state import WindowState
from qbt_remote.ui.kit.dialogs import FormDialog, TextDialog
from qbt_remote.ui.kit.on_screen import room_for
from qbt_remote.ui.kit.remembered import remember_size
from tests.walk.judge import faults, out_of_reach

ROOT = Path(qbt_remote.__file__).parent


def form(qtbot: QtBot, rows: int) -> FormDialog:
    dialog = FormDialog(None, "Many things")
    qtbot.addWidget(dialog)
    for n in range(rows):
        dialog.add_row(f"Thing {n}", QLineEdit(dialog))
    return dialog


def show(qtbot: QtBot, window: QWidget) -> None:
    window.show()
    qtbot.waitExposed(window)


def areas(window: QWidget) -> list[QScrollArea]:
    return window.findChildren(QScrollArea)


def test_a_dialog_that_fits_stays_as_it_was_laid_out(qtbot: QtBot) -> None:
    dialog = form(qtbot, 3)
    show(qtbot, dialog)

    assert areas(dialog) == []
    assert dialog.minimumWidth() == 380
    assert out_of_reach(dialog) == []


def test_what_needs_more_than_the_screen_scrolls_and_the_buttons_stay(qtbot: QtBot) -> None:
    dialog = form(qtbot, 200)
    show(qtbot, dialog)

    assert out_of_reach(dialog) == []
    assert len(areas(dialog)) == 1
    assert not areas(dialog)[0].horizontalScrollBar().maximum()
    assert dialog.first is not None and dialog.focusWidget() is dialog.first
    QTest.keyClick(dialog.focusWidget(), Qt.Key.Key_Tab)
    assert dialog.focusWidget() is dialog.findChildren(QLineEdit)[1]
    accepted: list[bool] = []
    dialog.accepted.connect(lambda: accepted.append(True))
    QTest.keyClick(dialog.focusWidget(), Qt.Key.Key_Return)
    assert accepted == [True]


def test_content_that_grows_while_the_dialog_is_open_scrolls_then(qtbot: QtBot) -> None:
    dialog = form(qtbot, 3)
    show(qtbot, dialog)
    for n in range(200):
        dialog.add_row(f"More {n}", QLineEdit(dialog))

    qtbot.waitUntil(lambda: len(areas(dialog)) == 1 and out_of_reach(dialog) == [])


def test_a_least_size_and_a_size_from_a_larger_screen_are_bounded(qtbot: QtBot) -> None:
    dialog = form(qtbot, 3)
    dialog.setMinimumSize(5000, 4000)
    remember_size(dialog, WindowState(sizes={"it": [6000, 5000]}), "it", QSize(300, 200))
    show(qtbot, dialog)

    room = room_for(dialog)
    assert dialog.minimumSize() == room
    qtbot.waitUntil(lambda: dialog.size() == room)


def test_a_width_that_was_set_for_a_small_font_is_no_less_than_is_needed(qtbot: QtBot) -> None:
    dialog = form(qtbot, 1)
    wide = QWidget(dialog)
    wide.setMinimumWidth(700)
    dialog.column.insertWidget(0, wide)
    show(qtbot, dialog)

    assert dialog.width() >= 700 + 24
    assert areas(dialog) == []


def test_a_dialog_opens_as_high_as_its_wrapped_texts_need(qtbot: QtBot) -> None:
    dialog = TextDialog(None, "New category")
    qtbot.addWidget(dialog)
    while dialog.column.minimumHeightForWidth(460) < room_for(dialog).height() * 0.8:  # Qt opens none above 2/3
        dialog.add_line("Save path", help="A folder on the server for its torrents; empty for the default one. " * 2)
    show(qtbot, dialog)

    assert [line for line in faults(dialog) if "cut off" in line] == []
    assert areas(dialog) == []


def test_a_window_without_buttons_scrolls_as_a_whole(qtbot: QtBot) -> None:
    window = QWidget()
    qtbot.addWidget(window)
    column = QVBoxLayout(window)
    for _ in range(200):
        column.addWidget(QLineEdit(window))
    remember_size(window, WindowState(), "it", QSize(300, 200))
    show(qtbot, window)

    assert out_of_reach(window) == []
    assert isinstance(window.findChildren(QAbstractScrollArea)[0], QScrollArea)


@pytest.mark.parametrize("file", sorted(path.relative_to(ROOT).as_posix() for path in (ROOT / "ui").rglob("*.py")))
def test_every_kind_of_dialog_and_window_is_bounded(file: str) -> None:
    source = (ROOT / file).read_text("utf-8")
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.ClassDef):
            written = ast.get_source_segment(source, node) or ""
            is_dialog = any(isinstance(base, ast.Name) and base.id == "QDialog" for base in node.bases)
            if is_dialog or "Qt.WindowType.Window)" in written:
                assert "keep_on_screen(self)" in written or "remember_size(self" in written, node.name
