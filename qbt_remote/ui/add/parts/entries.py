"""The list inside the add dialog: one row for each thing given, and what became of it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, QSize, Qt, Signal
from PySide6.QtGui import QFontMetrics, QGuiApplication, QPalette
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHeaderView,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QWidget,
)

from qbt_remote.api.adding.add import AddItem
from qbt_remote.api.adding.content import Content
from qbt_remote.api.adding.items import Item
from qbt_remote.api.adding.merging import Lack
from qbt_remote.api.adding.problem import Problem
from qbt_remote.model import text
from qbt_remote.model.adding.states import ADD_STATES
from qbt_remote.model.i18n import tr, tr_n
from qbt_remote.model.wording import said
from qbt_remote.translatable import N
from qbt_remote.ui.kit.icons import icon
from qbt_remote.ui.kit.plain_text import clean, isolated, tip
from qbt_remote.ui.kit.row_table import RowTable
from qbt_remote.ui.kit.theme import is_dark, state_color

Index = QModelIndex | QPersistentModelIndex
NAME, SIZE, RESULT = range(3)
_TOP = QModelIndex()
_TITLES = (N("Name"), N("Size"), N("Result"))
_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter

_PLAIN = Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable | Qt.ItemFlag.ItemNeverHasChildren
_CHECKABLE = _PLAIN | Qt.ItemFlag.ItemIsUserCheckable
"""Made once: Qt asks for the flags of every cell when all are selected."""

READY, WARNED, QUEUED, SENDING, PROBLEM, STOPPED = "ready", "warned", "queued", "sending", "problem", "stopped"
_TO_SEND = frozenset((READY, WARNED))
DONE = frozenset(("added", "present"))
FAILED = frozenset(("refused", "unreachable", "unknown", "fetching", STOPPED))
_OWN = {
    "category": N("category"),
    "save_path": N("save path"),
    "rename": N("name"),
    "stopped": N("start"),
    "tags": N("tags"),
}
"""What an own choice is called in the list; the others are "options"."""


@dataclass(slots=True, eq=False)
class AddEntry:
    """One row.  ``item`` is None for a thing that cannot be sent; ``reason`` is in the user's language."""

    item: AddItem | None
    source: str
    chosen: bool = True
    state: str = READY
    reason: str = ""
    own: dict[str, Any] = field(default_factory=dict)
    """Fields of ``AddOptions`` that differ from those for all."""
    content: Content | None = None
    """What is inside, once that was looked at."""
    priorities: tuple[int, ...] = ()
    """Of its files; () is all of them."""
    wanted: int = -1
    """Bytes of the chosen files; -1 is all."""
    present: str = ""
    """The id of this torrent on the chosen server, where it is there already."""
    lack: Lack | None = None
    """Trackers that could be merged into it."""
    queued: int = 0  # its row in the add queue, once it has one

    @property
    def name(self) -> str:
        if self.item is None:
            return self.source
        return (self.content.name if self.content else "") or self.item.name or self.item.source

    @property
    def size(self) -> int:
        if self.content is not None:
            return self.content.size
        return self.item.size if isinstance(self.item, Item) else 0

    @property
    def to_send(self) -> bool:
        return self.item is not None and self.chosen and self.state in _TO_SEND

    @property
    def chosen_size(self) -> int:
        """Bytes of the files that are ticked."""
        return self.size if self.wanted < 0 else self.wanted

    def sums(self) -> tuple[int, int, int, int]:
        """Give its bytes, those that are ticked, whether it is to be sent, and the bytes for where all torrents go."""
        taken, to_send = self.chosen_size if self.chosen else 0, self.to_send
        here = to_send and not (self.present or "save_path" in self.own or "category" in self.own)
        return self.size, taken, to_send, taken if here else 0


def entry_of(found: AddItem | Problem) -> AddEntry:
    """Make the row of an item, or of a thing that cannot be added; a magnet that points inside is not chosen."""
    if isinstance(found, Problem):
        return AddEntry(None, found.source, False, PROBLEM, said(found.said))
    if found.doubt:
        why = tr("Its content cannot be shown here: {why}", why=clean(found.doubt, 200))
        return AddEntry(found, found.source, reason=why)
    inner = found.inner_hosts if isinstance(found, Item) else ()
    if not inner:
        return AddEntry(found, found.source)
    hosts = ", ".join(inner[:3])
    return AddEntry(
        found, found.source, False, WARNED, tr("Makes the server contact its own network: {hosts}", hosts=hosts)
    )


