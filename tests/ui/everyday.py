"""A person at the window: each click, key and typed text is an event of the window system, and counts one."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtGui import QWindow
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractItemView, QApplication, QComboBox, QMenu, QMenuBar, QWidget

from tests.ui.conftest import until

LEFT, RIGHT = Qt.MouseButton.LeftButton, Qt.MouseButton.RightButton
NONE, CTRL = Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.ControlModifier
SHIFT, ALT = Qt.KeyboardModifier.ShiftModifier, Qt.KeyboardModifier.AltModifier


class Person:
    """Does what a hand can; what is hidden, covered or grey cannot be clicked."""

    def __init__(self) -> None:
        self.actions = 0

    async def click(
        self,
        widget: QWidget,
        at: QPoint | None = None,
        button: Qt.MouseButton = LEFT,
        modifiers: Qt.KeyboardModifier = NONE,
        *,
        double: bool = False,
    ) -> None:
        """Click on a widget where it can be seen; by a right click the desktop asks for its menu."""
        window = widget.window()
        await until(lambda: widget.isVisible() and widget.isEnabled() and window.windowHandle() is not None)
        place = widget.mapTo(window, widget.rect().center() if at is None else at)
        hit = window.childAt(place)
        assert window is widget or hit is widget or (hit is not None and widget.isAncestorOf(hit)), (
            f"{widget} is covered by {hit}"
        )
        self.actions += 1
        press = QTest.mouseDClick if double else QTest.mouseClick
        await _outside_tasks(lambda: press(_handle(window), button, modifiers, place))

    async def click_row(
        self,
        view: QAbstractItemView,
        text: str,
        column: int = 0,
        button: Qt.MouseButton = LEFT,
        modifiers: Qt.KeyboardModifier = NONE,
        *,
        double: bool = False,
    ) -> None:
        """Click on the row of a list, a table or a tree that has this text."""

        def place() -> QRect:
            model = view.model()
            index = next(
                (
                    i
                    for row in range(model.rowCount(view.rootIndex()))
                    if (i := model.index(row, column, view.rootIndex())).data() == text
                ),
                None,
            )
            return view.visualRect(index) if index is not None else QRect()

        before = QRect()
        while not before.isValid() or place() != before:  # a list that is just being read moves its rows
            before = place()
            await asyncio.sleep(0.15)
        await self.click(view.viewport(), place().center(), button, modifiers, double=double)

    async def choose(self, text: str) -> None:
        """Click on an entry of the menu that is open."""

        def there() -> QMenu | None:
            menu = QApplication.activePopupWidget()
            return menu if isinstance(menu, QMenu) and any(plain(a.text()) == text for a in menu.actions()) else None

        menu = await until(there)
        action = next(a for a in menu.actions() if plain(a.text()) == text)
        assert action.isEnabled(), text
        self.actions += 1
        QTest.mouseClick(menu, LEFT, NONE, menu.actionGeometry(action).center())

    async def open_menu(self, bar: QMenuBar, title: str) -> None:
        action = next(a for a in bar.actions() if plain(a.text()) == title)
        await self.click(bar, bar.actionGeometry(action).center())

    async def pick(self, combo: QComboBox, text: str) -> None:
        """Open a drop-down and click on an entry: two."""
        await self.click(combo, QPoint(combo.width() - 8, combo.height() // 2))
        await until(combo.view().isVisible)
        await self.click_row(combo.view(), text)

    def press(self, key: Qt.Key, modifiers: Qt.KeyboardModifier = NONE) -> None:
        self.actions += 1
        QTest.keyClick(_focus(), key, modifiers)

    def type(self, text: str) -> None:
        self.actions += 1
        for sign in text:
            QTest.keyClick(_focus(), sign)  # type: ignore[call-overload]  # stubs: a sign is taken as well


async def _outside_tasks(act: Callable[[], None]) -> None:
    """An event of the window system runs other events before it returns, which no task may do (qasync)."""
    done = asyncio.Event()

    def run() -> None:
        act()
        done.set()

    asyncio.get_running_loop().call_soon(run)
    await done.wait()


def _focus() -> QWidget:
    """What the keyboard goes to."""
    found = QApplication.activePopupWidget() or QApplication.focusWidget()
    assert found is not None
    return found


def _handle(window: QWidget) -> QWindow:
    handle = window.windowHandle()
    assert handle is not None
    return handle


def plain(text: str) -> str:
    return text.replace("&", "")
