"""The status bar: fields with fixed places for the servers that are shown."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QSize, Qt
from PySide6.QtGui import QAction, QPalette, QResizeEvent
from PySide6.QtWidgets import QFrame, QLabel, QStatusBar, QToolButton, QWidget

from qbt_remote.model import text
from qbt_remote.model.i18n import tr, tr_n
from qbt_remote.model.wording import name_of, sentence
from qbt_remote.ui.kit.icons import icon
from qbt_remote.ui.kit.plain_text import label, tip
from qbt_remote.ui.kit.progress import Progress, ProgressBox
from qbt_remote.ui.status.server_state import MakeAction, ServerState
from qbt_remote.ui.status.speed_button import SpeedButton
from qbt_remote.ui.status.waiting_button import WaitingButton

if TYPE_CHECKING:
    from qbt_remote.sync.session import Session

_CONNECTIONS = {
    "connected": "connected",
    "firewalled": "firewalled",
    "disconnected": "disconnected",
}

_BETWEEN = 16
"""What a field takes besides its text: a line, and the spaces round it."""
_OF_SERVERS = 10
"""So many more characters than it needs are kept free at least for how it stands with the servers."""


class StatusBar(QStatusBar):
    """How it stands with the servers at the left, and what waits to be added; at the right what is selected and listed,
    free space, DHT nodes, connection, speeds and alternative limits."""

    _connection = ""
    """As the server calls it; "" while none is shown."""

    def __init__(
        self, action: Callable[[str], QAction], server_action: MakeAction, parent: QWidget | None = None
    ) -> None:
        """``server_action`` gives a command on a server, for a button."""
        super().__init__(parent)
        self.setAccessibleName(tr("Status bar"))
        self.setSizeGripEnabled(False)
        self._fields: list[tuple[QWidget, QLabel]] = []
        """Each with the line before it, from left to right."""
        self._said_of_list, self._rows = "", 0
        self._picked: tuple[int, int | None] = 0, None
        """How many are selected, and their bytes."""
        self._absent: set[QWidget] = set()
        """The fields that there is no room for."""
        self.servers = ServerState(server_action, self)
        self.addWidget(self.servers, 1)
        self.waiting = WaitingButton(action("add_queue"), self)
        self.addWidget(self.waiting)
        self._selected = self._field("100000 selected, 1023.99 GiB")
        self._count = self._field("100000 torrents, 1023.99 GiB")
        self._space = self._field("Free: 1023.99 GiB")
        self._dht = self._field("DHT: 9999")
        self._link = QLabel(self)
        self._link.setFixedSize(24, 20)
        self._link.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.addPermanentWidget(self._link)
        self._down = SpeedButton(tr("Download speed"), action("download_limits"), "limit-download", self)
        self._up = SpeedButton(tr("Upload speed"), action("upload_limits"), "limit-upload", self)
        self._speeds = (self._down, self._up)
        for button in self._speeds:
            self.addPermanentWidget(button)
        self._alt = QToolButton(self)  # the last, where nothing moves it: a second click undoes the first
        self._alt.setDefaultAction(action("alt_speed"))
        self._alt.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonIconOnly)
        self._alt.setAutoRaise(True)
        self.addPermanentWidget(self._alt)
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
        return QSize(hint.width() - self._given_way_for(), hint.height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._share_room()

    def event(self, event: QEvent) -> bool:
        done = super().event(event)
        if event.type() == QEvent.Type.LayoutRequest:  # something came, went, or needs more or less than before
            self._share_room()
        return done

    def _share_room(self) -> None:
        """Show the fields that there is room for, the most important first.

        What is selected comes last, so that the others stay where they are when it comes and goes.
        """
        if layout := self.layout():
            layout.activate()  # until then it adds up what its parts needed before
        kept = max(self.servers.wanted_room(), _OF_SERVERS * self.fontMetrics().averageCharWidth())
        room = whole = self.width() - self.minimumSizeHint().width() - kept
        totals = sum(button.total_room() for button in self._speeds)
        selected, count, space, dht = self._fields
        for field in (count, space, dht, selected):
            if field is space:  # what the session has transferred comes before it
                for button in self._speeds:
                    button.set_long(totals <= room)
                room -= totals
            wanted = field[1].minimumWidth() + _BETWEEN
            needless = field is space and not self._space.text()  # what several servers have free says little
            fits = wanted <= room and not needless
            (self._absent.discard if fits else self._absent.add)(field[1])
            self._show_field(field)
            room -= 0 if needless else wanted
        self.waiting.fit(whole - self._optional())
        self._say_count()
        layout = self.layout()
        assert layout is not None
        layout.activate()  # else its least width is still that of before, and the window grows to it

    def _say_count(self) -> None:
        """What is listed; where there is room for one field only, what is selected takes its place."""
        number = self._picked[0]
        instead = self._of_selection(among=self._rows) if number and self._selected in self._absent else ""
        self._count.setText(instead or self._said_of_list)

    def _of_selection(self, *, among: int = 0) -> str:
        """Say what is selected, and of how many if nothing beside it says that."""
        number, size = self._picked
        said = tr_n(number, "{n} selected", "{n} selected")
        if among:
            said = tr("{n} of {rows} selected", n=text.count(number), rows=text.count(among))
        return said if size is None else tr("{selected}, {size}", selected=said, size=text.size(size))

    def _show_field(self, field: tuple[QWidget, QLabel]) -> None:
        """What is selected is at the left of all: nothing else moves when it comes and goes."""
        shown = field[1] not in self._absent and (field[1] is not self._selected or bool(field[1].text()))
        for widget in field:
            widget.setVisible(shown)

    def _given_way_for(self) -> int:
        """What could be left out of what is shown."""
        return self._optional() + (0 if self.waiting.isHidden() else self.waiting.minimumWidth())

    def _optional(self) -> int:
        """What the optional fields take that are shown."""
        fields = sum(made.minimumWidth() + _BETWEEN for _line, made in self._fields if not made.isHidden())
        totals = sum(button.total_room() for button in self._speeds if button.long)
        return fields + totals

    def fields(self) -> list[tuple[QWidget, QLabel]]:
        """Give the texts, each with the line before it, in their order."""
        return self._fields

    def absent(self) -> set[QWidget]:
        """Give the fields that there is no room for."""
        return self._absent

    def show_selected(self, number: int, size: int | None) -> None:
        """Show how many torrents are selected, and how large they are together; None while that is being counted."""
        self._picked = number, size
        self._selected.setText(self._of_selection() if number else "")
        self._show_field(self._fields[0])
        self._say_count()

    def show_sessions(self, sessions: Sequence[Session], now: float) -> None:
        """Show the state of these servers: the sums of what adds up, the rest of a single server."""
        self.servers.show_sessions(sessions, now)
        online = [s.mirror for s in sessions if s.status.phase == "online"]
        states = [mirror.server for mirror in online]
        single = states[0] if len(states) == 1 else {}
        for place, (button, way) in enumerate(((self._down, "dl"), (self._up, "up"))):
            total = _total(states, f"{way}_info_data") if states else None
            speed = sum(mirror.transfer.speeds[place] for mirror in online)
            button.show_speed(speed, _limit(states, f"{way}_rate_limit"), total)
        space = _number(single.get("free_space_on_disk"))
        self._space.setText(tr("Free: {size}", size=text.size(space)) if space is not None else "")
        self._dht.setText(tr("DHT: {n}", n=_total(states, "dht_nodes")) if states else "")
        tips = [_session_tip(s) for s in sessions]
        for widget in (self._space, self._dht, self._down, self._up):
            widget.setToolTip(tip("\n".join(tips)))
        self._show_connection(single)
        self._share_room()

    def show_list(self, *, rows: int, torrents: int, size: int | None) -> None:
        """Show how many of the servers' torrents are listed, and how large these are together, if that is known."""
        self._rows = rows
        if rows > torrents:  # they have not been counted yet
            self._said_of_list = tr_n(rows, "{n} torrent", "{n} torrents")
        elif rows != torrents:
            count = tr_n(torrents, "{n} torrent", "{n} torrents")
            self._said_of_list = tr("{rows} of {torrents}", rows=rows, torrents=count)
        else:
            self._said_of_list = tr_n(torrents, "{n} torrent", "{n} torrents")
        if size is not None and rows <= torrents:
            self._said_of_list = tr("{torrents}, {size}", torrents=self._said_of_list, size=text.size(size))
        self._say_count()

    def show_waiting(self, waiting: int, failed: int) -> None:
        """Show how many torrents wait to be added, and how many were not."""
        self.waiting.show_counts(waiting, failed)

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
        self._paint_connection()
        words = {
            "connected": tr("The server can be reached by peers"),
            "firewalled": tr("The server cannot be reached by peers from outside"),
            "disconnected": tr("The server has no connection to peers"),
        }
        self._link.setToolTip(tip(words.get(connection, "")))
        self._link.setAccessibleName(words.get(connection, ""))

    def _paint_connection(self) -> None:
        picture = icon(_CONNECTIONS.get(self._connection, ""))
        self._link.setPixmap(picture.pixmap(QSize(16, 16), self.devicePixelRatioF()))

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange and self._connection:
            self._paint_connection()