class EntryModel(QAbstractTableModel):
    """The rows; the check boxes of rows that are not sent yet can be changed until ``lock()``."""

    ticked = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._entries: list[AddEntry] = []
        self._locked = False
        # kept up to date row by row: counting 100,000 rows anew takes 20 ms
        self.states: Counter[str] = Counter()
        self.size = self.chosen_size = self.size_to_send = self.to_send = 0
        self.has_results = False

    @property
    def entries(self) -> Sequence[AddEntry]:
        return self._entries

    def extend(self, entries: Iterable[AddEntry]) -> None:
        new = list(entries)
        if not new:
            return
        first = len(self._entries)
        self.beginInsertRows(QModelIndex(), first, first + len(new) - 1)
        self._entries += new
        self.states.update(entry.state for entry in new)
        self._add(map(AddEntry.sums, new))
        self.has_results = self.has_results or any(map(result_text, new))
        self.endInsertRows()

    def lock(self, locked: bool) -> None:
        """While rows are sent nothing is ticked or unticked."""
        self._locked = locked

    def show(self, rows: Sequence[int], state: str, reason: str = "") -> None:
        """Show what became of these rows."""

        def take(entry: AddEntry) -> None:
            entry.state, entry.reason = state, reason

        self.change(rows, take)

    def change(self, rows: Sequence[int], change: Callable[[AddEntry], None]) -> None:
        """Change entries and show it."""
        entries = [self._entries[row] for row in rows]
        before = [(entry.state, entry.sums()) for entry in entries]
        for entry in entries:
            change(entry)
        self.states.subtract(state for state, _sums in before)
        self.states.update(entry.state for entry in entries)
        self._add((-a, -b, -c, -d) for _state, (a, b, c, d) in before)
        self._add(map(AddEntry.sums, entries))
        if rows:
            self.has_results = self.has_results or any(result_text(self._entries[row]) for row in rows)
            self.dataChanged.emit(self.index(min(rows), NAME), self.index(max(rows), RESULT))

    def _add(self, sums: Iterable[tuple[int, int, int, int]]) -> None:
        for size, chosen_size, to_send, size_to_send in sums:
            self.size += size
            self.chosen_size += chosen_size
            self.to_send += to_send
            self.size_to_send += size_to_send

    def waiting(self) -> list[int]:
        """The rows that are ticked and were not sent."""
        return [i for i, e in enumerate(self._entries) if e.to_send]

    @property
    def to_retry(self) -> int:
        return sum(self.states[state] for state in FAILED)

    def failed(self) -> list[int]:
        """The rows that can be tried again."""
        return [i for i, e in enumerate(self._entries) if e.item and e.state in FAILED]

    def all_done(self) -> bool:
        return sum(self.states[state] for state in (*DONE, QUEUED)) == len(self._entries)

    def rowCount(self, parent: Index = _TOP) -> int:
        return 0 if parent.isValid() else len(self._entries)

    def columnCount(self, parent: Index = _TOP) -> int:
        return 0 if parent.isValid() else len(_TITLES)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if orientation == Qt.Orientation.Horizontal and role == Qt.ItemDataRole.DisplayRole:
            return tr(_TITLES[section])
        if orientation == Qt.Orientation.Horizontal and role == Qt.ItemDataRole.TextAlignmentRole:
            return _RIGHT if section == SIZE else Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
        return None

    def flags(self, index: Index) -> Qt.ItemFlag:
        return _CHECKABLE if index.column() == NAME and self._can_choose(index) else _PLAIN

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        give = _ROLES.get(role)
        return give(self, self._entries[index.row()], index.column()) if give else None

    def setData(self, index: Index, value: Any, role: int = Qt.ItemDataRole.EditRole) -> bool:
        if role != Qt.ItemDataRole.CheckStateRole or not self._can_choose(index):
            return False
        checked = Qt.CheckState(value) == Qt.CheckState.Checked

        def tick(entry: AddEntry) -> None:
            entry.chosen = checked

        self.change([index.row()], tick)
        self.ticked.emit()
        return True

    def _can_choose(self, index: Index) -> bool:
        entry = self._entries[index.row()]
        return not self._locked and index.column() == NAME and entry.item is not None and entry.state in _TO_SEND

    def _display(self, entry: AddEntry, column: int) -> str:
        if column == NAME:
            return clean(entry.name)
        if column == SIZE:
            return text.size(entry.chosen_size) if entry.size else _kind(entry)
        return result_text(entry)

    def _check(self, entry: AddEntry, column: int) -> Qt.CheckState | None:
        if column != NAME or not entry.item:
            return None
        return Qt.CheckState.Checked if entry.chosen else Qt.CheckState.Unchecked

    def _icon(self, entry: AddEntry, column: int) -> Any:
        state = ADD_STATES["present" if entry.present and entry.state == READY else entry.state]
        if column != RESULT or not state.icon:
            return None
        return icon(state.icon, state_color(state.color, is_dark()))

    def _foreground(self, entry: AddEntry, column: int) -> Any:
        if column == RESULT and (state := ADD_STATES[entry.state]).color:
            return state_color(state.color, is_dark())
        dimmed = column == SIZE or not entry.item
        group = QPalette.ColorGroup.Active
        return QGuiApplication.palette().color(group, QPalette.ColorRole.PlaceholderText) if dimmed else None

    def _tip(self, entry: AddEntry, column: int) -> str:
        lines = [entry.name, entry.source] if entry.name != entry.source else [entry.source]
        files = len(entry.content.files) if entry.content else entry.item.files if isinstance(entry.item, Item) else 0
        if files:
            lines.insert(1, tr_n(files, "{n} file", "{n} files"))
        result = result_text(entry)
        return tip("\n".join([*(clean(line) for line in lines), *([result] if result else [])]))

    def _align(self, entry: AddEntry, column: int) -> Any:
        return _RIGHT if column == SIZE else None

    def _spoken(self, entry: AddEntry, column: int) -> str | None:
        if column != NAME:
            return None
        return ", ".join(filter(None, (clean(entry.name), self._display(entry, SIZE), result_text(entry))))


