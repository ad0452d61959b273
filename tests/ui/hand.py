"""What a person does, counted: one for a click, a choice, a key, a field that is filled in with the way there."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QAction
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QApplication, QLineEdit, QMenu, QWidget

from tests.ui.conftest import until

W = TypeVar("W", bound=QWidget)


class Hand:
    """Acts on what can be seen and reached, and counts."""

    def __init__(self) -> None:
        self.actions = 0

    def click(self, button: QAbstractButton) -> None:
        assert button.isVisible() and button.isEnabled(), button.text()
        self.actions += 1
        QTest.mouseClick(button, Qt.MouseButton.LeftButton)

    def choose(self, menu: QMenu, entry: str) -> None:
        """Open a menu and choose in it: two."""
        menu.aboutToShow.emit()
        action: QAction = next(a for a in menu.actions() if a.text().replace("&", "") == entry)
        assert action.isEnabled(), entry
        self.actions += 2
        action.trigger()

    def fill(self, field: QLineEdit, text: str) -> None:
        assert field.isVisible() and field.isEnabled()
        self.actions += 1
        if not field.hasFocus():
            QTest.mouseClick(field, Qt.MouseButton.LeftButton, pos=QPoint(20, field.height() // 2))
            field.selectAll()
        QTest.keyClicks(field, text)

    def press(self, key: Qt.Key) -> None:
        focus = QApplication.focusWidget()
        assert focus is not None
        self.actions += 1
        QTest.keyClick(focus, key)


async def modal(kind: type[W], but_not: Callable[[W], bool] = lambda _shown: False) -> W:
    """Wait for a dialog of this kind to be in front."""

    def shown() -> W | None:
        found = QApplication.activeModalWidget()
        ready = isinstance(found, kind) and found.isActiveWindow() and not but_not(found)
        return found if ready else None  # type: ignore[return-value]  # of this kind

    found = await until(shown)
    assert isinstance(found, kind)
    return found
