"""TableModel: the one flat model of the program, made for 100,000 rows.

It holds the rows it was given (``_all``), and of those that the filter accepts a sorted list
(``_rows``).  Sorting is ``list.sort``: stable, so the column that was sorted before breaks ties.
There is no dictionary from row to position (30 to 45 ms to rebuild): whoever needs positions gets
them from one scan.

Row operations cost Qt and Python more than a reset from about 16 on, so more than that are one
reset.  A view keeps its selection through ``moving`` and ``moved``, which frame every change of
order: were it to leave that to Qt, each selected row would need a persistent index.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt, Signal

from qbt_remote.model.columns import Column
from qbt_remote.model.i18n import tr
from qbt_remote.sync.changes import Changes

Index = QModelIndex | QPersistentModelIndex
Row = Any
_TOP = QModelIndex()
_Role = Qt.ItemDataRole
# Qt hands roles over as int; comparing them with the enum's members costs more than the rest of data()
_DISPLAY, _DECORATION, _TOOL_TIP, _ALIGNMENT, _FOREGROUND, _SPOKEN = (
    int(role)
    for role in (
        _Role.DisplayRole,
        _Role.DecorationRole,
        _Role.ToolTipRole,
        _Role.TextAlignmentRole,
        _Role.ForegroundRole,
        _Role.AccessibleTextRole,
    )
)
_ROLES = frozenset((_DISPLAY, _DECORATION, _TOOL_TIP, _ALIGNMENT, _FOREGROUND, _SPOKEN))
_FIRST_ORDER = int(_Role.InitialSortOrderRole)
_ONE_BY_ONE = 16


@dataclass(frozen=True)
class Look:
    """What the theme knows of a row; made anew by the view when the palette changes."""

    icon: Callable[[Row], object]
    """A QIcon."""
    stale_icon: Callable[[Row], object]
    """The same for a row whose server is not heard."""
    color: Callable[[Row], object]
    """The QColor of the row's state."""
    faint: object
    """The QColor of values that say nothing."""
    stale: object
    """The QColor of rows whose server is not heard."""


