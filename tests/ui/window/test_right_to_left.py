"""In a window that goes from right to left everything stands mirrored, and each text keeps its own order."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import QLocale, Qt
from PySide6.QtGui import QColor, QImage
from PySide6.QtWidgets import QApplication, QStyledItemDelegate, QToolButton

from qbt_remote.model.sidebar import Entry
from qbt_remote.ui.filtering.sidebar import Sidebar
from tests.conftest import Run
from tests.ui.rig import Rig, play


@pytest.fixture
def right_to_left(qapp: QApplication) -> Iterator[None]:
    qapp.setLayoutDirection(Qt.LayoutDirection.RightToLeft)
    yield
    qapp.setLayoutDirection(Qt.LayoutDirection.LeftToRight)


def test_units_stay_behind_their_numbers(run: Run, right_to_left: None) -> None:
    async def scene(rig: Rig) -> None:
        delegate = rig.window.table.itemDelegate()
        assert isinstance(delegate, QStyledItemDelegate)
        assert delegate.displayText("16.0 KiB", QLocale()) == "\u206816.0 KiB\u2069"
        assert delegate.displayText("", QLocale()) == ""
        shown = [button.text() for button in rig.window.status.findChildren(QToolButton)]
        assert shown.count("\u20680 B/s (0 B)\u2069") == 2

    play(run, scene)


def test_pick_of_the_sidebar_is_marked_at_the_right(qapp: QApplication, right_to_left: None) -> None:
    sidebar = Sidebar()
    sidebar.fill("tag", [Entry("one", "one")])
    sidebar.resize(200, 500)
    picture = sidebar.grab().toImage()
    row = sidebar.visualRect(sidebar.model().index(0, 0, sidebar.model().index(0, 0))).center().y()
    marked = sidebar.palette().highlight().color()
    assert _close(picture, sidebar.viewport().width() - 2, row, marked)
    assert not _close(picture, 1, row, marked)


def _close(picture: QImage, x: int, y: int, wanted: QColor) -> bool:
    got = picture.pixelColor(round(x * picture.devicePixelRatio()), round(y * picture.devicePixelRatio()))
    return max(abs(got.red() - wanted.red()), abs(got.green() - wanted.green()), abs(got.blue() - wanted.blue())) < 12
