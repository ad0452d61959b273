"""A panel that is one list: trackers, peers, HTTP sources or files of one torrent."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import QModelIndex, QPoint, Qt
from PySide6.QtGui import QAction, QColor, QGuiApplication, QIcon, QKeySequence, QPalette
from PySide6.QtWidgets import QMenu, QStackedLayout, QWidget

from qbt_remote.model.columns import Column
from qbt_remote.model.i18n import tr
from qbt_remote.model.table import Look, Row, TableModel
from qbt_remote.sync.changes import Changes
from qbt_remote.sync.detail_rows import Rows
from qbt_remote.sync.torrent import Torrent
from qbt_remote.ui.icons import icon
from qbt_remote.ui.panels.note import Note
from qbt_remote.ui.plain import tip
from qbt_remote.ui.table_view import TableView
from qbt_remote.ui.theme import COLOR_IDS, faint, is_dark, state_color


@dataclass(frozen=True)
class Listing:
    """What makes one list different from another; texts are English."""

    name: str
    columns: tuple[Column, ...]
    sort: tuple[str, ...]
    """Ids of the columns that it is sorted by at first, ascending, the most important first."""
    empty: str
    """Stands in the place of the list while it has no rows."""
    copy: str
    """The menu's entry for what ``copied`` gives."""
    copied: Callable[[Any], str]
    """What Ctrl+C copies of a row."""
    color: Callable[[Any], str]
    """Id of the colour of a row's state."""


class ListPanel(QWidget):
    """Shows the rows of a poll in a table; they can be copied, and are not changed here."""

    def __init__(self, listing: Listing, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._listing = listing
        self.model = TableModel(listing.columns, self)
        order = [(id, Qt.SortOrder.AscendingOrder) for id in listing.sort]
        self.table = TableView(self.model, self, look=self._look, sort=order)
        self.table.setAccessibleName(tr(listing.name))
        self._note = Note(tr(listing.empty), self)
        self._stack = QStackedLayout(self)
        self._stack.addWidget(self.table)
        self._stack.addWidget(self._note)
        self._available: set[str] = set()
        self._column = 0
        self._menu = QMenu(self)
        self._copy = self._action(tr(listing.copy), tr("Copy it for each selected row"), self.copy)
        self._copy.setShortcut(QKeySequence(QKeySequence.StandardKey.Copy))
        self._copy.setShortcutContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        self.table.addAction(self._copy)
        self._copy_cell = self._action("", tr("Copy this column of each selected row"), self._copy_cells)
        self._copy_rows = self._action(
            tr("Copy &rows"),
            tr("Copy the selected rows as they are shown, with tabs between the columns"),
            self.copy_rows,
        )
        self._menu.setToolTipsVisible(True)
        self.table.menu_wanted.connect(self._open_menu)

    # what the details tell

    def clear(self) -> None:
        """Show nothing, not even that there is nothing."""
        self.model.set_rows(())
        self._stack.setCurrentWidget(self.table)

    def show_changes(self, changes: Changes, rows: Rows, _torrent: Torrent) -> None:
        self._show_available(rows)
        self.model.apply(changes)
        self.model.repaint()  # some texts depend on the time of day
        self._stack.setCurrentWidget(self.table if self.model.rows else self._note)

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

    def copy(self) -> None:
        self._take(self._listing.copied(row) for row in self.table.selected_rows())

    def copy_rows(self) -> None:
        header = self.table.horizontalHeader()
        places = [header.logicalIndex(i) for i in range(header.count())]
        shown = [i for i in places if not header.isSectionHidden(i)]
        self._take("\t".join(self._text(row, i) for i in shown) for row in self.table.selected_rows())

    def _copy_cells(self) -> None:
        self._take(self._text(row, self._column) for row in self.table.selected_rows())

    def _text(self, row: Row, column: int) -> str:
        shown = self.model.columns[column]
        return shown.text(shown.value(row))

    def _take(self, lines: Iterable[str]) -> None:
        if text := "\n".join(lines):
            QGuiApplication.clipboard().setText(text)

    def _action(self, text: str, explained: str, run: Callable[[], None]) -> QAction:
        made = self._menu.addAction(icon("copy"), text)
        made.setToolTip(tip(explained))
        made.triggered.connect(run)
        return made

    def _open_menu(self, where: QPoint) -> None:
        if not self.table.selected_rows():
            return
        index: QModelIndex = self.table.indexAt(self.table.viewport().mapFromGlobal(where))
        self._column = index.column() if index.isValid() else max(self.table.columnAt(0), 0)
        title = tr(self.model.columns[self._column].title).replace("&", "&&")
        self._copy_cell.setText(tr("Copy “{column}”", column=title))
        self._menu.popup(where)

    # colours

    def _look(self, palette: QPalette) -> Look:
        dark = is_dark(palette)
        colors = {id: state_color(id, dark) for id in COLOR_IDS}
        color_id = self._listing.color

        def color_of(row: Row) -> QColor:
            return colors[color_id(row)]

        def no_icon(_row: Row) -> QIcon:
            return nothing

        nothing, dimmed = QIcon(), faint(palette)
        return Look(icon=no_icon, stale_icon=no_icon, color=color_of, faint=dimmed, stale=dimmed)
