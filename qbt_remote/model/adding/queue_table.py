"""A table model of the add queue: what failed first, then what waits, then what was added.

Rows come, go, move and change each by itself: 10,000 of them are no burden, and what is selected stays so.
"""

from __future__ import annotations

from bisect import bisect_left, insort
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from copy import copy
from functools import partial
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt
from PySide6.QtGui import QColor, QIcon

from qbt_remote.api.adding.items import Item
from qbt_remote.model import text
from qbt_remote.model.adding.queue_order import FAILED, PENDING, Key, QueueOrder, group_of
from qbt_remote.model.adding.states import ADD_STATES, AddState, queue_reason, queue_state
from qbt_remote.model.i18n import tr
from qbt_remote.model.text import clean
from qbt_remote.model.wording import name_of
from qbt_remote.sync.adding.kept import options_of
from qbt_remote.sync.query.query import fold
from qbt_remote.sync.steps import in_turns
from qbt_remote.translatable import N

if TYPE_CHECKING:
    from qbt_remote.local.add_queue import QueueRow
    from qbt_remote.sync.adding.queue_rows import QueueRows
    from qbt_remote.sync.session import Session

NAME, SERVER, RESULT, SIZE, GIVEN = range(5)
TITLES = (N("Name"), N("Server"), N("Result"), N("Size"), N("Given"))
_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
_LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
_FLAGS = Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable | Qt.ItemFlag.ItemNeverHasChildren
"""Made once: Qt asks for the flags of every cell when all are selected."""
_FEW = 20
"""So many rows move one by one; where more do, that is one change of the order."""
_NONE = QModelIndex()
Index = QModelIndex | QPersistentModelIndex


