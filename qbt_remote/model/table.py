"""TableModel: the one flat model of the program, made for 100,000 rows.

It holds the rows it was given (``_all``), and of those that the filter accepts a sorted list (``_order``).  Rows that
are equal in the column it is sorted by stand by the one that it was sorted by before, and then by ``last``, so that
their order does not depend on how the list came about.  A poll costs what it changed: its rows are found and moved one
by one, and which cells to repaint is left to the view, which knows what is visible (``touched``).

What takes longer than a blink is worked out in steps beside what is shown, and then shown at once.  Whatever is asked
meanwhile takes the steps that are left first.

Row operations cost Qt and Python more than a reset from about 16 on, so more than that are one reset.  A view keeps
its selection through ``moving`` and ``moved``, which frame every change of order, and needs no persistent indexes.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence, Set
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt, Signal

from qbt_remote.local import garbage
from qbt_remote.model.columns import Column
from qbt_remote.model.i18n import tr
from qbt_remote.model.look import Look
from qbt_remote.model.order import Next, Order, parts
from qbt_remote.model.roles import ALIGNMENT, DECORATION, DISPLAY, FIRST_ORDER, FOREGROUND, SPOKEN, TOOL_TIP
from qbt_remote.model.sorting import Sorting
from qbt_remote.sync.changes import Changes
from qbt_remote.sync.steps import Steps

Index = QModelIndex | QPersistentModelIndex
Row = Any
_TOP = QModelIndex()
_WITH_HINT = ("QList<QPersistentModelIndex>", "QAbstractItemModel::LayoutChangeHint")
_ROWS_ONLY = QAbstractTableModel.LayoutChangeHint.VerticalSortHint
"""Spares the header to lay out its columns anew, and the view to paint them a second time."""
_ROLES = frozenset((DISPLAY, DECORATION, TOOL_TIP, ALIGNMENT, FOREGROUND, SPOKEN))
_ONE_BY_ONE = 16
_FEW = 8
"""With more than one new row to so many, sorting everything is cheaper than finding each its place."""
_SLICED = 4096
"""Up to so many rows are sorted or filtered at once."""

Among = Callable[[Iterable[Row]], list[Row]]


class TableModel(QAbstractTableModel):
    """Rows of any class whose fields the columns name; see the module."""

    moving = Signal(bool)
    """All positions are about to become invalid: remember rows, not indexes.  True: the rows stay the same ones."""
    moved = Signal()
    """The end of what ``moving`` began."""

    def __init__(self, columns: Sequence[Column], parent: QObject | None = None, *, last: Sequence[str] = ()) -> None:
        """``last`` are the fields that decide where nothing else does; without, the earlier row stays the earlier."""
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
        self._sorting = Sorting(last)
        self._stale: frozenset[str] = frozenset()
        self._holds = 0
        self._late = False
        self._steps: Steps[None] | None = None  # what is left of something that is done in turns
        self._settling: Steps[None] | None = None  # what brings a filter into force, or did
        self.in_turns: Callable[[Steps[None]], None] | None = None
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
        self._take(self._reset_steps(self._among(self._all)), 0)

    def set_filter(self, accepts: Callable[[Row], bool], fields: frozenset[str], among: Among | None = None) -> None:
        """Show the rows that are accepted; ``fields`` are all those that ``accepts`` reads.

        ``among``, if given, does the same for many rows at once.
        """
        if self._settling is not None and self._settling is self._steps:
            self._settling.close()  # what the last filter would have shown nobody will see
            self._steps = None
        self.finish()
        self._accepts, self._filter_fields = accepts, fields
        self._among = among or (lambda rows: [row for row in rows if accepts(row)])
        self._settle()

    def apply(self, changes: Changes) -> None:
        """Bring the table to what the rows are now; while it is held only the texts change."""
        for _turn in self.applying(changes):
            pass

    def applying(self, changes: Changes) -> Steps[None]:
        """Do what ``apply`` does, in steps, the last of which shows it; first those that are left of something else."""
        yield from self._left()
        for row in changes.removed:
            self._all.pop(row, None)
        order_changed = not self._sorting.fields.isdisjoint(changes.fields)
        filter_changed = not self._filter_fields.isdisjoint(changes.fields)
        if self._holds:
            self._all.update(dict.fromkeys(changes.added))
            self._late = self._late or bool(changes.removed or changes.added) or order_changed or filter_changed
            self._tell(changes.changed)
            return
        self._steps = self._apply_steps(changes, order_changed=order_changed, filter_changed=filter_changed)
        yield from self._left()

    def _apply_steps(self, changes: Changes, *, order_changed: bool, filter_changed: bool) -> Steps[None]:
        order, known, new = self._order, self._all, list[Row]()
        gone = order.shown(changes.removed)
        for part in parts(changes.added):
            new += self._among(order.without(part))
            known.update(dict.fromkeys(part))
            yield False
        for part in parts(changes.changed if filter_changed else ()):
            flips = [row for row in part if row in known and self._accepts(row) != (row in order)]
            gone |= order.shown(flips)
            new += (row for row in flips if row not in gone)
            yield False
        yield from self._change_steps(gone, new, changes.changed if order_changed else ())
        self._steps = None
        self._tell(changes.changed)

    def finish(self) -> None:
        """Take at once the steps that are left of what was begun."""
        for _turn in self._left():
            pass

    def _left(self) -> Steps[None]:
        """The steps that are left; somebody else may take some of them meanwhile."""
        while (steps := self._steps) is not None:
            for step in steps:
                yield step
                if self._steps is not steps:
                    break
            if self._steps is steps:
                self._steps = None

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
        """Sort by this column; rows that are equal there by the one that it was sorted by before."""
        down = order == Qt.SortOrder.DescendingOrder
        chosen = self.columns[column] if 0 <= column < len(self.columns) else None
        if chosen is None or (self._sorting.is_by(chosen, down=down) and not self._late):
            return  # or it is being done: a view asks twice
        self.finish()
        self._sorting.choose(chosen, down=down)
        self.sort_again()

    def sort_again(self) -> None:
        """Bring the rows into order although none changed: their keys did, as with another language."""
        self.finish()
        self._take(self._sort_steps(), len(self._order))

    # how rows come, go and move

    def _take(self, steps: Steps[None], rows: int) -> None:
        """Do something with so many rows: at once, or in turns if that would be felt."""
        self._steps = steps
        if rows < _SLICED or self.in_turns is None:
            self.finish()
        else:
            self.in_turns(self._left())

    def _sort_steps(self) -> Steps[None]:
        order, before, by = Order(), self._order, self._sorting
        yield from order.sorting(before.rows, by.key, down=by.down, last=by.last)
        self._steps = None
        if order.is_like(before):
            self._order = order
        else:
            self._reorder(lambda: setattr(self, "_order", order))
        self._let_go(before)

    def _reset_steps(self, rows: list[Row]) -> Steps[None]:
        order, before, by = Order(), self._order, self._sorting
        yield from order.sorting(rows, by.key, down=by.down, last=by.last)
        yield True
        self._show(lambda: setattr(self, "_order", order))
        self._let_go(before)

    def _show(self, change: Callable[[], None]) -> None:
        """Let ``change`` put other rows in the place of those that are shown."""
        self._steps = None
        self.moving.emit(False)
        self.beginResetModel()
        change()
        self.endResetModel()
        self.moved.emit()

    def _let_go(self, order: Order) -> None:
        if order is not self._order and len(order) >= _SLICED:
            garbage.keep()
            self._take(order.letting_go(), len(order))

    def _settle(self) -> None:
        """Bring membership and order to what they should be now, whatever was put off."""
        self.finish()
        self._settling = self._settle_steps()
        self._take(self._settling, len(self._all))

    def _settle_steps(self) -> Steps[None]:
        order, accepted, new = self._order, set[Row](), list[Row]()
        for part in parts(list(self._all)):
            kept = self._among(part)
            accepted.update(kept)
            new += order.without(kept)
            yield False
        gone = set[Row]()
        for part in parts(list(order) if len(order) + len(new) > len(accepted) else ()):
            gone |= set(part) - accepted
            yield False
        late, self._late = self._late, False
        yield from self._change_steps(gone, new, order.rows if late else ())

    def _change_steps(self, gone: set[Row], new: list[Row], changed: Collection[Row]) -> Steps[None]:
        """``changed`` are the rows that may belong elsewhere now."""
        order = before = self._order
        if len(gone) + len(new) <= _ONE_BY_ONE:
            after = yield from order.changing(changed, gone)
            yield True
            self._change_one_by_one(gone, new, after)
            return
        if len(gone) * _FEW > len(order):
            order = yield from order.keeping(gone)
            gone = set()
        if len(new) * _FEW > len(order):
            yield from self._reset_steps(([row for row in order.rows if row not in gone] if gone else order.rows) + new)
            return
        after = yield from order.changing(changed, gone, new)
        yield True

        def change() -> None:
            order.take_over(after)
            self._order = order

        self._show(change)
        self._let_go(before)

    def _change_one_by_one(self, gone: set[Row], new: list[Row], after: Next) -> None:
        order, self._steps = self._order, None
        for row in gone:
            place = order.index(row)
            self.beginRemoveRows(_TOP, place, place)
            order.remove(row)
            self.endRemoveRows()
        if after.moves:
            self._reorder(lambda: order.take_over(after))
        else:
            order.take_over(after)
        for row in new:
            place = order.position_for(row)
            self.beginInsertRows(_TOP, place, place)
            order.add(row)
            self.endInsertRows()

    def _reorder(self, change: Callable[[], None]) -> None:
        """Let ``change`` move rows, and the persistent indexes with them."""
        self.moving.emit(True)
        self.layoutAboutToBeChanged[_WITH_HINT].emit([], _ROWS_ONLY)  # type: ignore[index]  # it is
        kept = self.persistentIndexList()
        owners = [self._order[index.row()] for index in kept]
        change()
        there = [self.index(self._order.index(row), old.column()) for row, old in zip(owners, kept, strict=True)]
        self.changePersistentIndexList(kept, there)
        self.layoutChanged[_WITH_HINT].emit([], _ROWS_ONLY)  # type: ignore[index]  # it is
        self.moved.emit()

    def _tell(self, changed: Iterable[Row]) -> None:
        """Say once that these rows have new texts; where they are is found by who shows them."""
        if any(row in self._order for row in changed):
            self.touched = set(changed)
            self.repaint()
            self.touched = None

    # what Qt asks

    def rowCount(self, parent: Index = _TOP) -> int:
        return 0 if parent.isValid() else len(self._order)

    def columnCount(self, parent: Index = _TOP) -> int:
        return 0 if parent.isValid() else len(self.columns)

    def data(self, index: Index, role: int = DISPLAY) -> Any:
        if role not in _ROLES or not index.isValid():
            return None
        column = self.columns[index.column()]
        if role == ALIGNMENT:
            return column.align
        row = self._order[index.row()]
        if role == DISPLAY:
            return column.text(column.value(row))
        if role == FOREGROUND:
            return self.color(row, column, column.value(row))
        if role == DECORATION:
            return self.icon(row) if column.icon else None
        if role == SPOKEN:
            return column.spoken(row) if column.spoken else None
        return column.cell_tip(row) if column.cell_tip else None

    def is_stale(self, row: Row) -> bool:
        """Whether the row's server is not heard."""
        return bool(self._stale) and row.server in self._stale

    def icon(self, row: Row) -> object:
        """Give the row's icon, None without a look."""
        if (look := self.look) is None:
            return None
        return look.stale_icon(row) if self.is_stale(row) else look.icon(row)

    def color(self, row: Row, column: Column, value: object) -> Any:
        """Give the colour that ``value`` is written in, None for that of any text."""
        if (look := self.look) is None:
            return None
        if self.is_stale(row):
            return look.stale
        if column.state_color:
            return look.color(row)
        if column.faint is not None and column.faint(value):
            return look.faint
        return None

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = DISPLAY) -> Any:
        if orientation != Qt.Orientation.Horizontal or not 0 <= section < len(self.columns):
            return None
        column = self.columns[section]
        if role == DISPLAY:
            return tr(column.title)
        if role == TOOL_TIP:
            return tr(column.tip) if column.tip else tr(column.title)
        if role == ALIGNMENT:
            return column.align
        if role == FIRST_ORDER:
            return Qt.SortOrder.DescendingOrder if column.number else Qt.SortOrder.AscendingOrder
        return None


def _everything(row: Row) -> bool:
    return True
