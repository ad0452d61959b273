"""A panel that is one list: trackers, peers, HTTP sources or files of one torrent."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from PySide6.QtCore import QModelIndex, QPoint, Qt
from PySide6.QtGui import QAction, QColor, QGuiApplication, QIcon, QPalette
from PySide6.QtWidgets import QMenu, QStackedLayout

from qbt_remote.model.columns import Column
from qbt_remote.model.i18n import tr
from qbt_remote.model.look import Look
from qbt_remote.model.table import Row, TableModel
from qbt_remote.sync.changes import Changes
from qbt_remote.sync.details.rows import Rows
from qbt_remote.sync.steps import Steps
from qbt_remote.sync.torrent import Torrent
from qbt_remote.ui.commands.command import Command
from qbt_remote.ui.details.in_view import InView
from qbt_remote.ui.details.panel import Panel
from qbt_remote.ui.kit.icons import icon
from qbt_remote.ui.kit.note import PanelNote
from qbt_remote.ui.kit.plain_text import tip
from qbt_remote.ui.kit.theme import COLOR_IDS, faint, is_dark, state_color
from qbt_remote.ui.table.copying import add_copying
from qbt_remote.ui.table.table_view import TableView


@dataclass(frozen=True)
class Listing:
    """What makes one list different from another; texts are English."""

    name: str
    columns: tuple[Column, ...]
    sort: tuple[str, ...]
    """Ids of the columns that it is sorted by at first, ascending, the most important first."""
    last: tuple[str, ...]
    """The fields that decide between rows that are equal there."""
    empty: str
    """Stands in the place of the list while it has no rows."""
    color: Callable[[Any], str]
    """Id of the colour of a row's state."""


class ListPanel(Panel):
    """Shows the rows of a poll in a table, with the commands of its tab."""

    def __init__(self, listing: Listing, in_view: InView, commands: Sequence[Command[Any]]) -> None:
        super().__init__(in_view, commands)
        self._listing = listing
        self.model = TableModel(listing.columns, self, last=listing.last)
        order = [(id, Qt.SortOrder.AscendingOrder) for id in listing.sort]
        self.table = TableView(self.model, self, look=self._look, sort=order)
        self.table.setAccessibleName(tr(listing.name))
        self._note = PanelNote(tr(listing.empty), self)
        self._note.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._note.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self._stack = QStackedLayout(self)
        self._stack.addWidget(self.table)
        self._stack.addWidget(self._note)
        self._available: set[str] = set()
        self._awaited = ""
        self._column = 0
        self._menu = QMenu(self)
        self._menu.setToolTipsVisible(True)
        self.actions_.fill(self._menu)
        self._copy_cell = self._action("", tr("Copy this column of each selected row"), self._copy_cells)
        in_turns = partial(in_view.tasks.in_turns, doing=tr("Copy"))
        self._copy_rows = add_copying(self._menu, self.table.columns, self.table.selected_rows, in_turns)
        self.actions_.watch(self.table)
        self.actions_.watch(self._note)
        self.table.menu_wanted.connect(self._open_menu)
        self.table.selection_changed.connect(self.actions_.refresh)
        self._note.customContextMenuRequested.connect(lambda place: self._open_menu(self._note.mapToGlobal(place)))

    # what the details tell

    def clear(self) -> None:
        """Show nothing, not even that there is nothing."""
        self._awaited = ""
        self.model.set_rows(())
        self._stack.setCurrentWidget(self.table)

    def show_changes(self, changes: Changes, rows: Rows, _torrent: Torrent) -> Steps[None]:
        self._show_available(rows)
        yield from self.model.applying(changes)
        self.model.repaint()  # some texts depend on the time of day
        self._select_awaited()
        self._show_list_or_note()
        self.actions_.refresh()

    def select_url(self, url: str) -> None:
        """Select the row with this address once it is there: to the server it is another row than before."""
        self._awaited = url

    def _select_awaited(self) -> None:
        found = [row for row in self.model.rows if row.url == self._awaited] if self._awaited else []
        if found:
            self._awaited = ""
            self.table.select_rows(found)

    def selected(self) -> list[Any]:
        return self.table.selected_rows()

    def _show_list_or_note(self) -> None:
        shown = self.table if self.model.rowCount() else self._note
        if self._stack.currentWidget() is not shown:
            focused = self.isAncestorOf(self.window().focusWidget()) if self.window().focusWidget() else False
            self._stack.setCurrentWidget(shown)
            if focused:
                shown.setFocus()

    def save_state(self) -> dict[str, Any]:
        return self.table.save_state()

    def restore_state(self, state: dict[str, Any]) -> None:
        self.table.restore_state(state)

    def _show_available(self, rows: Rows) -> None:
        """Hide the columns that the server sends nothing for, as far as that can be known from its rows."""
        if not rows.by_key:
            return
        sent = {column.id for column in self._listing.columns if not column.fields.isdisjoint(rows.sent)}
        if sent != self._available:
            self._available = sent
            self.table.set_available(sent)

    # copying

    def _copy_cells(self) -> None:
        self._take(self._text(row, self._column) for row in self.table.selected_rows())

    def _text(self, row: Row, column: int) -> str:
        shown = self.model.columns[column]
        return shown.text(shown.value(row)).strip()

    def _take(self, lines: Iterable[str]) -> None:
        if text := "\n".join(lines):
            QGuiApplication.clipboard().setText(text)

    def _action(self, text: str, explained: str, run: Callable[[], None]) -> QAction:
        made = self._menu.addAction(icon("copy"), text)
        made.setToolTip(tip(explained))
        made.triggered.connect(run)
        return made

    def _open_menu(self, where: QPoint) -> None:
        index: QModelIndex = self.table.indexAt(self.table.viewport().mapFromGlobal(where))
        self._column = index.column() if index.isValid() else max(self.table.columnAt(0), 0)
        title = tr(self.model.columns[self._column].title).replace("&", "&&")
        self._copy_cell.setText(tr("Copy “{column}”", column=title))
        any_row = bool(self.selected())
        self._copy_cell.setEnabled(any_row)
        for action in self._copy_rows:
            action.setEnabled(any_row)
        self.actions_.refresh()
        self._menu.popup(where)

    # colours

    def _look(self, palette: QPalette) -> Look:
        dark = is_dark(palette)
        colors = {id: state_color(id, dark) for id in COLOR_IDS}
        color_id = self._listing.color

        def color_of(row: Row) -> QColor:
            return colors[color_id(row)]

        dimmed = faint(palette)
        return Look(icon=self._icon, stale_icon=self._icon, color=color_of, faint=dimmed, stale=dimmed)

    def _icon(self, _row: Row) -> QIcon:
        """Give the icon of a row in the column that has icons, if there is one."""
        return QIcon()
