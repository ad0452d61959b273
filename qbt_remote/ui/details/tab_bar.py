"""The tabs of the details: a click on the one in view folds the area, a click on any opens it, as on the desktop."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent
from PySide6.QtWidgets import QTabBar, QWidget

from qbt_remote.model.i18n import tr
from qbt_remote.ui.commands.command import without_mnemonic
from qbt_remote.ui.details.tabs import TABS
from qbt_remote.ui.kit.icons import icon
from qbt_remote.ui.kit.plain_text import tip
from qbt_remote.ui.kit.read_as import read_as

_KEYS = (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space)


class TabBar(QTabBar):
    """One tab for each row of ``TABS``."""

    taken = Signal(bool)
    """By a click or a key; whether it is the tab that was in view before."""
    taken_twice = Signal()
    """By a double click, after it was taken."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        read_as(self, tr("Details"))
        self.setDocumentMode(True)
        self.setExpanding(False)
        self.setDrawBase(False)
        for place, tab in enumerate(TABS):
            title = without_mnemonic(tr(tab.text))
            self.addTab(icon(tab.icon), title)
            explained = tr("{tab} ({key}). Click to show the details, click again to hide them", tab=title, key=tab.key)
            self.setTabToolTip(place, tip(explained))

    def mousePressEvent(self, event: QMouseEvent) -> None:
        place, before = self._at(event), self.currentIndex()
        super().mousePressEvent(event)
        if place >= 0:
            self.taken.emit(place == before)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Qt would take it for one more click."""
        if self._at(event) >= 0:
            self.taken_twice.emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in _KEYS and not event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier:
            self.taken.emit(True)
        else:
            super().keyPressEvent(event)

    def _at(self, event: QMouseEvent) -> int:
        """Give the tab that the left button is over, -1 if there is none."""
        return self.tabAt(event.position().toPoint()) if event.button() == Qt.MouseButton.LeftButton else -1