class QueueTable(QAbstractTableModel):
    """Shows the rows of the queue in their order, or as they are sorted and filtered; it is reset when that changes."""

    def __init__(self, rows: QueueRows, sessions: Mapping[str, Session], parent: QObject | None = None) -> None:
        """``sessions`` is as it is at any moment."""
        super().__init__(parent)
        self._rows, self._sessions = rows, sessions
        self._wanted = self._next = QueueOrder()
        """What is in effect, and what will be as soon as all is read that it needs."""
        self._coming: dict[int, Key | None] = {}
        """Where the rows will be then, as far as is known."""
        self._groups: dict[int, int] = {}
        """Of all rows, listed or not."""
        self._in_groups: Counter[int] = Counter()
        self._keys: dict[int, Key] = {}
        self._order: list[Key] = []
        self._shown: dict[int, QueueRow] = {}
        self.icon: Callable[[AddState], QIcon | None] = lambda _state: None
        self.color: Callable[[AddState], QColor | None] = lambda _state: None
        self.tip: Callable[[str], str] = clean
        """Makes the tip that shows a whole text."""
        self.server_text: Callable[[Session], str] = name_of
        self.update(rows.all)

    # what the window tells

    def update(self, ids: Collection[int]) -> None:
        """Show what became of rows, by their ids."""
        self._count(ids)
        for id_ in ids:
            self._coming.pop(id_, None)  # what was found out of it may be no longer so
        now = {id_: self._key(id_) for id_ in ids}
        before = {id_: self._keys.get(id_) for id_ in ids}
        self._remove([key for id_, key in before.items() if key and not now[id_]])
        self._move([(key, new) for id_, key in before.items() if key and (new := now[id_]) and new != key])
        self._insert([key for id_, key in now.items() if key and not before[id_]])
        self._touch(sorted(self.place(id_) for id_, key in now.items() if key and before[id_]))

    def show_done(self, shown: bool) -> None:
        """Show what was added, too, or only the others."""
        self._wanted.with_done = self._next.with_done = shown
        self.update([row.id for row in self._rows.all.values() if row.state == "done"])

    async def set_filter(self, text: str) -> None:
        """List only rows whose name contains all of these words, in turns; a later wish ends this one."""
        wish = copy(self._next)
        wish.words = tuple(fold(text).split())
        await self._bring(wish)

    async def sort_by(self, column: int, descending: bool) -> None:
        """Sort by a column, in turns, or with -1 as the queue has them; a later wish ends this one."""
        wish, value = copy(self._next), _BY.get(column)
        wish.column, wish.descending, wish.by = column, descending, partial(value, self) if value else None
        await self._bring(wish)

    async def read(self, ids: Iterable[int]) -> None:
        """Read in turns what is needed to sort and filter these rows: ``update`` is short then."""
        await in_turns(self._wanted.reading([row for id_ in ids if (row := self._rows.all.get(id_))], {}))

    async def _bring(self, wish: QueueOrder) -> None:
        self._next, self._coming = wish, {}
        keys, known = self._coming, self._rows.all
        await in_turns(wish.reading(list(known.values()), keys))
        if self._next is not wish:
            return
        self.beginResetModel()
        self._wanted = wish
        where = {id_: keys[id_] if id_ in keys else wish.key(row) for id_, row in known.items()}
        self._keys = {id_: key for id_, key in where.items() if key}
        self._order = sorted(self._keys.values())
        self._shown = {id_: known[id_] for id_ in self._keys}
        self._coming = {}
        self.endResetModel()

    @property
    def hides(self) -> bool:
        """Whether the filter lets no row through, and there are some."""
        return not self._order and bool(self._wanted.words) and bool(self._in_groups.total())

    def follow(self, servers: Collection[str]) -> None:
        """Show how it stands with these servers by now."""
        if self._wanted.column in (SERVER, RESULT):
            self.update([row.id for row in self._rows.all.values() if row.server in servers])
            return
        self._touch([n for n, key in enumerate(self._order) if self._shown[abs(key[-1])].server in servers])

    def repaint(self) -> None:
        """Show other colours."""
        self._touch(range(len(self._order)))

    def counts(self) -> tuple[int, int]:
        """Give how many wait, and how many were not added."""
        return self._in_groups[PENDING], self._in_groups[FAILED]

    def ids(self) -> list[int]:
        """Give the ids of all rows that are shown."""
        return list(self._keys)

    def row(self, place: int) -> QueueRow:
        return self._shown[abs(self._order[place][-1])]

    def place(self, id_: int) -> int:
        """Give where a row is shown; -1 if it is not."""
        key = self._keys.get(id_)
        return bisect_left(self._order, key) if key else -1

    def item(self, row: QueueRow) -> Item:
        """Give what is to be added, without its bytes."""
        return self._wanted.item(row)

    def name(self, row: QueueRow) -> str:
        item = self.item(row)
        return clean(item.name or item.source)

    def state(self, row: QueueRow) -> AddState:
        return ADD_STATES[queue_state(self._rows, row, self._sessions)]

    def result(self, row: QueueRow) -> str:
        """Say how it stands with a row, and why."""
        return self.state(row).text(queue_reason(self._rows, row, self._sessions))

    # changing

    def _key(self, id_: int) -> Key | None:
        """Give where a row belongs; None if it is not to be shown."""
        row = self._rows.all.get(id_)
        return self._wanted.key(row) if row else None

    def _count(self, ids: Iterable[int]) -> None:
        for id_ in ids:
            if (before := self._groups.pop(id_, None)) is not None:
                self._in_groups[before] -= 1
            if row := self._rows.all.get(id_):
                self._groups[id_] = group = group_of(row)
                self._in_groups[group] += 1
            else:
                self._wanted.forget(id_)

    def _remove(self, keys: Iterable[Key]) -> None:
        places = sorted(bisect_left(self._order, key) for key in keys)
        for first, last in reversed(list(runs(places))):
            self.beginRemoveRows(_NONE, first, last)
            for *_before, id_ in self._order[first : last + 1]:
                del self._keys[abs(id_)], self._shown[abs(id_)]
            del self._order[first : last + 1]
            self.endRemoveRows()

    def _insert(self, keys: Iterable[Key]) -> None:
        at: dict[int, list[Key]] = {}
        for key in sorted(keys):
            at.setdefault(bisect_left(self._order, key), []).append(key)
        for place in sorted(at, reverse=True):
            new = at[place]
            self.beginInsertRows(_NONE, place, place + len(new) - 1)
            self._order[place:place] = new
            self._keys |= {abs(key[-1]): key for key in new}
            self._shown |= {abs(key[-1]): self._rows.all[abs(key[-1])] for key in new}
            self.endInsertRows()

    def _move(self, moves: Sequence[tuple[Key, Key]]) -> None:
        if len(moves) > _FEW:
            self._move_many(moves)
            return
        for old, new in moves:
            here, there = bisect_left(self._order, old), bisect_left(self._order, new)
            moves_away = there not in (here, here + 1)
            if moves_away:
                self.beginMoveRows(_NONE, here, here, _NONE, there)
            del self._order[here]
            insort(self._order, new)
            self._keys[abs(new[-1])] = new
            if moves_away:
                self.endMoveRows()

    def _move_many(self, moves: Iterable[tuple[Key, Key]]) -> None:
        self.layoutAboutToBeChanged.emit()
        kept = self.persistentIndexList()
        ids = [abs(self._order[index.row()][-1]) for index in kept]
        self._keys |= {abs(new[-1]): new for _old, new in moves}
        self._order = sorted(self._keys.values())
        places = {abs(key[-1]): n for n, key in enumerate(self._order)}
        now = [self.index(places[id_], index.column()) for id_, index in zip(ids, kept, strict=True)]
        self.changePersistentIndexList(kept, now)
        self.layoutChanged.emit()

    def _touch(self, places: Sequence[int]) -> None:
        for first, last in runs(places):
            self.dataChanged.emit(self.index(first, 0), self.index(last, len(TITLES) - 1))

    # what the view asks

    def rowCount(self, parent: Index = _NONE) -> int:
        return 0 if parent.isValid() else len(self._order)

    def columnCount(self, parent: Index = _NONE) -> int:
        return 0 if parent.isValid() else len(TITLES)

    def flags(self, index: Index) -> Qt.ItemFlag:
        return _FLAGS if index.isValid() else Qt.ItemFlag.NoItemFlags

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if orientation == Qt.Orientation.Horizontal and role == Qt.ItemDataRole.DisplayRole:
            return tr(TITLES[section])
        if orientation == Qt.Orientation.Horizontal and role == Qt.ItemDataRole.TextAlignmentRole:
            return _RIGHT if section == SIZE else _LEFT
        return None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        give = _ROLES.get(role)
        return give(self, self.row(index.row()), index.column()) if give else None

    def _display(self, row: QueueRow, column: int) -> str:
        return _TEXTS[column](self, row)

    def _server(self, row: QueueRow) -> str:
        session = self._sessions.get(row.server)
        if session is not None:
            return self.server_text(session)
        return tr("{server} (gone)", server=clean(row.server_name, 80))

    def _size(self, row: QueueRow) -> str:
        item = self.item(row)
        if item.size:
            return text.size(item.size)
        return "" if not item.link else tr("Magnet") if item.hashes else tr("Link")

    def _given(self, row: QueueRow) -> str:
        return text.date(int(row.made))

    def _icon(self, row: QueueRow, column: int) -> QIcon | None:
        return self.icon(self.state(row)) if column == RESULT else None

    def _foreground(self, row: QueueRow, column: int) -> QColor | None:
        return self.color(self.state(row)) if column == RESULT else None

    def _tip(self, row: QueueRow, column: int) -> str:
        if column == RESULT:
            return self.tip(self.result(row))
        if column != NAME:
            return self.tip(self._display(row, column))
        lines = dict.fromkeys((self.name(row), clean(self.item(row).source)))
        return self.tip("\n".join((*lines, *_options(row))))

    def _align(self, row: QueueRow, column: int) -> Any:
        return _RIGHT if column == SIZE else None

    def _spoken(self, row: QueueRow, column: int) -> str | None:
        if column != NAME:
            return None
        return ", ".join(filter(None, (self._display(row, column) for column in range(len(TITLES)))))


