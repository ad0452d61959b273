"""The tab "Speed": how fast data went, of the torrent in view, of its server, or of all servers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QColor, QHideEvent, QPainter, QPalette, QPen, QPixmap, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QLabel, QVBoxLayout

from qbt_remote.model import text
from qbt_remote.model.i18n import tr, tr_n
from qbt_remote.sync.details.speeds import PERIODS_S, History
from qbt_remote.sync.torrent import Torrent
from qbt_remote.translatable import N
from qbt_remote.ui.commands.command import Command
from qbt_remote.ui.details.in_view import InView
from qbt_remote.ui.details.panel import Panel
from qbt_remote.ui.details.panels.speed_graph import DOWN, UP, SpeedGraph
from qbt_remote.ui.kit.plain_text import label, tip
from qbt_remote.ui.kit.theme import is_dark, state_color

WHOSE: tuple[tuple[str, str], ...] = (
    ("torrent", N("This torrent")),
    ("server", N("Its server")),
    ("all", N("All servers")),
)
_SWATCH_WIDTH, _SWATCH_HEIGHT = 22, 10


class SpeedPanel(Panel):
    """The graph, what it is of and of which time, and the values of now."""

    def __init__(self, in_view: InView, commands: Sequence[Command[Any]]) -> None:
        super().__init__(in_view, commands)
        self._speeds = in_view.speeds
        self._torrent: Torrent | None = None
        self.setAutoFillBackground(True)
        self.setBackgroundRole(QPalette.ColorRole.Base)
        self.whose = self._choice(tr("Show"), [tr(words) for _id, words in WHOSE], tr("Whose speeds are shown"))
        periods = [_period(seconds) for seconds in PERIODS_S]
        self.period = self._choice(tr("Period"), periods, tr("The time span that is shown"))
        self.down, self.up = label(parent=self, selectable=True), label(parent=self, selectable=True)
        self._swatches = {DOWN: QLabel(self), UP: QLabel(self)}
        self._lacking = label(parent=self)
        self.graph = SpeedGraph(self)
        self._line = QHBoxLayout()
        self._titles: list[QLabel] = []
        self._lay_out()
        self._dress()
        self.whose.currentIndexChanged.connect(self._show)
        self.period.currentIndexChanged.connect(self._show)

    def _choice(self, name: str, choices: list[str], help: str) -> QComboBox:
        made = QComboBox(self)
        made.addItems(choices)
        made.setAccessibleName(name)
        made.setToolTip(tip(help))
        return made

    def _lay_out(self) -> None:
        line = self._line
        line.setSpacing(6)
        for id, value in ((DOWN, self.down), (UP, self.up)):
            line.addWidget(self._swatches[id])
            line.addWidget(value)
            line.addSpacing(4)
        line.addWidget(self._lacking)
        line.addStretch(1)
        for name, choice in ((tr("Show"), self.whose), (tr("Period"), self.period)):
            title = label(name, self)
            title.setBuddy(choice)
            self._titles.append(title)
            line.addWidget(title)
            line.addWidget(choice)
        column = QVBoxLayout(self)
        column.setContentsMargins(12, 8, 12, 8)
        column.setSpacing(6)
        column.addLayout(line)
        column.addWidget(self.graph, 1)

    # what the details tell

    def show_torrent(self, torrent: Torrent | None) -> None:
        self._torrent = torrent
        if torrent is not None:
            self._speeds.follow(torrent)
        self._show()

    def save_state(self) -> dict[str, Any]:
        return {"whose": WHOSE[self.whose.currentIndex()][0], "period_s": PERIODS_S[self.period.currentIndex()]}

    def restore_state(self, state: dict[str, Any]) -> None:
        ids = [id for id, _words in WHOSE]
        if state.get("whose") in ids:
            self.whose.setCurrentIndex(ids.index(state["whose"]))
        if state.get("period_s") in PERIODS_S:
            self.period.setCurrentIndex(PERIODS_S.index(state["period_s"]))

    # showing

    def _history(self) -> History:
        whose, torrent = WHOSE[self.whose.currentIndex()][0], self._torrent
        if whose == "all":
            return self._speeds.all
        if torrent is None:
            return History()
        return self._speeds.of_torrent(torrent) if whose == "torrent" else self._speeds.of_server(torrent.server)

    def _show(self) -> None:
        history, now = self._history(), self._speeds.now
        period_s = PERIODS_S[self.period.currentIndex()]
        self.graph.show_speeds(history.stretches(period_s, now), period_s, now)
        down, up = history.last or (None, None)
        self.down.setText(_value(tr("Download"), down))
        self.up.setText(_value(tr("Upload"), up))
        missing = self._torrent is None and WHOSE[self.whose.currentIndex()][0] != "all"
        self._lacking.setText(tr("Select a torrent to see its speeds.") if missing else "")
        self._lacking.setVisible(missing)

    def _sampled(self) -> None:
        if self.isVisible():
            self._show()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        if self._sampled not in self._speeds.on_sample:
            self._speeds.on_sample.append(self._sampled)
        self._show()

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        if self._sampled in self._speeds.on_sample:
            self._speeds.on_sample.remove(self._sampled)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Where there is no room for everything, the choices do without their titles."""
        super().resizeEvent(event)
        titles = sum(title.sizeHint().width() + 6 for title in self._titles)
        others = self._line.sizeHint().width() - (titles if self._titles[0].isVisibleTo(self) else 0)
        for title in self._titles:
            title.setVisible(others + titles + 24 <= self.width())

    # colours

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange and hasattr(self, "graph"):
            self._dress()

    def _dress(self) -> None:
        dark = is_dark(self.palette())
        for id, style in ((DOWN, Qt.PenStyle.SolidLine), (UP, Qt.PenStyle.DashLine)):
            self._swatches[id].setPixmap(_line(state_color(id, dark), style, self.devicePixelRatioF()))


def _period(seconds: int) -> str:
    minutes, hours = seconds // 60, seconds // 3600
    if hours:
        return tr_n(hours, "{n} hour", "{n} hours")
    return tr_n(minutes, "{n} minute", "{n} minutes")


def _value(name: str, speed: float | None) -> str:
    shown = "–" if speed is None else text.speed(round(speed))
    return tr("{name}: {speed}", name=name, speed=shown)


def _line(color: QColor, style: Qt.PenStyle, ratio: float) -> QPixmap:
    """Draw a piece of a line, for the legend."""
    made = QPixmap(round(_SWATCH_WIDTH * ratio), round(_SWATCH_HEIGHT * ratio))
    made.setDevicePixelRatio(ratio)
    made.fill(Qt.GlobalColor.transparent)
    painter = QPainter(made)
    painter.setPen(QPen(color, 1, style))
    painter.drawLine(0, _SWATCH_HEIGHT // 2, _SWATCH_WIDTH, _SWATCH_HEIGHT // 2)
    painter.end()
    return made


def panel(in_view: InView, commands: Sequence[Command[Any]]) -> SpeedPanel:
    """Make the panel."""
    return SpeedPanel(in_view, commands)
