"""Which torrent the details are about: its name, its server where there are several, how many are selected."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QFont, QResizeEvent
from PySide6.QtWidgets import QLabel, QSizePolicy, QWidget

from qbt_remote.model import text
from qbt_remote.model.i18n import tr
from qbt_remote.ui.commands.which import Sessions, servers_text
from qbt_remote.ui.kit.plain_text import clean, isolated, tip

if TYPE_CHECKING:
    from qbt_remote.sync.torrent import Torrent

_LONGEST = 300


class Heading(QLabel):
    """One line; where the space is short the name is cut, not what is said behind it."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._name = self._behind = ""
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self.setContentsMargins(12, 4, 12, 4)
        font = QFont(self.font())
        font.setWeight(QFont.Weight.DemiBold)
        self.setFont(font)

    @property
    def whole(self) -> str:
        """What it says, uncut."""
        return self._name + self._behind

    def show_torrent(self, t: Torrent, sessions: Sessions, selected: int) -> None:
        """Name the torrent; ``selected`` is how many are, this one among them."""
        session = sessions.get(t.server)
        server = servers_text([session] if session is not None else [], sessions)
        name, behind = clean(t.name, _LONGEST), _behind(server, selected)
        if (name, behind) != (self._name, self._behind):
            self._name, self._behind = name, behind
            self._fit()

    def sizeHint(self) -> QSize:
        return QSize(0, super().sizeHint().height())

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        metrics, room = self.fontMetrics(), self.contentsRect().width()
        left = max(room - metrics.horizontalAdvance(self._behind), 0)
        name = metrics.elidedText(self._name, Qt.TextElideMode.ElideMiddle, left)
        self.setText(isolated(name, self) + self._behind)
        self.setToolTip(tip(self.whole) if name != self._name else "")
        self.setAccessibleName(self.whole)


def _behind(server: str, selected: int) -> str:
    if selected < 2:
        return f" ({server})" if server else ""
    part, n = text.number(1), text.number(selected)
    if server:
        return " " + tr("({server}; {part} of {n} selected)", server=server, part=part, n=n)
    return " " + tr("({part} of {n} selected)", part=part, n=n)
