"""The status bar: fields with fixed places for the servers that are shown."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QAction, QPalette, QResizeEvent
from PySide6.QtWidgets import QFrame, QLabel, QStatusBar, QToolButton, QWidget

from qbt_remote.model import text
from qbt_remote.model.i18n import tr, tr_n
from qbt_remote.model.wording import name_of, sentence
from qbt_remote.ui.kit.icons import icon
from qbt_remote.ui.kit.plain_text import isolated, label, tip
from qbt_remote.ui.kit.progress import Progress, ProgressBox
from qbt_remote.ui.status.server_state import MakeAction, ServerState

if TYPE_CHECKING:
    from qbt_remote.sync.session import Session

_CONNECTIONS = {
    "connected": "connected",
    "firewalled": "firewalled",
    "disconnected": "disconnected",
}

_BETWEEN = 16
"""What a field takes besides its text: a line, and the spaces round it."""


class StatusBar(QStatusBar):
    """Message at the left; free space, DHT nodes, connection, alternative limits and speeds at the right."""

    def __init__(
        self, action: Callable[[str], QAction], server_action: MakeAction, parent: QWidget | None = None
    ) -> None:
        """``server_action`` gives a command on a server, for a button."""
        super().__init__(parent)
        self.setAccessibleName(tr("Status bar"))
        self.setSizeGripEnabled(False)
        self._fields: list[tuple[QWidget, QWidget]] = []
        """Each with the line before it, the most important first; the last give way where the window is narrow."""
        self.servers = ServerState(server_action, self)
        self.addWidget(self.servers, 1)
        self._count = self._field("100000 of 100000 torrents")
        self._space = self._field("Free: 1023.9 GiB")
        self._dht = self._field("DHT: 9999")
        self._link = QLabel(self)
        self._link.setFixedSize(24, 20)
        self._link.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.addPermanentWidget(self._link)
        self._alt = QToolButton(self)
        self._alt.setDefaultAction(action("alt_speed"))
        self._alt.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonIconOnly)
        self._alt.setAutoRaise(True)
        self.addPermanentWidget(self._alt)
        self._down = self._button(action("speed_limits"), "limit-download", "1023.9 MiB/s")
        self._up = self._button(action("speed_limits"), "limit-upload", "1023.9 MiB/s")
        self._connection = ""
        self._doing: list[str] = []
        self._work: list[ProgressBox] = []
        self._wanted = True

    def _field(self, widest: str) -> QLabel:
        line = QFrame(self)
        line.setFrameShape(QFrame.Shape.VLine)
        line.setFrameShadow(QFrame.Shadow.Plain)
        line.setForegroundRole(QPalette.ColorRole.Mid)
        self.addPermanentWidget(line)
        made = label()
        made.setMinimumWidth(made.fontMetrics().horizontalAdvance(widest))
        made.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.addPermanentWidget(made)
        self._fields.append((line, made))
        return made

    def minimumSizeHint(self) -> QSize:
        hint = super().minimumSizeHint()
        return QSize(hint.width() - sum(self._width_of(field) for field in self._fields), hint.height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        room = self.width() - self.minimumSizeHint().width()
        for field in self._fields:
            wanted = field[1].minimumWidth() + _BETWEEN
            for widget in field:
                widget.setVisible(wanted <= room)
            room -= wanted

    def _width_of(self, field: tuple[QWidget, QWidget]) -> int:
        return 0 if field[1].isHidden() else field[1].minimumWidth() + _BETWEEN

    def _button(self, action: QAction, icon_id: str, widest: str) -> QToolButton:
        """A field that opens a dialog: it takes the action's tip, and shows its own icon and text."""
        button = QToolButton(self)
        button.setAutoRaise(True)
        button.setIcon(icon(icon_id))
        button.setIconSize(QSize(16, 16))
        button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        button.setMinimumWidth(button.fontMetrics().horizontalAdvance(widest) + 28)
        button.setAccessibleName(action.iconText())
        button.clicked.connect(action.trigger)
        self.addPermanentWidget(button)
        return button

    def show_sessions(self, sessions: Sequence[Session], *, rows: int, torrents: int, now: float) -> None:
        """Show the state of these servers: the sums of what adds up, the rest of a single server."""
        self.servers.show_sessions(sessions, now)
        count = tr_n(torrents, "{n} torrent", "{n} torrents")
        self._count.setText(count if rows == torrents else tr("{rows} of {torrents}", rows=rows, torrents=count))
        states = [s.mirror.server for s in sessions if s.status.phase == "online"]
        single = states[0] if len(states) == 1 else {}
        down, up = (_total(states, key) for key in ("dl_info_speed", "up_info_speed"))
        self._show_speed(self._down, tr("Download speed"), _speed(down, single.get("dl_rate_limit")))
        self._show_speed(self._up, tr("Upload speed"), _speed(up, single.get("up_rate_limit")))
        space = _number(single.get("free_space_on_disk"))
        self._space.setText(tr("Free: {size}", size=text.size(space)) if space is not None else "")
        self._dht.setText(tr("DHT: {n}", n=_total(states, "dht_nodes")) if states else "")
        tips = [_session_tip(s) for s in sessions]
        for widget in (self._space, self._dht, self._down, self._up):
            widget.setToolTip(tip("\n".join(tips)))
        self._show_connection(single)

    def _show_speed(self, button: QToolButton, name: str, speed: str) -> None:
        button.setText(isolated(speed, self))
        button.setAccessibleName(f"{name}: {speed}")

    def set_wanted(self, wanted: bool) -> None:
        """Show the bar, or hide it; while a command goes on in batches it is there all the same."""
        self._wanted = wanted
        self.setVisible(wanted or bool(self._work))

    def show_progress(self, progress: Progress) -> None:
        """Show how far a command is, and how to end it, until ``hide_progress``."""
        box = ProgressBox(progress, self)
        self._work.append(box)
        self.insertWidget(0, box)
        box.show()
        self.setVisible(True)

    def hide_progress(self, progress: Progress) -> None:
        for box in [box for box in self._work if box.progress is progress]:
            self._work.remove(box)
            self.removeWidget(box)
            box.release()
        self.setVisible(self._wanted or bool(self._work))

    def show_doing(self, doing: str, *, under_way: bool) -> None:
        """Show, before the servers' states, a command that takes longer than one expects, until it has ended."""
        if under_way:
            self._doing.append(doing)
        elif doing in self._doing:
            self._doing.remove(doing)
        self._say()

    def _say(self) -> None:
        self.servers.show_doing("   ".join(f"{doing}…" for doing in dict.fromkeys(self._doing)))

    def _show_connection(self, server: dict[str, object]) -> None:
        connection = str(server.get("connection_status", ""))
        if connection == self._connection:
            return
        self._connection = connection
        words = {
            "connected": tr("The server can be reached by peers"),
            "firewalled": tr("The server cannot be reached by peers from outside"),
            "disconnected": tr("The server has no connection to peers"),
        }
        if connection in _CONNECTIONS:
            self._link.setPixmap(icon(_CONNECTIONS[connection]).pixmap(QSize(16, 16), self.devicePixelRatioF()))
        else:
            self._link.clear()
        self._link.setToolTip(tip(words.get(connection, "")))
        self._link.setAccessibleName(words.get(connection, ""))


def _number(value: object) -> int | None:
    return int(value) if isinstance(value, int | float) else None


def _total(states: Sequence[dict[str, object]], key: str) -> int:
    return sum(_number(state.get(key)) or 0 for state in states)


def _speed(now: int, limit: object) -> str:
    most = _number(limit)
    return f"{text.speed(now)} ({text.speed(most)})" if most else text.speed(now)


def _session_tip(session: Session) -> str:
    server = session.mirror.server
    if session.status.phase != "online":
        away = tr("{server}: not connected", server=name_of(session))
        return f"{away}. {sentence(session.status.error)}" if session.status.error else away
    return tr(
        "{server}: down {down}, up {up}, {space} free, {nodes} DHT nodes",
        server=name_of(session),
        down=_speed(_number(server.get("dl_info_speed")) or 0, server.get("dl_rate_limit")),
        up=_speed(_number(server.get("up_info_speed")) or 0, server.get("up_rate_limit")),
        space=text.size(_number(server.get("free_space_on_disk")) or 0),
        nodes=_number(server.get("dht_nodes")) or 0,
    )
