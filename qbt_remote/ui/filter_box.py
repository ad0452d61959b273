"""The box that narrows the list down by what is typed."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QLineEdit, QWidget

from qbt_remote.model.i18n import tr
from qbt_remote.ui.icons import icon


class FilterBox(QLineEdit):
    """Text that the names must fit; ``textChanged`` tells of every key."""

    left = Signal()
    """The user is done here: the keys go back to the list."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        # the style's picture for it takes 4 ms of the start
        self.textChanged.connect(lambda: self.setClearButtonEnabled(True), Qt.ConnectionType.SingleShotConnection)
        self.setPlaceholderText(tr("Filter torrents"))
        self.setToolTip(tr("Words that the name contains; -word leaves out. Ctrl+F"))
        self.setAccessibleName(tr("Filter torrents by name"))
        self.setMaximumWidth(320)
        self.addAction(icon("search"), QLineEdit.ActionPosition.LeadingPosition)
        self._on(Qt.Key.Key_Down, Qt.Key.Key_Return).triggered.connect(self.left)
        escape = self._on(Qt.Key.Key_Escape)
        escape.triggered.connect(self.clear)
        escape.triggered.connect(self.left)

    def take_keys(self) -> None:
        """Take the focus, with all text selected, as for a shortcut."""
        self.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.selectAll()

    def _on(self, *keys: Qt.Key) -> QAction:
        action = QAction(self)
        action.setShortcuts([QKeySequence(key) for key in keys])
        action.setShortcutContext(Qt.ShortcutContext.WidgetShortcut)
        self.addAction(action)
        return action
