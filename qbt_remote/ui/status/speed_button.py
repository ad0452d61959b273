"""A speed in the status bar, as qBittorrent writes it: "1.2 MiB/s [500 KiB/s] (138 MiB)"."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QToolButton, QWidget

from qbt_remote.model import text
from qbt_remote.ui.kit.icons import icon
from qbt_remote.ui.kit.plain_text import isolated

_AROUND = 28
"""Icon and margins."""
_WIDEST_SPEED, _WIDEST_LIMIT, _WIDEST_TOTAL = "1023.9 MiB/s", " [1023.9 MiB/s]", " (1023.99 GiB)"


class SpeedButton(QToolButton):
    """The speed, its limit in brackets if there is one, in parentheses what was transferred since the server started.

    A click opens what the speed is limited by.  Where there is little room the last part is left out.
    """

    def __init__(self, name: str, action: QAction, icon_id: str, parent: QWidget) -> None:
        super().__init__(parent)
        self._name = name
        self._long = True
        self._parts = text.speed(0), "", ""
        self.setAutoRaise(True)
        self.setIcon(icon(icon_id))
        self.setIconSize(QSize(16, 16))
        self.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.clicked.connect(action.trigger)
        self._say()

    def show_speed(self, speed: int, limit: int, total: int | None) -> None:
        """Bytes a second; a limit of 0 is none, a total of None is not known."""
        parts = text.speed(speed), text.speed(limit) if limit else "", "" if total is None else text.size(total)
        if parts != self._parts:
            self._parts = parts
            self._say()

    def total_room(self) -> int:
        """What the part takes that may be left out."""
        return self.fontMetrics().horizontalAdvance(_WIDEST_TOTAL)

    @property
    def long(self) -> bool:
        return self._long

    def set_long(self, long: bool) -> None:
        """Show that part, or leave it out."""
        if long != self._long:
            self._long = long
            self._say()

    def _say(self) -> None:
        speed, limit, total = self._parts
        widest, shown = _WIDEST_SPEED, speed
        if limit:
            widest, shown = widest + _WIDEST_LIMIT, f"{shown} [{limit}]"
        whole = f"{shown} ({total})" if total else shown
        self.setMinimumWidth(_AROUND + self.fontMetrics().horizontalAdvance(widest) + self._long * self.total_room())
        self.setText(isolated(whole if self._long else shown, self))
        self.setAccessibleName(f"{self._name}: {whole}")
