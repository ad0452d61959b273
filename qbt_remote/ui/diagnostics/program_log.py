"""What qbt-remote itself has to say, and each request that it sent to the servers, as they come."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import QDateTime, QLocale
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QPushButton, QWidget

from qbt_remote.local.log import Kept, LogEntry, recent
from qbt_remote.local.requests import Request
from qbt_remote.model.i18n import tr
from qbt_remote.model.log_table import LogColumn
from qbt_remote.model.text import number, size
from qbt_remote.translatable import N
from qbt_remote.ui.admin.live_window import LiveWindow
from qbt_remote.ui.admin.log_view import LogView, Types
from qbt_remote.ui.commands.which import server_text
from qbt_remote.ui.kit.icons import icon
from qbt_remote.ui.kit.plain_text import label, tip

if TYPE_CHECKING:
    from qbt_remote.ui.commands.shell import Shell

_FAILURES = {"CancelledError": N("given up"), "GeneratorExit": N("given up")}
_LONGEST_NAME = 24


@dataclass(frozen=True, slots=True)
class _LogRow:
    """One row; it is put into words when it is seen."""

    what: LogEntry | Request
    server: str
    """Id, or "" where it is about none, or about more than can be told."""
    name: str


def _time(line: _LogRow) -> str:
    moment = QDateTime.fromMSecsSinceEpoch(int(line.what.time_s * 1000))
    return QLocale().toString(moment, "yyyy-MM-dd HH:mm:ss.zzz")


def _level(line: _LogRow) -> int:
    if isinstance(line.what, Request):
        return logging.DEBUG
    return max((level for level, _text, _help in TYPES.boxes if level <= line.what.level), default=logging.DEBUG)


def _type(line: _LogRow) -> str:
    if isinstance(line.what, Request):
        return tr("Request")
    return tr(_NAMES[_level(line)])


def _text(line: _LogRow) -> str:
    what = line.what
    if isinstance(what, LogEntry):
        return what.message
    said = tr(
        "{method} {path}: {answer}, {ms} ms, {sent} sent, {received} received",
        method=what.method,
        path=what.name,
        answer=tr("status {status}", status=str(what.status)) if what.status else tr("no answer"),
        ms=number(what.spent_ms),
        sent=size(what.sent),
        received=size(what.received),
    )
    if what.attempt > 1:
        said = tr("{request}, attempt {n}", request=said, n=what.attempt)
    if what.failure:
        failure = tr(_FAILURES[what.failure]) if what.failure in _FAILURES else what.failure
        said = tr("{request}, {failure}", request=said, failure=failure)
    return said


_NAMES = {
    logging.DEBUG: N("Debug"),
    logging.INFO: N("Information"),
    logging.WARNING: N("Warning"),
    logging.ERROR: N("Error"),
}
TYPES = Types(
    _level,
    (
        (logging.DEBUG, N("Re&quests"), N("Show each request to a server, and messages for debugging")),
        (logging.INFO, N("&Information"), N("Show informational messages")),
        (logging.WARNING, N("&Warnings"), N("Show warnings")),
        (logging.ERROR, N("E&rrors"), N("Show errors")),
    ),
    {logging.INFO: "downloading", logging.WARNING: "warning", logging.ERROR: "error"},
)
COLUMNS = (
    LogColumn(N("Time"), _time, "2026-11-25 00:00:00.000"),
    LogColumn(N("Type"), _type, "Information"),
    LogColumn(N("Server"), lambda line: line.name, "a server's name"),
    LogColumn(N("Message"), _text),
)


class ProgramLog(LiveWindow):
    """All servers' requests and the lines of the log in one list; a server can be looked at alone."""

    ID, TITLE, SIZE, INTERVAL_S = "program_log", N("Program log"), (960, 560), 1.0

    def __init__(self, shell: Shell) -> None:
        super().__init__(shell)
        self.setWindowTitle(tr(self.TITLE))
        self.column.setContentsMargins(0, 0, 0, 0)
        self.server = QComboBox(self)
        self._choice = self._choice_of_server()
        self.view = LogView(tr("Program log"), COLUMNS, tr("The log is empty."), TYPES, parent=self)
        self.view.types[logging.DEBUG].setChecked(False)  # of each poll one: they would hide the rest
        self.clear_button = QPushButton(icon("clear"), tr("Cl&ear"), self)
        self.clear_button.setToolTip(tip(tr("Empty this list; what comes from now on is shown")))
        self.clear_button.clicked.connect(self.clear)
        self.view.row.addWidget(self.clear_button)
        QWidget.setTabOrder(self.view.copy_button, self.clear_button)
        self.column.addWidget(self._choice)
        self.column.addWidget(self.view, 1)
        self._offered: list[tuple[str, str]] = []
        self._cleared: dict[str, int] = {}
        self._seen: dict[str, int] = {}
        """How many of each source were there when the list was emptied, and when it was looked at last."""
        self._anew = True

    def _choice_of_server(self) -> QWidget:
        box = self.server
        box.setAccessibleName(tr("Server"))
        box.setToolTip(tip(tr("Show what is about one server, or about all")))
        box.setMinimumContentsLength(_LONGEST_NAME)
        box.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        box.activated.connect(self._begin_anew)
        name = label(tr("&Server"))
        name.setBuddy(box)
        choice = QWidget(self)
        line = QHBoxLayout(choice)
        line.setContentsMargins(12, 8, 12, 0)
        line.setSpacing(8)
        line.addWidget(name)
        line.addWidget(box)
        line.addStretch(1)
        return choice

    def clear(self) -> None:
        """Empty the list; nothing is lost of the log file, nor of the diagnostics."""
        self._cleared = {key: source.total for key, source in self._sources().items()}
        self._begin_anew()

    async def look(self) -> None:
        self._offer_servers()
        lines = [line for line in self._news() if self._is_wanted(line)]
        lines.sort(key=lambda line: line.what.time_s)
        self.view.take(lines, anew=self._anew)
        self._anew = False

    def _begin_anew(self) -> None:
        self._seen, self._anew = dict(self._cleared), True
        self.look_now()

    def _sources(self) -> dict[str, Kept[LogEntry] | Kept[Request]]:
        """The log is that under ""; the requests are under the server's id."""
        return {"": recent(), **{id: session.requests.kept for id, session in self._shell.sessions.items()}}

    def _news(self) -> list[_LogRow]:
        names = dict(self._offered)
        ids = {session.config.name: id for id, session in self._shell.sessions.items()}
        found: list[_LogRow] = []
        for key, source in self._sources().items():
            for what in source.since(self._seen.get(key, 0)):
                if isinstance(what, Request):
                    found.append(_LogRow(what, key, names[key]))
                else:
                    about = next((ids[part] for part in what.parts if isinstance(part, str) and part in ids), "")
                    found.append(_LogRow(what, about, names.get(about, "")))
            self._seen[key] = source.total
        return found

    def _is_wanted(self, line: _LogRow) -> bool:
        chosen = self.server.currentData()
        return not chosen or line.server == chosen

    def _offer_servers(self) -> None:
        sessions = self._shell.sessions
        offered = [(id, server_text(session, sessions.values())) for id, session in sessions.items()]
        self._choice.setVisible(len(offered) > 1)
        if offered == self._offered:
            return
        self._offered = offered
        chosen = self.server.currentData()
        self.server.clear()
        self.server.addItem(tr("All servers"), "")
        for id, name in offered:
            self.server.addItem(name, id)
        place = self.server.findData(chosen)
        self.server.setCurrentIndex(max(place, 0))
        if chosen and place < 0:  # it has been removed
            self._seen, self._anew = dict(self._cleared), True
