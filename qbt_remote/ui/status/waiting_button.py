"""How many torrents wait to be added, and how many were not, in the status bar; a click lists them."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QToolButton, QWidget

from qbt_remote.model import text
from qbt_remote.model.adding import counts_text
from qbt_remote.model.i18n import tr
from qbt_remote.ui.kit.icons import icon
from qbt_remote.ui.kit.plain_text import tip
from qbt_remote.ui.kit.theme import is_dark, on_new_colours, state_color

_AROUND = 32
"""Icon and margins."""


class WaitingButton(QToolButton):
    """There only while there is something to say; where there is little room, the number alone is left of it."""

    def __init__(self, action: QAction, parent: QWidget) -> None:
        super().__init__(parent)
        self._waiting = self._failed = 0
        self._long = True
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

    @property
    def whole(self) -> str:
        """All that it has to say, be there room for it or not; "" if that is nothing."""
        return counts_text(self._waiting, self._failed)

    def room(self, *, long: bool) -> int:
        """Give how wide it is with all its words, or with the number alone; 0 if there is nothing to say."""
        shown = self.whole if long else self._number
        return _AROUND + self.fontMetrics().horizontalAdvance(shown) if shown else 0

    def set_long(self, long: bool) -> None:
        """Show all words, or the number alone."""
        if long != self._long:
            self._long = long
            self._say()

    @property
    def _number(self) -> str:
        """The number of what needs somebody, else of what waits."""
        return text.count(self._failed or self._waiting) if self.whole else ""

    def _say(self) -> None:
        whole = self.whole
        self.setText(whole if self._long else self._number)
        self.setFixedWidth(self.room(long=self._long))
        self.setAccessibleName(whole or tr("Nothing is waiting to be added"))
        self.setToolTip(tip(tr("{what}\nClick to list them", what=whole)))
        self.setVisible(bool(whole))

    def _dress(self) -> None:
        kind = "error" if self._failed else "queued"
        self.setIcon(icon(kind, state_color(kind, is_dark())))