_ROLES: dict[int, Callable[[EntryModel, AddEntry, int], Any]] = {
    Qt.ItemDataRole.DisplayRole: EntryModel._display,
    Qt.ItemDataRole.CheckStateRole: EntryModel._check,
    Qt.ItemDataRole.DecorationRole: EntryModel._icon,
    Qt.ItemDataRole.ForegroundRole: EntryModel._foreground,
    Qt.ItemDataRole.ToolTipRole: EntryModel._tip,
    Qt.ItemDataRole.TextAlignmentRole: EntryModel._align,
    Qt.ItemDataRole.AccessibleTextRole: EntryModel._spoken,
}


def result_text(entry: AddEntry) -> str:
    """Say in one line what became of a row, or what is to be known before it is sent."""
    said = ADD_STATES[entry.state].text(entry.reason)
    if entry.state not in _TO_SEND:
        return said
    there = tr("Already there") if entry.present else ""
    return " · ".join(filter(None, (said, there, _files_chosen(entry), _own_choices(entry))))


def _files_chosen(entry: AddEntry) -> str:
    if not entry.priorities:
        return ""
    n = sum(priority > 0 for priority in entry.priorities)
    return tr_n(len(entry.priorities), "{chosen} of {n} file", "{chosen} of {n} files", chosen=n)


def _own_choices(entry: AddEntry) -> str:
    if not entry.own:
        return ""
    names = dict.fromkeys(tr(_OWN.get(name, N("options"))) for name in sorted(entry.own) if name != "auto_tmm")
    return tr("Different {choices}", choices=", ".join(names))


def _kind(entry: AddEntry) -> str:
    return "" if entry.item is None else tr("Magnet") if entry.item.hashes else tr("Link")


class _Elided(QStyledItemDelegate):
    """Long names keep their end, where episode and suffix stand; results keep their beginning."""

    def initStyleOption(self, option: QStyleOptionViewItem, index: Index) -> None:
        super().initStyleOption(option, index)
        if index.column() == NAME:
            option.textElideMode = Qt.TextElideMode.ElideMiddle
        option.text = isolated(option.text, option.widget)


class EntryView(RowTable):
    """The list: names take the room, results wrap into the tip."""

    def __init__(self, model: EntryModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setModel(model)
        self.setAccessibleName(tr("Torrents to add"))
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setTabKeyNavigation(False)
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setItemDelegate(_Elided(self))
        rows = self.verticalHeader()
        rows.hide()
        rows.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        rows.setDefaultSectionSize(self.fontMetrics().height() + 8)
        header = self.horizontalHeader()
        header.setHighlightSections(False)
        header.setSectionResizeMode(NAME, QHeaderView.ResizeMode.Stretch)
        header.setSectionResizeMode(RESULT, QHeaderView.ResizeMode.Interactive)
        metrics = QFontMetrics(self.font())
        self.setColumnWidth(SIZE, metrics.horizontalAdvance("1,023.99 GiB") + 16)
        self.setColumnHidden(RESULT, True)
        for changed in (model.dataChanged, model.rowsInserted):
            changed.connect(self._make_room)

    def selected_rows(self) -> list[int]:
        """Give the selected rows in order; 10,000 of them as quickly as one."""
        selection = self.selectionModel().selection()
        spans = [selection.at(i) for i in range(selection.count())]
        return sorted({row for span in spans for row in range(span.top(), span.bottom() + 1)})

    def _make_room(self) -> None:
        """Show the results when there are any, on half of the width."""
        model = self.model()
        assert isinstance(model, EntryModel)
        if self.isColumnHidden(RESULT) and model.has_results:
            self.setColumnHidden(RESULT, False)
            self.setColumnWidth(RESULT, max(240, self.viewport().width() * 45 // 100))

    def sizeHint(self) -> QSize:
        """Room for five to ten rows."""
        rows = min(10, max(5, self.model().rowCount()))
        height = self.horizontalHeader().sizeHint().height() + rows * self.verticalHeader().defaultSectionSize()
        return QSize(736, height + 2 * self.frameWidth())