class TableModel(QAbstractTableModel):
    """Rows of any class whose fields the columns name; see the module."""

    moving = Signal()
    """All positions are about to become invalid: remember rows, not indexes."""
    moved = Signal()
    """The end of what ``moving`` began."""

    def __init__(self, columns: Sequence[Column], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.columns = tuple(columns)
        self.look: Look | None = None
        self._all: dict[Row, None] = {}
        self._rows: list[Row] = []
        self._shown: set[Row] = set()
        self._accepts: Callable[[Row], bool] = _everything
        self._filter_fields: frozenset[str] = frozenset()
        self._key: Callable[[Row], Any] | None = None
        self._sort_fields: frozenset[str] = frozenset()
        self._down = False
        self._stale: frozenset[str] = frozenset()
        self._holds = 0
        self._late = False

    # what the program asks

    @property
    def rows(self) -> list[Row]:
        """The shown rows in their order; not to be changed."""
        return self._rows

    def row(self, i: int) -> Row:
        return self._rows[i]

    def index_of(self, row: Row) -> int:
        """Give the row's position, -1 if it is not shown.  One scan: not for loops."""
        return self._rows.index(row) if row in self._shown else -1

    def column(self, id: str) -> int:
        """Give the position of a column, -1 if there is none."""
        return next((i for i, column in enumerate(self.columns) if column.id == id), -1)

    def set_rows(self, rows: Iterable[Row]) -> None:
        """Show these rows and no others, as far as the filter accepts them."""
        self._all = dict.fromkeys(rows)
        self._late = False
        self._reset([row for row in self._all if self._accepts(row)])

    def set_filter(self, accepts: Callable[[Row], bool], fields: frozenset[str]) -> None:
        """Show the rows that are accepted; ``fields`` are all those that ``accepts`` reads."""
        self._accepts, self._filter_fields = accepts, fields
        self._settle()

    def apply(self, changes: Changes) -> None:
        """Bring the table to what the rows are now; while it is held only the texts change."""
        for row in changes.removed:
            self._all.pop(row, None)
        self._all.update(dict.fromkeys(changes.added))
        order_changed = not self._sort_fields.isdisjoint(changes.fields)
        filter_changed = not self._filter_fields.isdisjoint(changes.fields)
        if self._holds:
            self._late = self._late or bool(changes.removed or changes.added) or order_changed or filter_changed
        else:
            gone = {row for row in changes.removed if row in self._shown}
            new = [row for row in changes.added if row not in self._shown and self._accepts(row)]
            if filter_changed:
                flips = [r for r in changes.changed if r in self._all and self._accepts(r) != (r in self._shown)]
                gone.update(row for row in flips if row in self._shown)
                new += [row for row in flips if row not in self._shown]
            self._change(gone, new, order_changed=order_changed)
        self._repaint(changes.changed)

    def set_stale(self, servers: frozenset[str]) -> None:
        """Dim the rows of these servers: what they say is old."""
        if servers != self._stale:
            self._stale = servers
            self.repaint()

    def repaint(self) -> None:
        """Ask for all texts, icons and colours again."""
        if self._rows:
            self.dataChanged.emit(self.index(0, 0), self.index(len(self._rows) - 1, len(self.columns) - 1))

    def hold(self) -> None:
        """Keep every row in its place until ``release``; holds nest."""
        self._holds += 1

    def release(self) -> None:
        """Take one hold back; with the last, the rows go where they belong."""
        self._holds -= 1
        if not self._holds and self._late:
            self._settle()

    def sort(self, column: int, order: Qt.SortOrder = Qt.SortOrder.AscendingOrder) -> None:
        """Sort by this column; rows that are equal there keep the order they had."""
        if not 0 <= column < len(self.columns):
            return
        chosen = self.columns[column]
        self._down = order == Qt.SortOrder.DescendingOrder
        self._key = chosen.sort_down if self._down else chosen.sort
        self._sort_fields = chosen.fields
        self._reorder(sorted(self._rows, key=self._key, reverse=self._down))

    # how rows come, go and move

    def _settle(self) -> None:
        """Bring membership and order to what they should be now, whatever was put off."""
        self._late = False
        accepted = [row for row in self._all if self._accepts(row)]
        gone = self._shown.difference(accepted)
        new = [row for row in accepted if row not in self._shown]
        self._change(gone, new, order_changed=True)

    def _change(self, gone: set[Row], new: list[Row], *, order_changed: bool) -> None:
        if len(gone) + len(new) > _ONE_BY_ONE:
            self._reset([row for row in self._rows if row not in gone] + new)
            return
        for row in gone:
            self._remove(row)
        if order_changed and self._key is not None:
            self._reorder(sorted(self._rows, key=self._key, reverse=self._down))
        for row in new:
            self._insert(row)

    def _reset(self, rows: list[Row]) -> None:
        if self._key is not None:
            rows.sort(key=self._key, reverse=self._down)
        self.moving.emit()
        self.beginResetModel()
        self._rows = rows
        self._shown = set(rows)
        self.endResetModel()
        self.moved.emit()

    def _reorder(self, rows: list[Row]) -> None:
        if rows == self._rows:  # the same objects: compared by identity
            return
        self.moving.emit()
        self.layoutAboutToBeChanged.emit()
        kept = self.persistentIndexList()
        owners = [self._rows[index.row()] for index in kept]
        self._rows = rows
        if kept:
            wanted = set(owners)
            places = {row: i for i, row in enumerate(rows) if row in wanted}
            there = [self.index(places[row], old.column()) for row, old in zip(owners, kept, strict=True)]
            self.changePersistentIndexList(kept, there)
        self.layoutChanged.emit()
        self.moved.emit()

    def _remove(self, row: Row) -> None:
        place = self._rows.index(row)
        self.beginRemoveRows(_TOP, place, place)
        del self._rows[place]
        self._shown.discard(row)
        self.endRemoveRows()

    def _insert(self, row: Row) -> None:
        place = self._place(row)
        self.beginInsertRows(_TOP, place, place)
        self._rows.insert(place, row)
        self._shown.add(row)
        self.endInsertRows()

    def _place(self, row: Row) -> int:
        """Where a new row belongs: after those that are equal to it, whichever the order is."""
        key, low, high = self._key, 0, len(self._rows)
        if key is None:
            return high
        own = key(row)
        while low < high:
            middle = (low + high) // 2
            other = key(self._rows[middle])
            if other < own if self._down else own < other:
                high = middle
            else:
                low = middle + 1
        return low

    def _repaint(self, changed: list[Row]) -> None:
        """Say once which rows have new texts: from the first to the last that changed."""
        wanted = self._shown.intersection(changed)
        if not wanted:
            return
        rows = self._rows
        first = next(i for i, row in enumerate(rows) if row in wanted)
        last = next(i for i in range(len(rows) - 1, -1, -1) if rows[i] in wanted)
        self.dataChanged.emit(self.index(first, 0), self.index(last, len(self.columns) - 1))

    # what Qt asks

    def rowCount(self, parent: Index = _TOP) -> int:
        return 0 if parent.isValid() else len(self._rows)

    def columnCount(self, parent: Index = _TOP) -> int:
        return 0 if parent.isValid() else len(self.columns)

    def data(self, index: Index, role: int = _DISPLAY) -> Any:
        if role not in _ROLES or not index.isValid():
            return None
        column = self.columns[index.column()]
        if role == _ALIGNMENT:
            return column.align
        row = self._rows[index.row()]
        if role == _DISPLAY:
            return column.text(column.value(row))
        if role == _FOREGROUND:
            return self._color(row, column)
        if role == _DECORATION:
            return self._icon(row) if column.icon else None
        if role == _SPOKEN:
            return column.spoken(row) if column.spoken else None
        return column.cell_tip(row) if column.cell_tip else None

    def _icon(self, row: Row) -> object:
        look = self.look
        if look is None:
            return None
        return look.stale_icon(row) if self._stale and row.server in self._stale else look.icon(row)

    def _color(self, row: Row, column: Column) -> object:
        look = self.look
        if look is None:
            return None
        if self._stale and row.server in self._stale:
            return look.stale
        if column.state_color:
            return look.color(row)
        if column.faint is not None and column.faint(column.value(row)):
            return look.faint
        return None

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = _DISPLAY) -> Any:
        if orientation != Qt.Orientation.Horizontal or not 0 <= section < len(self.columns):
            return None
        column = self.columns[section]
        if role == _DISPLAY:
            return tr(column.title)
        if role == _TOOL_TIP:
            return tr(column.tip) if column.tip else tr(column.title)
        if role == _ALIGNMENT:
            return column.align
        if role == _FIRST_ORDER:
            return Qt.SortOrder.DescendingOrder if column.number else Qt.SortOrder.AscendingOrder
        return None


def _everything(row: Row) -> bool:
    return True
