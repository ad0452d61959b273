"""The window that lists what waits to be added, and what was not added."""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Coroutine, Iterable, Sequence
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QItemSelection, QItemSelectionModel, QPoint, QSize, Qt
from PySide6.QtGui import QColor, QHideEvent, QIcon, QKeyEvent, QKeySequence, QShowEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHBoxLayout,
    QHeaderView,
    QMenu,
    QStackedLayout,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QVBoxLayout,
    QWidget,
)

from qbt_remote.model.adding.queue_table import GIVEN, NAME, RESULT, SERVER, SIZE, Index, QueueTable, runs
from qbt_remote.model.adding.states import AddState, counts_text, not_kept_text
from qbt_remote.model.i18n import tr
from qbt_remote.ui.commands.row_actions import RowActions
from qbt_remote.ui.commands.which import server_text
from qbt_remote.ui.kit.fields import CheckBox
from qbt_remote.ui.kit.icons import icon
from qbt_remote.ui.kit.note import PanelNote
from qbt_remote.ui.kit.notices import NoticeBar
from qbt_remote.ui.kit.plain_text import isolated, label, tip
from qbt_remote.ui.kit.remembered import remember_size
from qbt_remote.ui.kit.row_table import RowTable
from qbt_remote.ui.kit.tab_order import go_through
from qbt_remote.ui.kit.theme import in_stripes, is_dark, on_new_colours, row_height, state_color, warning_color, written
from qbt_remote.ui.queue.action_button import ActionButton
from qbt_remote.ui.queue.queue_commands import QUEUE_COMMANDS
from qbt_remote.ui.queue.queue_context import QueueContext
from qbt_remote.ui.queue.sort_and_filter import QueueFilter, sort_menu

if TYPE_CHECKING:
    from qbt_remote.local.add_queue import QueueRow
    from qbt_remote.ui.commands.shell import Shell

_SOON_S = 0.05
"""Changes of rows are shown together, so long after the first of them."""
_LOOK_S = 1.0
"""Between two looks at how it stands with the servers."""


