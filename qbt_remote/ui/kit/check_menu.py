"""A menu of checks: it stays open while several of them are set."""

from __future__ import annotations

from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QAction, QCursor, QKeyEvent, QMouseEvent, QShowEvent
from PySide6.QtWidgets import QApplication, QMenu, QWidget


class CheckMenu(QMenu):
    """A click or Space sets a check and leaves the menu open; Return sets it and closes the menu, as Esc does.

    The release of the button that opened the menu sets nothing, as in any QMenu, though an entry may lie under it.
    """

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._opened_at: QPoint | None = None
        """Where the pointer was, until a button is pressed in the menu or the pointer has moved."""

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._opened_at = QCursor.pos()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self._opened_at = None
        super().mousePressEvent(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._opened_at is not None:
            moved = (event.globalPosition().toPoint() - self._opened_at).manhattanLength()
            if moved > QApplication.startDragDistance():
                self._opened_at = None
        super().mouseMoveEvent(event)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if self._opened_at is not None:
            return
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
