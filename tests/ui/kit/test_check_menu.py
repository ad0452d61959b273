"""A menu of checks stays open while several are set, by mouse and by keys."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QEvent, QPoint, Qt
from PySide6.QtGui import QCursor, QMouseEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from qbt_remote.ui.kit.check_menu import CheckMenu


@pytest.fixture
def menu(qtbot: QtBot) -> CheckMenu:
    made = CheckMenu()
    qtbot.addWidget(made)
    for name in ("a", "b", "c"):
        made.addAction(name).setCheckable(True)
    made.addAction("reset")
    made.popup(QPoint(10, 10))
    qtbot.waitExposed(made)
    return made


def checked(menu: CheckMenu) -> list[str]:
    return [action.text() for action in menu.actions() if action.isChecked()]


def click(menu: CheckMenu, place: int) -> None:
    QTest.mouseClick(menu, Qt.MouseButton.LeftButton, pos=menu.actionGeometry(menu.actions()[place]).center())


def test_clicks_leave_it_open(menu: CheckMenu) -> None:
    click(menu, 0)
    click(menu, 2)

    assert menu.isVisible() and checked(menu) == ["a", "c"]


def test_space_leaves_it_open_and_return_closes_it(menu: CheckMenu) -> None:
    for key in (Qt.Key.Key_Down, Qt.Key.Key_Space, Qt.Key.Key_Down, Qt.Key.Key_Space):
        QTest.keyClick(menu, key)
    assert menu.isVisible() and checked(menu) == ["a", "b"]

    QTest.keyClick(menu, Qt.Key.Key_Return)
    assert not menu.isVisible() and checked(menu) == ["a"]


def test_escape_and_what_is_no_check_close_it(menu: CheckMenu) -> None:
    click(menu, 1)
    QTest.keyClick(menu, Qt.Key.Key_Escape)
    assert not menu.isVisible() and checked(menu) == ["b"]

    menu.popup(QPoint(10, 10))
    click(menu, 3)
    assert not menu.isVisible()


def test_what_cannot_be_set_is_left_alone(menu: CheckMenu) -> None:
    menu.actions()[0].setEnabled(False)
    click(menu, 0)

    assert checked(menu) == []


def release_of_the_right_button(menu: CheckMenu, at: QPoint) -> None:
    event = QMouseEvent(
        QEvent.Type.MouseButtonRelease,
        at.toPointF(),
        menu.mapToGlobal(at).toPointF(),
        Qt.MouseButton.RightButton,
        Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier,
    )
    QApplication.sendEvent(menu, event)


def test_the_button_that_opened_it_sets_nothing_when_let_go(menu: CheckMenu) -> None:
    first, third = (menu.actionGeometry(menu.actions()[place]).center() for place in (0, 2))
    menu.hide()
    QCursor.setPos(menu.mapToGlobal(first))
    menu.popup(QPoint(10, 10))

    release_of_the_right_button(menu, first)
    assert menu.isVisible() and checked(menu) == []

    QTest.mouseMove(menu, first + QPoint(1, 1))
    release_of_the_right_button(menu, first + QPoint(1, 1))
    assert menu.isVisible() and checked(menu) == []

    QTest.mouseMove(menu, third)  # held, moved to an entry and let go there
    release_of_the_right_button(menu, third)
    assert menu.isVisible() and checked(menu) == ["c"]


def test_after_it_a_click_sets(menu: CheckMenu) -> None:
    first = menu.actionGeometry(menu.actions()[0]).center()
    release_of_the_right_button(menu, first)

    QTest.mouseClick(menu, Qt.MouseButton.RightButton, pos=first)

    assert menu.isVisible() and checked(menu) == ["a"]
