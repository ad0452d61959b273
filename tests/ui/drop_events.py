"""Drops without another process: the events that Qt would send."""

from __future__ import annotations

from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, qVersion
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QApplication, QWidget

_TAKES_POINT_F = tuple(map(int, qVersion().split(".")))[:2] >= (6, 12)
"""From 6.12 on an entry at a QPoint is deprecated; before, it is the only one."""


def drop_on(target: QWidget, mime: QMimeData, where: QPoint) -> bool:
    """Send the events of a drop; False if its entry or the drop itself was refused."""
    copy, button, keys = Qt.DropAction.CopyAction, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    entry = QPointF(where) if _TAKES_POINT_F else where
    enter = QDragEnterEvent(entry, copy, mime, button, keys)  # type: ignore[arg-type, unused-ignore]  # see above
    enter.setAccepted(False)
    QApplication.sendEvent(target, enter)
    if not enter.isAccepted():
        return False
    drop = QDropEvent(QPointF(where), copy, mime, button, keys)
    QApplication.sendEvent(target, drop)
    return drop.isAccepted()
