"""The header of a table: which columns are shown, where, how wide, and the menu that changes it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QItemSelectionModel, Qt
from PySide6.QtGui import QAction, QContextMenuEvent
from PySide6.QtWidgets import QHeaderView, QMenu, QStyleOptionHeader, QTableView

from qbt_remote.model.columns import Column
from qbt_remote.model.i18n import tr
from qbt_remote.model.roles import FIRST_ORDER
from qbt_remote.model.table import TableModel
from qbt_remote.ui.kit.check_menu import CheckMenu

if TYPE_CHECKING:
    from qbt_remote.model.files.rows import FileRows

_NARROWEST, _WIDEST_FIT, _WIDEST = 24, 600, 4000
_Order = Qt.SortOrder
_EN_SPACE = "\u2002"
"""As wide as the indent of the cells below."""
_ORDERS = {"ascending": _Order.AscendingOrder, "descending": _Order.DescendingOrder}


class Header(QHeaderView):
    """Columns by id: the user's choice, less what no server sends.

    Its state is ``{"columns": [{"id", "width", "shown"}, …], "sort": [[id, "ascending"], …]}``, the
    columns in the order on the screen, the sorting last clicked first.  Ids that are not known are
    passed over, and columns that the state does not know come at their usual place.
    """

    def __init__(
        self, model: TableModel | FileRows, table: QTableView, sort: Sequence[tuple[str, Qt.SortOrder]]
    ) -> None:
        super().__init__(Qt.Orientation.Horizontal, table)
        self._columns = model.columns
        self._places = {column.id: i for i, column in enumerate(self._columns)}
        self._table = table
        self._first_sort = tuple(sort)
        self._wanted: dict[str, bool] = {}
        self._widths: dict[str, int] = {}
        self._available: frozenset[str] | None = None
        self._sorted: list[tuple[str, Qt.SortOrder]] = []
        self.only_rows_move = False
        """While this is set, a layout is due for nothing but rows that have changed places."""
        self.menu = CheckMenu(self)
        """Popped up at a right click; the table holds its rows while it is open."""
        self.menu.aboutToShow.connect(self._fill_menu)
        self._sorting = QMenu(self)
        self.setSectionsMovable(True)
        self.setSectionsClickable(True)
        self.setHighlightSections(False)
        self.setStretchLastSection(False)
        self.setMinimumSectionSize(_NARROWEST)
        self.setResizeContentsPrecision(0)  # only the rows in view: a poll of all takes seconds
        self.setTextElideMode(Qt.TextElideMode.ElideRight)
        self.setModel(model)
        self.setSelectionModel(QItemSelectionModel(model, self))  # else every repaint asks all selected rows
        self.sortIndicatorChanged.connect(self._note_sort)
        self.sectionResized.connect(self._note_width)

    def set_available(self, fields: Iterable[str] | None) -> None:
        """Hide the columns that are not among ``fields``, whatever the user chose; None: all are there."""
        self._available = None if fields is None else frozenset(fields)
        self._show_wanted()

    def reset_columns(self) -> None:
        """Bring order, widths, choice and sorting back to what they were at first."""
        self._restore([], self._first_sort)

    def save(self) -> dict[str, Any]:
        shown = [self._columns[self.logicalIndex(i)] for i in range(self.count())]
        return {
            "columns": [{"id": c.id, "width": self._widths[c.id], "shown": self._wanted[c.id]} for c in shown],
            "sort": [
                [id, "descending" if order == _Order.DescendingOrder else "ascending"] for id, order in self._sorted
            ],
        }

    def restore(self, state: dict[str, Any]) -> None:
        """Take a state that ``save`` gave; anything in it that makes no sense is passed over."""
        known = [column.id for column in self._columns]  # a list: what is asked for may not be hashable
        columns = [c for c in _list(state.get("columns")) if isinstance(c, dict) and c.get("id") in known]
        pairs = [tuple(pair) for pair in _list(state.get("sort")) if isinstance(pair, list) and len(pair) == 2]
        sort = [(id, _ORDERS[order]) for id, order in pairs if id in known and order in list(_ORDERS)]
        self._restore(columns, sort or self._first_sort)

    def shown_columns(self) -> list[Column]:
        """Give the columns that are shown, in their order on the screen."""
        places = (self.logicalIndex(i) for i in range(self.count()))
        return [self._columns[i] for i in places if not self.isSectionHidden(i)]

    def doItemsLayout(self) -> None:
        if not self.only_rows_move:  # else header and scroll bars are painted with each poll: half of the work
            super().doItemsLayout()

    def resize_to_contents(self) -> None:
        """Make each column as wide as its title and the rows in view need."""
        for i in range(self.count()):
            if not self.isSectionHidden(i):
                needed = max(self._table.sizeHintForColumn(i), self.sectionSizeHint(i))
                self.resizeSection(i, min(max(needed, _NARROWEST), _WIDEST_FIT))

    def initStyleOptionForIndex(self, option: QStyleOptionHeader, section: int) -> None:
        super().initStyleOptionForIndex(option, section)
        if self._columns[section].indented:
            option.text = _EN_SPACE + option.text

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        self.menu.popup(event.globalPos())

    def _restore(self, saved: Sequence[dict[str, Any]], sort: Sequence[tuple[str, Qt.SortOrder]]) -> None:
        by_id = {column["id"]: column for column in saved}
        for place, column in enumerate(_merged([c["id"] for c in saved], self._columns)):
            self.moveSection(self.visualIndex(self._index(column.id)), place)
            own = by_id.get(column.id, {})
            self._wanted[column.id] = own["shown"] if isinstance(own.get("shown"), bool) else column.shown
            width = own.get("width")
            usual = round(column.width * self.fontMetrics().height() / 16)
            valid = isinstance(width, int) and _NARROWEST <= width <= _WIDEST
            self.setSectionHidden(self._index(column.id), False)  # a hidden one has no width to set
            self.resizeSection(self._index(column.id), width if valid and width else usual)
        self._show_wanted()
        for id, order in reversed(sort[:2]):
            self.setSortIndicator(self._index(id), order)

    def _index(self, id: str) -> int:
        return self._places[id]

    def _note_width(self, section: int, old: int, new: int) -> None:
        if new > 0:  # hiding is told as a width of 0
            self._widths[self._columns[section].id] = new

    def _show_wanted(self) -> None:
        there = [i for i, column in enumerate(self._columns) if self._is_available(column)]
        chosen = [i for i in there if self._wanted.get(self._columns[i].id, self._columns[i].shown)]
        usual = [i for i in there if self._columns[i].shown]
        shown = chosen or usual or [0]  # without columns there is no header to ask for some
        for i in range(len(self._columns)):
            self.setSectionHidden(i, i not in shown)

    def _is_available(self, column: Column) -> bool:
        return self._available is None or not column.fields.isdisjoint(self._available)

    def _note_sort(self, section: int, order: Qt.SortOrder) -> None:
        if self.isVisible():  # before, asking for a plain QWidget would make the classes of all widgets: 6 ms
            self.viewport().update()  # Qt repaints two sections, which lacks a line where columns go right to left
        if 0 <= section < len(self._columns):
            id = self._columns[section].id
            self._sorted = [(id, order), *(pair for pair in self._sorted if pair[0] != id)][:2]

    def _fill_menu(self) -> None:
        self.menu.clear()
        for column in self._columns:
            if self._is_available(column):
                action = self.menu.addAction(tr(column.title).replace("&", "&&"))
                action.setCheckable(True)
                action.setData(column.id)
                action.triggered.connect(self._toggle)
        self.menu.addSeparator()
        self.menu.addMenu(self._sorting)
        self._judge()
        self.menu.addAction(tr("&Resize columns to contents")).triggered.connect(self.resize_to_contents)
        self.menu.addAction(tr("Res&et columns")).triggered.connect(self.reset_columns)

    def _judge(self) -> None:
        """Check in the menu the columns that are shown, and offer these for sorting."""
        visible = len(self.shown_columns())
        for action in self.menu.actions():
            if action.isCheckable():
                hidden = self.isSectionHidden(self._index(action.data()))
                action.setChecked(not hidden)
                action.setEnabled(hidden or visible > 1)  # without columns there is no header
        self._fill_sorting()

    def _fill_sorting(self) -> None:
        """Fill the menu that does what a click on a title does, for the keys."""
        menu = self._sorting
        menu.setTitle(tr("&Sort by"))
        menu.clear()
        for column in self.shown_columns():
            place = self._index(column.id)
            action = menu.addAction(tr(column.title).replace("&", "&&"))
            action.setCheckable(True)
            action.setChecked(place == self.sortIndicatorSection())
            action.triggered.connect(partial(self._sort_by, place))

    def _sort_by(self, place: int, _checked: bool = False) -> None:
        """Sort by a column; if it is sorted by that, the other way round."""
        first = self.model().headerData(place, Qt.Orientation.Horizontal, FIRST_ORDER)
        order = _Order.AscendingOrder if first is None else first
        if place == self.sortIndicatorSection():
            down = self.sortIndicatorOrder() == _Order.DescendingOrder
            order = _Order.AscendingOrder if down else _Order.DescendingOrder
        self.setSortIndicator(place, order)

    def _toggle(self, shown: bool) -> None:
        action = self.sender()
        assert isinstance(action, QAction)
        self._wanted[action.data()] = shown
        self._show_wanted()
        self._judge()


def _list(value: object) -> list[Any]:
    return value if isinstance(value, list) else []


def _merged(saved: Sequence[str], columns: Sequence[Column]) -> list[Column]:
    """The columns in the saved order, each that is new behind the one that precedes it in the table."""
    by_id = {column.id: column for column in columns}
    order = list(dict.fromkeys(saved))
    before = None
    for column in columns:
        if column.id not in order:
            order.insert(order.index(before) + 1 if before in order else 0, column.id)
        before = column.id
    return [by_id[id] for id in order]
