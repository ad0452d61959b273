"""Lets a dialog take what is dropped or pasted on it."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QDropEvent, QGuiApplication, QKeySequence, QShortcut
from PySide6.QtWidgets import QWidget

from qbt_remote.api.adding.given import Given
from qbt_remote.ui.add.drops import dropped

_DROPS = (QEvent.Type.DragEnter, QEvent.Type.Drop)


class Taking(QObject):
    """Gives it on, if there is anything in it that can be added; inputs inside the dialog keep what they take."""

    def __init__(self, dialog: QWidget, take: Callable[[Given], None]) -> None:
        super().__init__(dialog)
        self._take = take
        dialog.setAcceptDrops(True)
        dialog.installEventFilter(self)
        QShortcut(QKeySequence.StandardKey.Paste, dialog).activated.connect(self._paste)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() not in _DROPS or not isinstance(event, QDropEvent):
            return super().eventFilter(watched, event)
        given = dropped(event.mimeData())
        if given:
            event.setDropAction(Qt.DropAction.CopyAction)
            event.accept()
            if event.type() == QEvent.Type.Drop:
                self._take(given)
        return True

    def _paste(self) -> None:
        given = dropped(QGuiApplication.clipboard().mimeData())
        if given:
            self._take(given)
