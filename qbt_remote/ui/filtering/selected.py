"""How many of the listed torrents are selected, and how large they are together; and how large all listed ones are.

Kept at the cost of what changed: a row more or less, or another size, is added or taken away.  Only where many rows
become selected at once are they counted anew, in steps.  Each row is kept with the size that was counted for it, so
that it does not matter whether a poll or the selection comes first.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QItemSelection, QObject, Signal

from qbt_remote.model.order import parts
from qbt_remote.model.table import Row, TableModel
from qbt_remote.sync.filtering.counts import size_of
from qbt_remote.sync.steps import Steps, at_once
from qbt_remote.ui.table.table_view import TableView

if TYPE_CHECKING:
    from qbt_remote.sync.changes import Changes
    from qbt_remote.sync.session import Session

_AT_ONCE = 2048
"""So many rows are counted without letting other work go on."""


class Selected(QObject):
    """``number`` is always right; ``size`` is None while it is being counted."""

    changed = Signal()

    def __init__(self, table: TableView, model: TableModel, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._table, self._model = table, model
        self._sizes: dict[Row, int] = {}
        self._size = 0
        self._known = True
        self._counting: object = None
        """The counting that began last."""
        self.number = 0
        self._listed: int | None = None
        self._listed_anew, self._listing = False, object()
        """Whether ``_listed`` is that of the rows of now, or is being counted; and the counting that began last."""
        self.in_turns: Callable[[Steps[None]], None] = at_once
        """Takes steps, each in a turn of the loop."""
        table.selectionModel().selectionChanged.connect(self._change)
        model.moved.connect(self._see)
        for others in (model.rowsInserted, model.rowsRemoved, model.moved):
            others.connect(self._list_anew)

    @property
    def size(self) -> int | None:
        return self._size if self._known else None

    def listed_size(self, torrents: int) -> int | None:
        """Give the bytes of the listed rows; that of before while it is counted, which is told when it has ended.

        None where not fewer than all ``torrents`` are listed: nothing is counted then.
        """
        if self._model.rowCount() >= torrents:
            return None
        if not self._listed_anew:
            self._listed_anew, self._listing = True, object()
            steps = self._list_steps(self._listing)
            at_once(steps) if self._model.rowCount() <= _AT_ONCE else self.in_turns(steps)
        return self._listed

    def _list_anew(self) -> None:
        self._listed_anew = False

    def _list_steps(self, mine: object) -> Steps[None]:
        size = 0
        for part in parts(list(self._model.rows)):
            size += sum(map(size_of, part))
            yield False
            if self._listing is not mine:
                return
        if self._listed != size:
            self._listed = size
            self.changed.emit()

    def count(self) -> None:
        """Begin to count what is not known yet."""
        if not self._known and self._counting is None:
            self._counting = mine = object()
            steps = self._steps(mine)
            at_once(steps) if self.number <= _AT_ONCE else self.in_turns(steps)

    def listen(self, session: Session) -> None:
        session.on_changes.append(self.take)

    def unlisten(self, session: Session) -> None:
        session.on_changes.remove(self.take)

    def take(self, _session: Session, changes: Changes) -> Steps[None]:
        """Take over the sizes that a poll changed."""
        touched = [t for t, old in changes.before.items() if "size" in old] if "size" in changes.fields else []
        for part in parts(touched):
            for t in part:
                if t in self._sizes:
                    self._put(t)
            yield False
        if touched:
            self._list_anew()
            self.changed.emit()

    def _change(self, selected: QItemSelection, deselected: QItemSelection) -> None:
        gone, new = _spans(deselected), _spans(selected)
        if self._known and sum(last - first + 1 for first, last in (*gone, *new)) <= _AT_ONCE:
            for row in self._rows(gone):
                self._size -= self._sizes.pop(row, 0)
            for row in self._rows(new):
                self._put(row)
            self.number = len(self._sizes)
        else:
            self._forget()
        self.changed.emit()

    def _see(self) -> None:
        """Rows have moved: those that are no longer listed are no longer selected, which no signal tells."""
        if self.number != _height(self._table):
            self._forget()
            self.changed.emit()

    def _forget(self) -> None:
        self.number = _height(self._table)
        self._sizes, self._size, self._counting = {}, 0, None
        self._known = not self.number

    def _rows(self, spans: list[tuple[int, int]]) -> list[Row]:
        return [row for span in spans for row in self._model.rows_between(*span)]

    def _put(self, row: Row) -> None:
        size = size_of(row)
        self._size += size - self._sizes.get(row, 0)
        self._sizes[row] = size

    def _steps(self, mine: object) -> Steps[None]:
        for part in parts(self._table.selected_rows()):
            sizes = list(map(size_of, part))
            self._sizes.update(zip(part, sizes, strict=True))
            self._size += sum(sizes)
            yield False
            if self._counting is not mine:
                return
        self._known, self._counting = True, None
        self.changed.emit()


def _spans(selection: QItemSelection) -> list[tuple[int, int]]:
    """Give the first and the last position of each range."""
    ranges = (selection.at(i) for i in range(selection.count()))
    return [(span.top(), span.bottom()) for span in ranges]


def _height(table: TableView) -> int:
    return sum(last - first + 1 for first, last in _spans(table.selectionModel().selection()))