_BY: dict[int, Callable[[QueueTable, QueueRow], str | int]] = {
    NAME: QueueTable.name,
    SERVER: QueueTable._server,
    RESULT: QueueTable.result,
    SIZE: lambda table, row: table.item(row).size,
    GIVEN: lambda _table, row: int(row.made),
}
"""What a column is sorted by."""
_TEXTS: tuple[Callable[[QueueTable, QueueRow], str], ...] = (
    QueueTable.name,
    QueueTable._server,
    QueueTable.result,
    QueueTable._size,
    QueueTable._given,
)
"""By column."""
_ROLES: dict[int, Callable[[QueueTable, QueueRow, int], Any]] = {
    Qt.ItemDataRole.DisplayRole: QueueTable._display,
    Qt.ItemDataRole.DecorationRole: QueueTable._icon,
    Qt.ItemDataRole.ForegroundRole: QueueTable._foreground,
    Qt.ItemDataRole.ToolTipRole: QueueTable._tip,
    Qt.ItemDataRole.TextAlignmentRole: QueueTable._align,
    Qt.ItemDataRole.AccessibleTextRole: QueueTable._spoken,
}


def _options(row: QueueRow) -> Iterator[str]:
    """Say where a torrent goes, as far as it is not the server's default."""
    options = options_of(row)
    for words, value in (
        (N("Save path: {value}"), options.save_path),
        (N("Category: {value}"), options.category),
        (N("Tags: {value}"), ", ".join(options.tags)),
        (N("Name: {value}"), options.rename),
    ):
        if value:
            yield tr(words, value=clean(value, 300))


def runs(places: Sequence[int]) -> Iterator[tuple[int, int]]:
    """Give the first and last of what lies side by side; ``places`` are in order."""
    first = last = None
    for place in places:
        if last is None or place != last + 1:
            if first is not None and last is not None:
                yield first, last
            first = place
        last = place
    if first is not None and last is not None:
        yield first, last
