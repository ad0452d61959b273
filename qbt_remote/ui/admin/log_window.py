"""The log of a server, the peers that it did not let in, and our own log."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QDateTime, QEvent, QLocale, QPoint, Qt
from PySide6.QtGui import QGuiApplication, QKeySequence, QPalette
from PySide6.QtWidgets import (
    QAbstractItemView,
    QCheckBox,
    QHBoxLayout,
    QHeaderView,
    QLineEdit,
    QMenu,
    QPushButton,
    QStackedLayout,
    QTabWidget,
    QVBoxLayout,
    QWidget,
)

from qbt_remote.local.log import recent
from qbt_remote.model.i18n import tr
from qbt_remote.model.log_table import LogColumn, LogTable
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
from qbt_remote.ui.admin.server_window import ServerWindow
from qbt_remote.ui.kit.icons import icon
from qbt_remote.ui.kit.line_buttons import clearable, escape_empties
from qbt_remote.ui.kit.note import PanelNote
from qbt_remote.ui.kit.plain_text import tip
from qbt_remote.ui.kit.read_as import read_as
from qbt_remote.ui.kit.row_table import RowTable
from qbt_remote.ui.kit.theme import alternate_base, is_dark, state_color

if TYPE_CHECKING:
    from qbt_remote.sync.session import Session
    from qbt_remote.ui.commands.shell import Shell

TYPES = (
    (NORMAL, N("&Normal"), N("Show normal messages")),
    (INFO, N("&Information"), N("Show informational messages")),
    (WARNING, N("&Warning"), N("Show warnings")),
    (CRITICAL, N("C&ritical"), N("Show critical messages")),
)
_COLORS = {INFO: "downloading", WARNING: "warning", CRITICAL: "error"}
_OWN_TYPES = {"DEBUG": INFO, "WARNING": WARNING, "ERROR": CRITICAL, "CRITICAL": CRITICAL}


def _time(entry: Message | BlockedPeer) -> str:
    if not is_date(entry.time_s):
        return ""
    return QLocale().toString(QDateTime.fromSecsSinceEpoch(entry.time_s), "yyyy-MM-dd HH:mm:ss")


def _type(entry: Message) -> str:
    return next((tr(text).replace("&", "") for type, text, _help in TYPES if type == entry.type), str(entry.type))


def _status(entry: BlockedPeer) -> str:
    return tr("Blocked") if entry.blocked else tr("Banned")


MESSAGES = (
    LogColumn(N("Time"), _time),
    LogColumn(N("Type"), _type),
    LogColumn(N("Message"), lambda entry: entry.text),
)
BLOCKED = (
    LogColumn(N("Time"), _time),
    LogColumn(N("IP"), lambda entry: entry.ip),
    LogColumn(N("Status"), _status),
    LogColumn(N("Reason"), lambda entry: entry.reason),
)
OWN = (LogColumn(N("Message"), lambda entry: entry.text),)


class LogView(QWidget):
    """One log: a filter above, its table below; new entries are scrolled to while it follows."""

    def __init__(
        self, name: str, columns: Sequence[LogColumn], empty: str, *, typed: bool, parent: QWidget | None = None
    ) -> None:
        """``empty`` stands in the place of the table; ``typed``: its entries are of types that can be hidden."""
        super().__init__(parent)
        self._empty = empty
        self.model = LogTable(columns, (lambda entry: entry.type) if typed else (lambda _entry: NORMAL), self)
        self.model.tip = tip
        self.words = QLineEdit(self)
        self.words.setPlaceholderText(tr("Filter"))
        clearable(self.words)
        escape_empties(self.words)
        self.words.setAccessibleName(tr("Filter"))
        self.words.setToolTip(tip(tr("Shows only lines with all these words")))
        self.words.textChanged.connect(self._narrow)
        self.types = {type: self._box(text, help) for type, text, help in (TYPES if typed else ())}
        for box in self.types.values():
            box.toggled.connect(self._narrow)
        self.follow = self._box(N("&Follow"), N("Scroll to new lines as they come, while the last one is in view"))
        copy = QPushButton(icon("copy"), tr("&Copy"), self)
        copy.setToolTip(tip(tr("Copy the selected lines, or all that are shown")))
        copy.clicked.connect(self.copy)
        self.table = self._table(name)  # made after what is above it: Tab goes in the order of making
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addWidget(self.words, 1)
        for widget in (*self.types.values(), self.follow, copy):
            row.addWidget(widget)
        column = QVBoxLayout(self)
        column.setContentsMargins(8, 8, 8, 8)
        column.setSpacing(8)
        column.addLayout(row)
        self._note = PanelNote(parent=self)
        self._stack = QStackedLayout()
        self._stack.addWidget(self.table)
        self._stack.addWidget(self._note)
        column.addLayout(self._stack, 1)
        self.follow.toggled.connect(self._follow)
        self._dress()

    @property
    def note(self) -> str:
        """What stands in the place of the table, or ""."""
        return self._note.text if self._stack.currentWidget() is self._note else ""

    def take(self, entries: Sequence[Any], *, anew: bool) -> None:
        """Show what has come, be it nothing; a place that somebody scrolled to stays in view."""
        bar = self.table.verticalScrollBar()
        at_the_end = anew or bar.value() == bar.maximum()
        if entries or anew:
            self.model.take(entries, anew=anew)
        self._keep_up(follow=bool(entries) and at_the_end)

    def copy(self) -> None:
        """Put the selected lines, or all that are shown if none is selected, on the clipboard."""
        selected = sorted(index.row() for index in self.table.selectionModel().selectedRows())
        rows = selected or range(self.model.rowCount())
        if lines := "\n".join(map(self.model.line, rows)):
            QGuiApplication.clipboard().setText(lines)

    def _box(self, text: str, help: str) -> QCheckBox:
        box = QCheckBox(tr(text), self)
        box.setChecked(True)
        box.setToolTip(tip(tr(help)))
        return box

    def _table(self, name: str) -> RowTable:
        table = RowTable(self)
        table.setModel(self.model)
        table.setAccessibleName(name)
        table.setShowGrid(False)
        table.setWordWrap(False)
        table.setAlternatingRowColors(True)
        table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        table.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        table.setTabKeyNavigation(False)
        table.verticalHeader().hide()
        table.verticalHeader().setDefaultSectionSize(self.fontMetrics().height() + 6)
        header = table.horizontalHeader()
        header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        header.setHighlightSections(False)
        widths = {0: "2026-11-25 00:00:00", 1: "255.255.255.255", 2: "Information"}
        for place in range(self.model.columnCount() - 1):
            table.setColumnWidth(place, self.fontMetrics().horizontalAdvance(widths[place]) + 28)
        header.setSectionResizeMode(self.model.columnCount() - 1, QHeaderView.ResizeMode.Stretch)
        self._menu = QMenu(self)
        action = self._menu.addAction(icon("copy"), tr("&Copy"))
        action.setToolTip(tip(tr("Copy the selected lines, or all that are shown")))
        action.setShortcut(QKeySequence(QKeySequence.StandardKey.Copy))
        action.setShortcutContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        action.triggered.connect(self.copy)
        table.addAction(action)
        table.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        table.customContextMenuRequested.connect(self._open_menu)
        return table

    def _open_menu(self, where: QPoint) -> None:
        self._menu.popup(self.table.viewport().mapToGlobal(where))

    def _follow(self) -> None:
        self._keep_up()

    def _narrow(self) -> None:
        hidden = frozenset(type for type, box in self.types.items() if not box.isChecked())
        self.model.narrow(self.words.text(), hidden)
        self._keep_up()

    def _keep_up(self, *, follow: bool = True) -> None:
        self._note.set_text(tr("No line matches the filter.") if self.model.narrowed else self._empty)
        self._stack.setCurrentWidget(self.table if self.model.rowCount() else self._note)
        if follow and self.follow.isChecked():
            self.table.scrollToBottom()

    def _dress(self) -> None:
        palette = self.table.palette()
        palette.setColor(QPalette.ColorRole.AlternateBase, alternate_base(self.palette()))
        self.table.setPalette(palette)
        dark = is_dark(self.palette())
        self.model.colors = {type: state_color(id, dark) for type, id in _COLORS.items()}
        self.model.repaint()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange and hasattr(self, "table"):
            self._dress()


class LogWindow(ServerWindow):
    """Three tabs, of which only the one in view is asked for."""

    ID, TITLE, SIZE = "log", N("Execution log"), (900, 560)

    def __init__(self, shell: Shell, session: Session) -> None:
        super().__init__(shell, session)
        self.tabs = QTabWidget(self)
        read_as(self.tabs.tabBar(), tr("Logs"))
        self.tabs.setDocumentMode(True)
        self.main = LogView(tr("Execution log"), MESSAGES, tr("The log is empty."), typed=True, parent=self)
        self.peers = LogView(tr("Blocked IPs"), BLOCKED, tr("No peers have been blocked."), typed=False, parent=self)
        self.own = LogView(tr("The log of qbt-remote"), OWN, tr("The log is empty."), typed=True, parent=self)
        for view, title, help in (
            (self.main, tr("General"), tr("Messages from the server")),
            (self.peers, tr("Blocked IPs"), tr("Peers that the server has blocked")),
            (self.own, "qbt-remote", tr("Messages from qbt-remote, about all servers")),
        ):
            self.tabs.setTabToolTip(self.tabs.addTab(view, title), tip(help))
        self.column.addWidget(self.tabs, 1)
        self.column.setContentsMargins(0, 0, 0, 0)
        self.choice.setContentsMargins(12, 8, 12, 0)
        self._logs: dict[LogView, ServerLog] = {}
        self.begin_anew()
        self._own_lines: list[str] = []
        self.tabs.currentChanged.connect(self.look_now)

    def begin_anew(self) -> None:
        self._logs = {self.main: ServerLog(MAIN), self.peers: ServerLog(PEERS)}
        for view in self._logs:
            view.take((), anew=True)

    async def look(self) -> None:
        view = self.tabs.currentWidget()
        assert isinstance(view, LogView)
        if view is self.own:
            self._look_at_our_own()
            return
        entries, anew = await self._logs[view].news(self.session)
        view.take(entries, anew=anew)

    def _look_at_our_own(self) -> None:
        lines = recent()
        if lines != self._own_lines or not lines:
            self._own_lines = lines
            self.own.take([_own_entry(place, line) for place, line in enumerate(lines)], anew=True)


def _own_entry(place: int, line: str) -> Message:
    """Read the type from "date time TYPE name: text"."""
    word = re.match(r"\S+ \S+ ([A-Z]+) ", line)
    return Message(place, 0, _OWN_TYPES.get(word[1], NORMAL) if word else NORMAL, line)
