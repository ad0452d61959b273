"""The menu of the filter box: what it offers is understood, and what is chosen stands in the box."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QAction
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QMenu, QToolButton

from qbt_remote.sync.query.fields import FIELDS
from qbt_remote.sync.query.language import parse
from qbt_remote.ui.filtering.filter_help import EXAMPLES
from tests.conftest import Run
from tests.ui.conftest import until
from tests.ui.rig import Rig, hash_of, play

ALT = Qt.KeyboardModifier.AltModifier


async def opened(rig: Rig, *, by_keys: bool) -> QMenu:
    box = rig.window.filter_box
    rig.window.activateWindow()
    await until(rig.window.isActiveWindow)
    box.take_keys()
    if by_keys:
        QTest.keyClick(box, Qt.Key.Key_Down, ALT)
    else:
        sign = min(box.findChildren(QToolButton), key=lambda button: button.x())
        QTest.mouseClick(sign, Qt.MouseButton.LeftButton)
    menu = await until(QApplication.activePopupWidget)
    assert isinstance(menu, QMenu)
    return menu


def click(menu: QMenu, text: str) -> None:
    action = next(action for action in menu.actions() if action.data() == text)
    QTest.mouseClick(menu, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, middle(menu, action))


def middle(menu: QMenu, action: QAction) -> QPoint:
    return menu.actionGeometry(action).center()


@pytest.mark.parametrize("text", [text for text, _about in EXAMPLES])
def test_every_example_is_understood(text: str) -> None:
    assert parse(text).text == text


@pytest.mark.parametrize("by_keys", [True, False], ids=["keys", "mouse"])
def test_an_example_is_put_into_the_box_and_filters(run: Run, by_keys: bool) -> None:
    async def scene(rig: Rig) -> None:
        rig.window.filter_box.setText("what was there before")
        menu = await opened(rig, by_keys=by_keys)
        assert [action.data() for action in menu.actions()][: len(EXAMPLES)] == [text for text, _about in EXAMPLES]

        click(menu, "progress<50%")

        assert rig.window.filter_box.text() == "progress<50%"
        assert [row.name for row in rig.window.model.rows] == ["B"]

    play(run, scene)


def test_every_field_is_in_the_menu_and_one_that_is_chosen_is_begun(run: Run) -> None:
    async def scene(rig: Rig) -> None:
        box, home = rig.window.filter_box, rig.home
        home.world.set(hash_of(home, "A")[0], category="linux")
        await until(lambda: rig.window.feed.known("category") == ["linux"])
        box.setText("linux")
        menu = await opened(rig, by_keys=True)
        groups = menu.findChildren(QMenu)
        offered = [action.data() for group in groups for action in group.actions()]
        assert sorted(offered) == sorted(f"{row.name}{row.sign}" for row in set(FIELDS.values()))

        box.end(False)
        action = next(a for group in groups for a in group.actions() if a.data() == "category:")
        action.trigger()
        menu.close()

        assert box.text() == "linux category:"
        popup = await until(lambda: box.popup)
        assert popup.model().index(0, 0).data() == "linux", "the values that there are"

    play(run, scene)


def test_an_error_has_the_room_that_it_needs(run: Run) -> None:
    async def scene(rig: Rig) -> None:
        window, problem = rig.window, rig.window.filter_box.problem
        window.resize(640, 500)
        window.filter_box.setText("size>" + "x" * 150)
        await until(lambda: problem.isVisible() and problem.height() >= problem.heightForWidth(problem.width()))
        assert problem.height() > 2 * problem.fontMetrics().lineSpacing(), "it wraps"
        assert problem.text().endswith("such as 700mb or 4gb")

    play(run, scene)
