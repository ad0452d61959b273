"""The header of a table: which columns are shown, where, how wide, and the menu that changes it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QEvent, QItemSelectionModel, Qt
from PySide6.QtGui import QAction, QContextMenuEvent, QMouseEvent, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QHeaderView, QMenu, QStyleOptionHeader, QTableView

from qbt_remote.model.columns import Column
from qbt_remote.model.i18n import tr
from qbt_remote.model.roles import FIRST_ORDER
from qbt_remote.model.table import TableModel
from qbt_remote.ui.kit.check_menu import CheckMenu
from qbt_remote.ui.table.widths import least_width, left_out, usual_width

if TYPE_CHECKING:
    from qbt_remote.model.files.rows import FileRows

_SHARE = 0.22
"""Of the whole, that a column that fills has at least where others can be left out."""
_NARROWEST, _WIDEST_FIT, _WIDEST = 24, 600, 4000
_Order = Qt.SortOrder
_EN_SPACE = "\u2002"
"""As wide as the indent of the cells below."""
_ORDERS = {"ascending": _Order.AscendingOrder, "descending": _Order.DescendingOrder}


class Header(QHeaderView):
    """Columns by id: the user's choice, less what no server sends.

    Until the user chooses columns or drags one, those are shown that fit, and a window that grows shows more.
    One that fills takes what the others leave, until it is dragged itself.

    Its state is ``{"columns": [{"id", "width", "shown"}, …], "sort": [[id, "ascending"], …]}``, the
    columns in the order on the screen, the sorting last clicked first.  A width that was not
    dragged and a choice that was not made are not in it.  Ids that are not known are passed over, and
    columns that the state does not know come at their usual place.
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
        """What the user chose to see, or not to see; the rest is as there is space."""
        self._widths: dict[str, int] = {}
        """What the user dragged."""
        self._usual: dict[str, int] = {}
        """The widths of the others in this font."""
        self._placing = False
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
        available = None if fields is None else frozenset(fields)
        if available != self._available:
            self._available = available
            self._place()

    def reset_columns(self) -> None:
        """Bring order, widths, choice and sorting back to what they were at first."""
        self._restore([], self._first_sort)

    def save(self) -> dict[str, Any]:
        ids = [self._columns[self.logicalIndex(i)].id for i in range(self.count())]
        return {
            "columns": [
                {"id": id} | _known("width", self._widths, id) | _known("shown", self._wanted, id) for id in ids
            ],
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

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        super().mouseReleaseEvent(event)
        self._place()  # what was dragged has its width; the one that fills takes the rest

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._place()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._place()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() in (QEvent.Type.FontChange, QEvent.Type.StyleChange) and self.model() is not None:
            self._usual.clear()
            self._place()

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        self.menu.popup(event.globalPos())

    def _restore(self, saved: Sequence[dict[str, Any]], sort: Sequence[tuple[str, Qt.SortOrder]]) -> None:
        by_id = {column["id"]: column for column in saved}
        self._wanted, self._widths = {}, {}
        for place, column in enumerate(_merged([c["id"] for c in saved], self._columns)):
            self.moveSection(self.visualIndex(self._index(column.id)), place)
            own = by_id.get(column.id, {})
            if isinstance(own.get("shown"), bool):
                self._wanted[column.id] = own["shown"]
            if isinstance(width := own.get("width"), int) and _NARROWEST <= width <= _WIDEST:
                self._widths[column.id] = width
        self._place()
        for id, order in reversed(sort[:2]):
            self.setSortIndicator(self._index(id), order)

    def _index(self, id: str) -> int:
        return self._places[id]

    def _note_width(self, section: int, _old: int, new: int) -> None:
        if new > 0 and not self._placing:  # hiding is told as a width of 0
            self._keep_choice()
            self._widths[self._columns[section].id] = new

    def _keep_choice(self) -> None:
        """Let no column come or go by itself from now on."""
        for i, column in enumerate(self._columns):
            if self._is_available(column):
                self._wanted[column.id] = not self.isSectionHidden(i)

    def _place(self) -> None:
        """Show the columns that are wanted, as far as there is space for them, and share it out."""
        shown = self._shown()
        widths = {column.id: self._widths.get(column.id) or self.usual_width(column) for column in shown}
        fill = next((column for column in shown if column.fills and column.id not in self._widths), None)
        room = self.width() if self.isVisible() else 0
        if fill is not None and room:
            least = least_width(fill, self.fontMetrics())
            widths[fill.id] = max(least, round(room * _SHARE))
            kept = {id for id, wanted in self._wanted.items() if wanted} | {id for id, _order in self._sorted[:1]}
            for id in left_out(shown, widths, room, kept):
                widths.pop(id)
            widths[fill.id] = max(least, room - sum(widths.values()) + widths[fill.id])
        self._placing = True
        for i, column in enumerate(self._columns):
            self.setSectionHidden(i, column.id not in widths)
            if column.id in widths:  # a hidden one has no width to set
                self.resizeSection(i, widths[column.id])
        self._placing = False

    def usual_width(self, column: Column) -> int:
        """Give what its texts need, and its title with the arrow, so that a click moves nothing."""
        if column.id not in self._usual:
            title = self.sectionSizeFromContents(self._index(column.id)).width()
            self._usual[column.id] = max(usual_width(column, self.fontMetrics()), title)
        return self._usual[column.id]

    def _shown(self) -> list[Column]:
        there = [column for column in self._columns if self._is_available(column)]
        chosen = [column for column in there if self._wanted.get(column.id, column.shown)]
        usual = [column for column in there if column.shown]
        return chosen or usual or [self._columns[0]]  # without columns there is no header to ask for some

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
        self._keep_choice()
        self._wanted[action.data()] = shown
        self._place()
        self._judge()


def _known(key: str, values: Mapping[str, int], id: str) -> dict[str, Any]:
    return {key: values[id]} if id in values else {}


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