class QueueWindow(QWidget):
    """One for all servers, not modal; it lists what there is in the queue as it changes."""

    def __init__(self, shell: Shell) -> None:
        super().__init__(shell.parent, Qt.WindowType.Window)
        self._shell, self._queue = shell, shell.hooks.add_queue()
        self.setWindowTitle(tr("Waiting to be added"))
        self._changed: set[int] = set()
        self._soon: asyncio.Task[None] | None = None
        self._servers = self._standing()
        self.model = QueueTable(self._queue.rows, shell.sessions, self)
        self.model.tip, self.model.icon, self.model.color = tip, _icon, _color
        self.model.server_text = lambda session: server_text(session, shell.sessions.values())
        self.bar = NoticeBar(shell.tasks, self)
        self.not_kept = label("", self, wrap=True)
        written(self.not_kept, warning_color)
        self.summary = label("", self)
        self.with_done = CheckBox(tr("S&how what was added"), self)
        self.with_done.setToolTip(tip(tr("List what was added in the last 7 days, too")))
        self.table = self._table()
        self._put_away: tuple[list[int], int] = [], 0
        """While the model is reset: the ids of the rows that were selected, and of the current one."""
        self._wanted: set[int] = set()
        """Rows to select once the filter has gone that hides them."""
        self.box = QueueFilter(self.table, self)
        self.note = PanelNote(parent=self)
        self.actions_ = RowActions(self, QUEUE_COMMANDS, self.context)
        self.menu = QMenu(self)
        self.menu.setAccessibleName(tr("Waiting to be added"))
        self.menu.setToolTipsVisible(True)
        self.actions_.fill(self.menu)
        self.menu.addSeparator()
        self.menu.addMenu(sort_menu(self.table.horizontalHeader(), self.menu))
        self.buttons = [ActionButton(action, self) for action in self.actions_.buttons]
        self._arrange()
        self._connect()
        self._looking: asyncio.Task[None] | None = None
        self.table.setFocus()

    def context(self) -> QueueContext:
        """Give what the commands act on."""
        rows = self.selected()
        return QueueContext(
            torrents=(),
            sessions=self._shell.sessions,
            shell=self._shell,
            rows=rows,
            name=self.model.name,
            queue=self._queue,
            window=self,
            bar=self.bar,
        )

    def selected(self) -> list[QueueRow]:
        """Give the rows that are selected, in their order."""
        selection = self.table.selectionModel().selection()
        spans = [selection.at(n) for n in range(selection.count())]
        places = {place for span in spans for place in range(span.top(), span.bottom() + 1)}
        return [self.model.row(place) for place in sorted(places)]

    def select(self, ids: Iterable[int]) -> None:
        """Select rows, and bring the first of them into view; without any the first of all, if none is selected."""
        self._show_changed()
        wanted = set(ids)
        if any(id_ in self._queue.rows.all and self.model.place(id_) < 0 for id_ in wanted):
            self._wanted = wanted  # it is hidden by the filter, and is selected once that has gone
            self.box.clear()
            return
        places = sorted(place for id_ in wanted if (place := self.model.place(id_)) >= 0)
        if not places and self.model.rowCount() and not self.table.selected_count():
            places = [0]
        if places:
            self._lay_on(places, places[0])

    def _lay_on(self, places: Sequence[int], current: int) -> None:
        """Select rows, and bring one of them into view; -1 for none."""
        chosen = QItemSelection()
        for start, end in runs(places):
            chosen.select(self.model.index(start, NAME), self.model.index(end, GIVEN))
        flags = QItemSelectionModel.SelectionFlag
        if current >= 0:
            index = self.model.index(current, NAME)
            self.table.selectionModel().setCurrentIndex(index, flags.NoUpdate)
            self.table.scrollTo(index)
        self.table.selectionModel().select(chosen, flags.ClearAndSelect)

    # building

    def _table(self) -> RowTable:
        table = RowTable(self)
        table.setModel(self.model)
        table.setAccessibleName(tr("Waiting to be added"))
        table.setItemDelegate(_LongNames(table))
        table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        table.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        table.setTabKeyNavigation(False)
        table.setShowGrid(False)
        table.setWordWrap(False)
        in_stripes(table)
        table.verticalHeader().hide()
        table.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        table.verticalHeader().setDefaultSectionSize(row_height(table))
        header = table.horizontalHeader()
        header.setHighlightSections(False)
        header.setSectionsClickable(True)
        header.setSortIndicator(-1, Qt.SortOrder.AscendingOrder)
        header.setSortIndicatorShown(True)
        header.setSortIndicatorClearable(True)  # a third click gives the order of the queue again
        header.setSectionResizeMode(NAME, QHeaderView.ResizeMode.Stretch)
        for column, widest in (
            (SERVER, "seedbox (gone)"),
            (SIZE, "1,023.99 GiB"),
            (GIVEN, "12/31/26 12:59 PM"),
        ):
            table.setColumnWidth(column, self.fontMetrics().horizontalAdvance(widest) + 20)
        header.setMinimumSectionSize(self.fontMetrics().horizontalAdvance("0" * 12))
        table.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        return table

    def _arrange(self) -> None:
        self._pages = QStackedLayout()
        self._pages.addWidget(self.table)
        self._pages.addWidget(self.note)
        above, below = QHBoxLayout(), QHBoxLayout()
        above.addWidget(self.box)
        above.addWidget(self.summary, 1)
        above.addWidget(self.with_done)
        below.setSpacing(8)
        below.addStretch(1)
        for button in self.buttons:
            below.addWidget(button)
        column = QVBoxLayout(self)
        column.setContentsMargins(12, 12, 12, 12)
        column.setSpacing(8)
        column.addWidget(self.bar)
        column.addWidget(self.not_kept)
        column.addLayout(above)
        column.addLayout(self._pages, 1)
        column.addLayout(below)
        go_through(self.box, self.with_done, self.table, *self.buttons)
        remember_size(self, self._shell.settings.window, "queue", QSize(1080, 480))
        wanted = self.fontMetrics().averageCharWidth() * 54
        self.table.setColumnWidth(RESULT, min(wanted, self.width() * 2 // 5))

    def _connect(self) -> None:
        self.with_done.toggled.connect(self._show_done)
        self.box.textChanged.connect(self._filter)
        self.table.horizontalHeader().sortIndicatorChanged.connect(self._sort)
        self.model.modelAboutToBeReset.connect(self._put_selection_away)
        self.model.modelReset.connect(self._lay_selection_on)
        self.table.selectionModel().selectionChanged.connect(self.actions_.refresh)
        self.table.customContextMenuRequested.connect(self._open_menu)
        self.table.doubleClicked.connect(lambda _index: self.actions_.action("options").begin())
        self.actions_.watch(self.table)
        on_new_colours(self, self.model.repaint)

    # what happens

    def _follow(self, *, seen: bool) -> None:
        """Follow the queue and the servers while somebody can see it."""
        if seen == (self._looking is not None):
            return
        if self._looking is not None:
            self._queue.rows.on_change.remove(self._rows_changed)
            self._looking.cancel()
            self._looking = None
            return
        self._queue.rows.on_change.append(self._rows_changed)
        self._looking = self._shell.tasks.spawn(self._look(), tr("Follow the servers"))
        self._changed.update(self._queue.rows.all, self.model.ids())
        self._show_changed()

    def _rows_changed(self, rows: Collection[QueueRow]) -> None:
        self._changed.update(row.id for row in rows)
        if self._soon is None:
            self._soon = self._shell.tasks.spawn(self._show_soon(), tr("Show what is waiting to be added"))

    async def _show_soon(self) -> None:
        await asyncio.sleep(_SOON_S)
        while self.menu.isVisible():  # rows stay where they are meanwhile
            await asyncio.sleep(_SOON_S)
        self._soon = None
        await self.model.read(self._changed)
        self._show_changed()

    def _show_changed(self) -> None:
        changed, self._changed = self._changed, set()
        self.model.update(changed)
        self._say_what_is_there()
        self.actions_.refresh()

    def _filter(self, text: str) -> None:
        self._shell.tasks.spawn(self._renew(self.model.set_filter(text)), tr("Filter what is waiting to be added"))

    def _sort(self, column: int, order: Qt.SortOrder) -> None:
        descending = order == Qt.SortOrder.DescendingOrder
        sorting = self.model.sort_by(column, descending=descending)
        self._shell.tasks.spawn(self._renew(sorting), tr("Sort what is waiting to be added"))

    async def _renew(self, change: Coroutine[Any, Any, None]) -> None:
        await change
        self._say_what_is_there()
        self.actions_.refresh()

    def _put_selection_away(self) -> None:
        current = self.table.currentIndex()
        id_ = self.model.row(current.row()).id if current.isValid() else 0
        self._put_away = [row.id for row in self.selected()], id_

    def _lay_selection_on(self) -> None:
        """Select what was selected, as far as it is still listed."""
        ids, current = self._put_away
        wanted, self._wanted = self._wanted, set()
        if wanted and not self.box.text():
            ids, current = list(wanted), min(wanted)
        places = sorted(place for id_ in ids if (place := self.model.place(id_)) >= 0)
        self._lay_on(places, self.model.place(current))

    def _show_done(self, shown: bool) -> None:
        self.model.show_done(shown)
        self._say_what_is_there()

    def _say_what_is_there(self) -> None:
        """Sum it up; where the table is empty, what this window is for stands in its place."""
        why = self._queue.why_not_kept
        self.not_kept.setText(not_kept_text(why) if why else "")
        self.not_kept.setVisible(bool(why))
        self.summary.setText(counts_text(*self.model.counts()))
        empty, hides = self.model.rowCount() == 0, self.model.hides
        if empty and self.table.hasFocus():
            (self.box if hides else self.with_done).setFocus()
        self.note.set_text(tr("Nothing here matches the filter.") if hides else _what_for())
        self._pages.setCurrentWidget(self.note if empty else self.table)

    async def _look(self) -> None:
        """Say of rows that wait for a server how it stands with that by now."""
        while True:
            await asyncio.sleep(_LOOK_S)
            before, self._servers = self._servers, self._standing()
            differ = {id_ for id_, _name, _there in before ^ self._servers}
            if differ:
                self.model.follow(differ)
                self.actions_.refresh()

    def _standing(self) -> set[tuple[str, str, bool]]:
        return {(id_, s.config.name, s.client is not None) for id_, s in self._shell.sessions.items()}

    def _open_menu(self, where: QPoint) -> None:
        self.actions_.refresh()
        self.menu.popup(self.table.viewport().mapToGlobal(where))

    # Qt's events

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.matches(QKeySequence.StandardKey.Find):
            self.box.setFocus(Qt.FocusReason.ShortcutFocusReason)
            self.box.selectAll()
        elif event.key() == Qt.Key.Key_Escape:
            self.close()
        else:
            super().keyPressEvent(event)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._follow(seen=True)

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self._follow(seen=False)


def _what_for() -> str:
    return tr(
        "Nothing is waiting to be added.\n\nWhat you add while its server is away waits here, and is added "
        "when the server is back.\nWhat a server did not add stays here with the reason."
    )


class _LongNames(QStyledItemDelegate):
    """Long names keep their end, where episode and suffix stand."""

    def initStyleOption(self, option: QStyleOptionViewItem, index: Index) -> None:
        super().initStyleOption(option, index)
        if index.column() == NAME:
            option.textElideMode = Qt.TextElideMode.ElideMiddle
        option.text = isolated(option.text, option.widget)


def _icon(state: AddState) -> QIcon | None:
    return icon(state.icon, state_color(state.color, is_dark())) if state.icon else None


def _color(state: AddState) -> QColor | None:
    return state_color(state.color, is_dark()) if state.color else None


def open_queue_window(shell: Shell, select: Iterable[int] = ()) -> QueueWindow:
    """Bring the window to the front; there is one, made when it is asked for."""
    shown = shell.parent.findChild(QueueWindow) or QueueWindow(shell)
    shown.setWindowState(shown.windowState() & ~Qt.WindowState.WindowMinimized)
    shown.show()
    shown.raise_()
    shown.activateWindow()
    shown.select(select)
    return shown
