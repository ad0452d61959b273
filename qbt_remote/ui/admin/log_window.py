"""The log of a server, and the peers that it did not let in."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from PySide6.QtCore import QDateTime, QLocale
from PySide6.QtWidgets import QTabWidget

from qbt_remote.model.i18n import tr
from qbt_remote.model.log_table import LogColumn
from qbt_remote.sync.dates import is_date
from qbt_remote.sync.details.server_log import (
    CRITICAL,
    INFO,
    MAIN,
    NORMAL,
    PEERS,
    WARNING,
    BlockedPeer,
    Message,
    ServerLog,
)
from qbt_remote.translatable import N
from qbt_remote.ui.admin.log_view import LogView, Types
from qbt_remote.ui.admin.server_window import ServerWindow
from qbt_remote.ui.kit.plain_text import tip
from qbt_remote.ui.kit.read_as import read_as

if TYPE_CHECKING:
    from qbt_remote.sync.session import Session
    from qbt_remote.ui.commands.shell import Shell

TYPES = Types(
    lambda entry: entry.type,
    (
        (NORMAL, N("&Normal"), N("Show normal messages")),
        (INFO, N("&Information"), N("Show informational messages")),
        (WARNING, N("&Warning"), N("Show warnings")),
        (CRITICAL, N("C&ritical"), N("Show critical messages")),
    ),
    {INFO: "downloading", WARNING: "warning", CRITICAL: "error"},
)
_SLICE = 500


def _time(entry: Message | BlockedPeer) -> str:
    if not is_date(entry.time_s):
        return ""
    return QLocale().toString(QDateTime.fromSecsSinceEpoch(entry.time_s), "yyyy-MM-dd HH:mm:ss")


def _type(entry: Message) -> str:
    found = (tr(text).replace("&", "") for type, text, _help in TYPES.boxes if type == entry.type)
    return next(found, str(entry.type))


def _status(entry: BlockedPeer) -> str:
    return tr("Blocked") if entry.blocked else tr("Banned")


_WHEN = LogColumn(N("Time"), _time, "2026-11-25 00:00:00")
MESSAGES = (
    _WHEN,
    LogColumn(N("Type"), _type, "255.255.255.255"),
    LogColumn(N("Message"), lambda entry: entry.text),
)
BLOCKED = (
    _WHEN,
    LogColumn(N("IP"), lambda entry: entry.ip, "255.255.255.255"),
    LogColumn(N("Status"), _status, "Information"),
    LogColumn(N("Reason"), lambda entry: entry.reason),
)


class LogWindow(ServerWindow):
    """Two tabs, of which only the one in view is asked for."""

    ID, TITLE, SIZE = "log", N("Execution log"), (900, 560)

    def __init__(self, shell: Shell, session: Session) -> None:
        super().__init__(shell, session)
        self.tabs = QTabWidget(self)
        read_as(self.tabs.tabBar(), tr("Logs"))
        self.tabs.setDocumentMode(True)
        self.main = LogView(tr("Execution log"), MESSAGES, tr("The log is empty."), TYPES, parent=self)
        self.peers = LogView(tr("Blocked IPs"), BLOCKED, tr("No peers have been blocked."), parent=self)
        for view, title, help in (
            (self.main, tr("General"), tr("Messages from the server")),
            (self.peers, tr("Blocked IPs"), tr("Peers that the server has blocked")),
        ):
            self.tabs.setTabToolTip(self.tabs.addTab(view, title), tip(help))
        self.column.addWidget(self.tabs, 1)
        self.column.setContentsMargins(0, 0, 0, 0)
        self.choice.setContentsMargins(12, 8, 12, 0)
        self._logs: dict[LogView, ServerLog] = {}
        self.begin_anew()
        self.tabs.currentChanged.connect(self.look_now)

    def begin_anew(self) -> None:
        self._logs = {self.main: ServerLog(MAIN), self.peers: ServerLog(PEERS)}
        for view in self._logs:
            view.forget()

    async def news(self) -> None:
        view = self.tabs.currentWidget()
        assert isinstance(view, LogView)
        entries, anew = await self._logs[view].news(self.session)
        taken = 0
        try:
            while len(entries) - taken > _SLICE:
                view.take(entries[taken : taken + _SLICE], anew=anew and not taken)
                taken += _SLICE
                await asyncio.sleep(0)
        finally:  # also where nobody looks any more: they are not told again
            view.take(entries[taken:], anew=anew and not taken)
