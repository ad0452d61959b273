"""The small buttons that stand inside an input line, with names: Qt gives them none.  And Escape in such a line."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QAction, QKeyEvent
from PySide6.QtWidgets import QLineEdit

from qbt_remote.model.i18n import tr
from qbt_remote.ui.kit.icons import icon


def clearable(line: QLineEdit) -> None:
    """Let the line have a button that empties it."""
    line.setClearButtonEnabled(True)
    clear = line.findChild(QAction, "_q_qlineeditclearaction")
    if isinstance(clear, QAction):
        clear.setText(tr("Clear"))


def search_sign(line: QLineEdit) -> QAction:
    """Put the magnifying glass at the beginning of the line."""
    sign = line.addAction(icon("search"), QLineEdit.ActionPosition.LeadingPosition)
    sign.setText(tr("Search"))
    return sign


def escape_empties(line: QLineEdit) -> None:
    """Let Escape empty the line first, if there is something in it, before it closes the window."""
    line.installEventFilter(_Escape(line))


class _Escape(QObject):
    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if not isinstance(event, QKeyEvent) or event.type() != QEvent.Type.KeyPress:
            return False
        if event.key() != Qt.Key.Key_Escape or not isinstance(watched, QLineEdit) or not watched.text():
            return False
        watched.clear()
        return True
