"""The bar above the list: what keeps a server away, and the buttons that mend it, while there are rows to show.

What needs the user is said at once, of every server.  What may pass by itself is said of the shown servers, and only
once it has lasted: a poll that is lost moves nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QPoint, QSize, Signal
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPalette
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QToolButton, QWidget

from qbt_remote.model.i18n import tr, tr_n
from qbt_remote.model.wording import name_of
from qbt_remote.sync.trouble import NEEDS_THE_USER, trouble
from qbt_remote.ui.commands.standing import Standing, standing
from qbt_remote.ui.kit.icons import icon
from qbt_remote.ui.kit.plain_text import breakable, label, tip
from qbt_remote.ui.kit.theme import is_dark, state_color
from qbt_remote.ui.status.server_state import MakeAction

if TYPE_CHECKING:
    from qbt_remote.sync.session import Session

PATIENCE_S = 5.0
_SILENT = frozenset({"", "connecting", "disconnected"})


class Troubles:
    """Which servers are in trouble, and since when; those that were dismissed are left out until it is another."""

    def __init__(self) -> None:
        self._since: dict[str, tuple[str, float]] = {}
        self._dismissed: dict[str, str] = {}

    def worth_saying(self, sessions: Iterable[Session], shown: Sequence[Session], now: float) -> list[Session]:
        """Give those that are to be told, those first that need the user; ``now`` is time.monotonic()."""
        kinds = {session: trouble(session) for session in sessions}
        for session, kind in kinds.items():
            server = session.config.id
            if self._since.get(server, ("", 0.0))[0] != kind:
                self._since[server] = (kind, now)
            if self._dismissed.get(server, kind) != kind:
                del self._dismissed[server]
        told = [s for s, kind in kinds.items() if self._is_worth(s, kind, shown, now)]
        return sorted(told, key=lambda s: kinds[s] not in NEEDS_THE_USER)

    def dismiss(self, sessions: Iterable[Session]) -> None:
        self._dismissed.update((session.config.id, trouble(session)) for session in sessions)

    def _is_worth(self, session: Session, kind: str, shown: Sequence[Session], now: float) -> bool:
        server = session.config.id
        if kind in _SILENT or server in self._dismissed:
            return False
        return kind in NEEDS_THE_USER or (session in shown and now - self._since[server][1] >= PATIENCE_S)


class ServerBar(QFrame):
    """Shows the first of the servers in trouble: sign, sentence, its buttons, how many more there are."""

    list_wanted = Signal(object, object)
    """(sessions, global position): the user asks for all of them in a menu."""

    _shown: tuple[str, Standing] | None = None

    def __init__(self, action: MakeAction, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._action = action
        self._troubles = Troubles()
        self._told: list[Session] = []
        self._picture = QLabel(self)
        self.text = label("", self, wrap=True)
        """Whole, in several lines where it has to be: what to do stands at the end of it."""
        self._buttons = QHBoxLayout()
        self._buttons.setSpacing(8)
        self._mends: list[QPushButton] = []
        self.more = QToolButton(self)
        self.more.setAutoRaise(True)
        self.more.setToolTip(tip(tr("Show the servers and what can be done with them")))
        self.more.clicked.connect(self._ask_for_list)
        dismiss = QToolButton(self)
        dismiss.setAutoRaise(True)
        dismiss.setIcon(icon("close"))
        dismiss.setToolTip(tip(tr("Do not show this until it changes")))
        dismiss.setAccessibleName(tr("Do not show this until it changes"))
        dismiss.clicked.connect(self.dismiss)
        line = QHBoxLayout(self)
        line.setContentsMargins(12, 4, 8, 4)
        line.setSpacing(8)
        line.addWidget(self._picture)
        line.addWidget(self.text, 1)
        line.addLayout(self._buttons)
        line.addWidget(self.more)
        line.addWidget(dismiss)
        self.hide()

    @property
    def told(self) -> list[Session]:
        """The servers that it is about."""
        return self._told

    def show_sessions(self, sessions: Iterable[Session], shown: Sequence[Session], now: float, *, said: str) -> None:
        """Bring it up to date; ``said`` is the id of a server of which the page in the list's place says it."""
        told = self._troubles.worth_saying(sessions, shown, now)
        self._told = [session for session in told if session.config.id != said]
        first = self._told[0] if self._told else None
        known = standing(first) if first else None
        if first is None or known is None:
            self._shown = None
            self.hide()
            return
        others = len(self._told) - 1
        self.more.setText(tr_n(others, "and {n} more", "and {n} more"))
        self.more.setVisible(others > 0)
        if self._shown != (first.config.id, known):
            before, self._shown = self._shown, (first.config.id, known)
            self._say(known)
            if before is None or before[0] != first.config.id or before[1].mends != known.mends:
                self._fill_buttons(known.mends, first.config.id)
        self.show()

    def dismiss(self) -> None:
        self._troubles.dismiss(self._told)
        self._told, self._shown = [], None
        self.hide()

    def _ask_for_list(self) -> None:
        self.list_wanted.emit(self._told, self.more.mapToGlobal(QPoint(0, self.more.height())))

    def buttons(self) -> list[QPushButton]:
        """Give those that mend it, in their order."""
        return self._mends

    def _say(self, known: Standing) -> None:
        text = known.text if name_of(self._told[0]) in known.text else f"{known.title}. {known.text}".strip()
        self.text.setText(breakable(text))
        self.text.setToolTip(tip(text))
        self.setAccessibleName(text)
        self._paint(known.icon)

    def _paint(self, picture: str) -> None:
        self._picture.setPixmap(icon(picture, self._accent()).pixmap(QSize(16, 16), self.devicePixelRatioF()))

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange and self._shown:
            self._paint(self._shown[1].icon)

    def _fill_buttons(self, commands: Sequence[str], server: str) -> None:
        """A time that goes down in the text leaves the buttons, and the focus on them, as they are."""
        for old in self._mends:
            self._buttons.removeWidget(old)
            old.hide()
            old.deleteLater()
        self._mends = []
        for command in commands:
            button = QPushButton(self)
            action = self._action(command, server, button)
            button.setText(action.text())
            button.setObjectName(command)
            button.setToolTip(action.toolTip())
            button.clicked.connect(action.trigger)
            self._buttons.addWidget(button)
            self._mends.append(button)

    def _accent(self) -> QColor:
        return state_color("error" if self._shown and self._shown[1].icon == "error" else "warning", is_dark())

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        wash = QColor(self._accent())
        painter.fillRect(self.rect(), self.palette().color(QPalette.ColorRole.Base))
        painter.fillRect(0, 0, 4, self.height(), wash)
        wash.setAlphaF(0.12)
        painter.fillRect(self.rect(), wash)
        painter.end()