def _number(value: object) -> int | None:
    return int(value) if isinstance(value, int | float) else None


def _total(states: Sequence[dict[str, object]], key: str) -> int:
    return sum(_number(state.get(key)) or 0 for state in states)


def _limit(states: Sequence[dict[str, object]], key: str) -> int:
    """The limit of all servers together: there is none if one of them has none."""
    limits = [_number(state.get(key)) or 0 for state in states]
    return sum(limits) if all(limit > 0 for limit in limits) else 0


def _transfer(server: dict[str, object], way: str, now: int) -> str:
    """What goes one way, as the buttons have it."""
    speed = text.speed(now)
    if limit := _limit([server], f"{way}_rate_limit"):
        speed = f"{speed} [{text.speed(limit)}]"
    return f"{speed} ({text.size(_number(server.get(f'{way}_info_data')) or 0)})"


def _session_tip(session: Session) -> str:
    server = session.mirror.server
    if session.status.phase != "online":
        away = tr("{server}: not connected", server=name_of(session))
        return f"{away}. {sentence(session.status.error)}" if session.status.error else away
    down, up = session.mirror.transfer.speeds
    return tr(
        "{server}: down {down}, up {up}, {space} free, {nodes} DHT nodes",
        server=name_of(session),
        down=_transfer(server, "dl", down),
        up=_transfer(server, "up", up),
        space=text.size(_number(server.get("free_space_on_disk")) or 0),
        nodes=_number(server.get("dht_nodes")) or 0,
    )
