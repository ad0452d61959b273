"""A menu of checks: it stays open while several of them are set."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction, QKeyEvent, QMouseEvent
from PySide6.QtWidgets import QMenu


class CheckMenu(QMenu):
    """A click or Space sets a check and leaves the menu open; Return sets it and closes the menu, as Esc does."""

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if not _set(self.actionAt(event.position().toPoint())):
            super().mouseReleaseEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if not (event.key() == Qt.Key.Key_Space and _set(self.activeAction())):
            super().keyPressEvent(event)


def _set(action: QAction | None) -> bool:
    if action is None or not action.isCheckable() or not action.isEnabled():
        return False
    action.trigger()
    return True
