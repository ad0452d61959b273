"""How many torrents wait to be added, and how many were not, in the status bar; a click lists them."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QToolButton, QWidget

from qbt_remote.model import text
from qbt_remote.model.adding.states import counts_text
from qbt_remote.model.i18n import tr
from qbt_remote.ui.kit.icons import icon
from qbt_remote.ui.kit.plain_text import tip
from qbt_remote.ui.kit.theme import is_dark, on_new_colours, state_color

_AROUND = 32
"""Icon and margins."""


class WaitingButton(QToolButton):
    """There only while there is something to say; where there is little room, it says less, at least the number."""

    def __init__(self, action: QAction, parent: QWidget) -> None:
        super().__init__(parent)
        self._waiting = self._failed = 0
        self._room = 0
        self.setAutoRaise(True)
        self.setIconSize(QSize(16, 16))
        self.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.clicked.connect(action.trigger)
        on_new_colours(self, self._dress)
        self._say()

    def show_counts(self, waiting: int, failed: int) -> None:
        """Say how many have no result yet, and how many were not added."""
        if (waiting, failed) != (self._waiting, self._failed):
            self._waiting, self._failed = waiting, failed
            self._dress()
            self._say()

    def fit(self, room: int) -> None:
        """Say as much as there is room for."""
        if room != self._room:
            self._room = room
            self._say()

    def _say(self) -> None:
        whole = counts_text(self._waiting, self._failed)
        first = counts_text(0 if self._failed else self._waiting, self._failed)
        shown = next((words for words in (whole, first) if self._width(words) <= self._room), "")
        shown = shown or text.count(self._failed or self._waiting)
        self.setText(shown)
        self.setFixedWidth(self._width(shown))
        self.setAccessibleName(whole or tr("Nothing is waiting to be added"))
        self.setToolTip(tip(tr("{what}\nClick to list them", what=whole)))
        self.setVisible(bool(whole))

    def _width(self, words: str) -> int:
        return _AROUND + self.fontMetrics().horizontalAdvance(words)

    def _dress(self) -> None:
        kind = "error" if self._failed else "queued"
        self.setIcon(icon(kind, state_color(kind, is_dark())))
