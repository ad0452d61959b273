"""TableModel: the one flat model of the program, made for 100,000 rows.

It holds the rows it was given (``_all``), and of those that the filter accepts a sorted list
(``_order``).  Sorting is stable, so the column that was sorted before breaks ties.  A poll costs what
it changed: its rows are found and moved one by one, and which cells to repaint is left to the view,
which knows what is visible (``touched``).

Row operations cost Qt and Python more than a reset from about 16 on, so more than that are one
reset.  A view keeps its selection through ``moving`` and ``moved``, which frame every change of
order: were it to leave that to Qt, each selected row would need a persistent index.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence, Set
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt, Signal

from qbt_remote.model.columns import Column
from qbt_remote.model.i18n import tr
from qbt_remote.model.order import Order
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
_FEW = 8
"""With more than one new row to so many, sorting everything is cheaper than finding each its place."""
_SLICED = 4096
"""From so many new rows on, ``applying`` takes more than one step."""

Among = Callable[[Iterable[Row]], list[Row]]


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

    moving = Signal(bool)
    """All positions are about to become invalid: remember rows, not indexes.  True: the rows stay the same ones."""
    moved = Signal()
    """The end of what ``moving`` began."""

    def __init__(self, columns: Sequence[Column], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.columns = tuple(columns)
        self.look: Look | None = None
        self._all: dict[Row, None] = {}
        self._order = Order()
        self.touched: Set[Row] | None = None
        """While ``dataChanged`` is sent: the rows that it is about; None if about all in its range."""
        self._accepts: Callable[[Row], bool] = _everything
        self._among: Among = list
        self._filter_fields: frozenset[str] = frozenset()
        self._key: Callable[[Row], Any] | None = None
        self._sort_fields: frozenset[str] = frozenset()
        self._down = False
        self._stale: frozenset[str] = frozenset()
        self._holds = 0
        self._late = False
        self._steps: Iterator[None] | None = None
        """What is left of something that is done in turns."""
        self.in_turns: Callable[[Iterator[None]], None] | None = None
        """Takes steps, each in a turn of the loop; without it long work is done at once."""

    # what the program asks

    @property
    def rows(self) -> list[Row]:
        """The shown rows in their order; not to be changed.  Made anew after each change of order: for all or none."""
        return self._order.rows

    def row(self, i: int) -> Row:
        return self._order[i]

    def rows_between(self, first: int, last: int) -> list[Row]:
        """Give the rows from one position to another, both included."""
        if (last - first) * _FEW > len(self._order):
            return self._order.rows[first : last + 1]
        return [self._order[i] for i in range(first, last + 1)]

    def places(self, rows: Set[Row]) -> list[int]:
        """Give the positions of those of these rows that are shown, in ascending order."""
        order = self._order
        if len(rows) * _FEW > len(order):
            return [i for i, row in enumerate(order.rows) if row in rows]
        return sorted(order.index(row) for row in rows if row in order)

    def index_of(self, row: Row) -> int:
        """Give the row's position, -1 if it is not shown."""
        return self._order.index(row)

    def column(self, id: str) -> int:
        """Give the position of a column, -1 if there is none."""
        return next((i for i, column in enumerate(self.columns) if column.id == id), -1)

    def set_rows(self, rows: Iterable[Row]) -> None:
        """Show these rows and no others, as far as the filter accepts them."""
        self.finish()
        self._all = dict.fromkeys(rows)
        self._late = False
        self._steps = self._reset_steps(self._among(self._all))
        self.finish()

    def set_filter(self, accepts: Callable[[Row], bool], fields: frozenset[str], among: Among | None = None) -> None:
        """Show the rows that are accepted; ``fields`` are all those that ``accepts`` reads.

        ``among``, if given, does the same for many rows at once.
        """
        self.finish()
        self._accepts, self._filter_fields = accepts, fields
        self._among = among or (lambda rows: [row for row in rows if accepts(row)])
        self._settle()

    def applying(self, changes: Changes) -> Iterator[None]:
        """Do what ``apply`` does; if many rows are new, in steps, the last of which shows them.

        Whatever else is asked of the table meanwhile takes the steps that are left first.
        """
        if len(changes.added) < _SLICED or self._holds:
            self.apply(changes)
            return
        self.finish()
        self._steps = steps = self._apply_many(changes)
        for _turn in steps:
            yield

    def _apply_many(self, changes: Changes) -> Iterator[None]:
        gone = set(changes.removed)
        for row in gone:
            self._all.pop(row, None)
        rows = [row for row in self._order.rows if row not in gone]
        known = self._all
        for start in range(0, len(changes.added), _SLICED):
            part = changes.added[start : start + _SLICED]
            rows += self._among(row for row in part if row not in known)
            known.update(dict.fromkeys(part))
            yield
        yield from self._reset_steps(rows)
        if changes.changed:
            self.apply(Changes(changed=changes.changed, fields=changes.fields))

    def finish(self) -> None:
        """Take at once the steps that are left of what was begun."""
        steps, self._steps = self._steps, None
        for _turn in steps or ():
            pass

    def apply(self, changes: Changes) -> None:
        """Bring the table to what the rows are now; while it is held only the texts change."""
        self.finish()
        for row in changes.removed:
            self._all.pop(row, None)
        self._all.update(dict.fromkeys(changes.added))
        order_changed = not self._sort_fields.isdisjoint(changes.fields)
        filter_changed = not self._filter_fields.isdisjoint(changes.fields)
        if self._holds:
            self._late = self._late or bool(changes.removed or changes.added) or order_changed or filter_changed
        else:
            order = self._order
            gone = order.shown(changes.removed)
            new = self._among(row for row in changes.added if row not in order)
            if filter_changed:
                flips = [r for r in changes.changed if r in self._all and self._accepts(r) != (r in order)]
                gone |= order.shown(flips)
                new += [row for row in flips if row not in order]
            self._change(gone, new, changes.changed if order_changed else ())
        self._tell(changes.changed)

    def set_stale(self, servers: frozenset[str]) -> None:
        """Dim the rows of these servers: what they say is old."""
        if servers != self._stale:
            self._stale = servers
            self.repaint()

    def repaint(self) -> None:
        """Ask for all texts, icons and colours again."""
        if len(self._order):
            self.dataChanged.emit(self.index(0, 0), self.index(len(self._order) - 1, len(self.columns) - 1))

    def hold(self) -> None:
        """Keep every row in its place until ``release``; holds nest."""
        self.finish()
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
        chosen, down = self.columns[column], order == Qt.SortOrder.DescendingOrder
        key = chosen.sort_down if down else chosen.sort
        if (key, down) == (self._key, self._down) and not self._late:
            return  # or it is being done: a view asks twice
        self.finish()
        self._key, self._down = key, down
        self._sort_fields = chosen.fields
        self._take(self._sort_steps(), len(self._order))

    # how rows come, go and move

    def _take(self, steps: Iterator[None], rows: int) -> None:
        """Do something with so many rows: at once, or in turns if that would be felt."""
        self._steps = steps
        if rows < _SLICED or self.in_turns is None:
            self.finish()
        else:
            self.in_turns(steps)

    def _sort_steps(self) -> Iterator[None]:
        rows, order = self._order.rows, Order()
        yield from order.sorting(rows, self._key, down=self._down)
        self._steps = None
        if order.rows == rows:  # the same objects: compared by identity
            self._order = order
        else:
            self._reorder(lambda: setattr(self, "_order", order))

    def _reset_steps(self, rows: list[Row]) -> Iterator[None]:
        order = Order()
        yield from order.sorting(rows, self._key, down=self._down)
        self._steps = None
        self._show(order)

    def _show(self, order: Order) -> None:
        self.moving.emit(False)
        self.beginResetModel()
        self._order = order
        self.endResetModel()
        self.moved.emit()

    def _settle(self) -> None:
        """Bring membership and order to what they should be now, whatever was put off."""
        accepted = dict.fromkeys(self._among(self._all))
        gone = {row for row in self._order if row not in accepted}
        new = [row for row in accepted if row not in self._order]
        self._change(gone, new, self._order.rows if self._late else ())
        self._late = False

    def _change(self, gone: set[Row], new: list[Row], changed: Iterable[Row]) -> None:
        """``changed`` are the rows that may belong elsewhere now."""
        if len(gone) + len(new) > _ONE_BY_ONE:
            self._change_at_once(gone, new, changed)
            return
        for row in gone:
            place = self._order.index(row)
            self.beginRemoveRows(_TOP, place, place)
            self._order.remove(row)
            self.endRemoveRows()
        if misfits := self._order.misfits(changed):
            self._reorder(lambda: self._order.move(misfits))
        for row in new:
            place = self._order.position_for(row)
            self.beginInsertRows(_TOP, place, place)
            self._order.add(row)
            self.endInsertRows()

    def _change_at_once(self, gone: set[Row], new: list[Row], changed: Iterable[Row]) -> None:
        order = self._order
        if len(new) * _FEW > len(order):
            rows = [row for row in order.rows if row not in gone] if gone else list(order.rows)
            rows += new
            self._take(self._reset_steps(rows), len(rows))
            return
        self.moving.emit(False)
        self.beginResetModel()
        order.discard(gone)
        order.move(order.misfits(changed))
        for row in new:
            order.add(row)
        self.endResetModel()
        self.moved.emit()

    def _reorder(self, change: Callable[[], None]) -> None:
        """Let ``change`` move rows, and the persistent indexes with them."""
        self.moving.emit(True)
        self.layoutAboutToBeChanged.emit()
        kept = self.persistentIndexList()
        owners = [self._order[index.row()] for index in kept]
        change()
        there = [self.index(self._order.index(row), old.column()) for row, old in zip(owners, kept, strict=True)]
        self.changePersistentIndexList(kept, there)
        self.layoutChanged.emit()
        self.moved.emit()

    def _tell(self, changed: Iterable[Row]) -> None:
        """Say once that these rows have new texts; where they are is found by who shows them."""
        self.touched = self._order.shown(changed)
        if self.touched:
            self.repaint()
        self.touched = None

    # what Qt asks

    def rowCount(self, parent: Index = _TOP) -> int:
        return 0 if parent.isValid() else len(self._order)

    def columnCount(self, parent: Index = _TOP) -> int:
        return 0 if parent.isValid() else len(self.columns)

    def data(self, index: Index, role: int = _DISPLAY) -> Any:
        if role not in _ROLES or not index.isValid():
            return None
        column = self.columns[index.column()]
        if role == _ALIGNMENT:
            return column.align
        row = self._order[index.row()]
        if role == _DISPLAY:
            return column.text(column.value(row))
        if role == _FOREGROUND:
            return self.color(row, column, column.value(row))
        if role == _DECORATION:
            return self.icon(row) if column.icon else None
        if role == _SPOKEN:
            return column.spoken(row) if column.spoken else None
        return column.cell_tip(row) if column.cell_tip else None

    def is_stale(self, row: Row) -> bool:
        """Whether the row's server is not heard."""
        return bool(self._stale) and row.server in self._stale

    def icon(self, row: Row) -> object:
        """Give the row's icon, None without a look."""
        look = self.look
        if look is None:
            return None
        return look.stale_icon(row) if self.is_stale(row) else look.icon(row)

    def color(self, row: Row, column: Column, value: object) -> Any:
        """Give the colour that ``value`` is written in, None for that of any text."""
        look = self.look
        if look is None:
            return None
        if self._stale and row.server in self._stale:
            return look.stale
        if column.state_color:
            return look.color(row)
        if column.faint is not None and column.faint(value):
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
