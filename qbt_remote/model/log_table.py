"""A table model of a log: rows are appended, the oldest go, and words and types narrow them down."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, Qt
from PySide6.QtGui import QColor

from qbt_remote.model.i18n import tr
from qbt_remote.model.text import clean
from qbt_remote.sync.details.server_log import MOST_KEPT

_LONGEST = 8192
_NONE = QModelIndex()

T = TypeVar("T")


@dataclass(frozen=True)
class LogColumn:
    """One column: its English title and what it shows of an entry."""

    title: str
    text: Callable[[Any], str]
    sample: str = ""
    """As wide as most of its texts; the last column takes the room that is left."""


class LogTable(QAbstractTableModel):
    """Shows entries in the order in which they came."""

    def __init__(
        self, columns: Sequence[LogColumn], type_of: Callable[[Any], int], parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._columns, self._type_of = columns, type_of
        self._entries: list[Any] = []
        self._lines: list[str] = []
        """What the words are looked for in, of each entry: to make it takes 8 us."""
        self._shown: list[Any] = []
        self._words: tuple[str, ...] = ()
        self._hidden: frozenset[int] = frozenset()
        self.colors: dict[int, QColor] = {}
        """The colour of a type of entry, where it is not that of all text."""
        self.tip: Callable[[str], str] = clean
        """Makes the tip that shows a whole text."""

    # what the window tells

    def take(self, entries: Sequence[Any], *, anew: bool) -> None:
        """Append entries; ``anew``: in the place of all that are there."""
        lines = ["\t".join(column.text(entry) for column in self._columns).casefold() for entry in entries]
        self._entries = [*(() if anew else self._entries), *entries]
        self._lines = [*(() if anew else self._lines), *lines]
        if anew or len(self._entries) > MOST_KEPT:
            self._entries, self._lines = self._entries[-MOST_KEPT:], self._lines[-MOST_KEPT:]
            self._narrow()
            return
        if more := [entry for entry, line in zip(entries, lines, strict=True) if self._fits(entry, line)]:
            first = len(self._shown)
            self.beginInsertRows(_NONE, first, first + len(more) - 1)
            self._shown += more
            self.endInsertRows()

    def narrow(self, text: str, hidden: frozenset[int]) -> None:
        """Show only entries with all these words and of none of the hidden types."""
        self._words, self._hidden = tuple(text.casefold().split()), hidden
        self._narrow()

    @property
    def narrowed(self) -> bool:
        """Whether there are entries that are not shown."""
        return len(self._shown) < len(self._entries)

    def line(self, row: int) -> str:
        """One shown entry as a line of text."""
        return "\t".join(column.text(self._shown[row]) for column in self._columns)

    def repaint(self) -> None:
        """Show other colours."""
        if self._shown:
            self.dataChanged.emit(self.index(0, 0), self.index(len(self._shown) - 1, len(self._columns) - 1))

    def _narrow(self) -> None:
        self.beginResetModel()
        both = zip(self._entries, self._lines, strict=True)
        self._shown = [entry for entry, line in both if self._fits(entry, line)]
        self.endResetModel()

    def _fits(self, entry: Any, line: str) -> bool:
        return self._type_of(entry) not in self._hidden and all(word in line for word in self._words)

    # what the view asks

    def rowCount(self, parent: QModelIndex = _NONE) -> int:  # type: ignore[override]  # stubs: persistent indexes too
        return 0 if parent.isValid() else len(self._shown)

    def columnCount(self, parent: QModelIndex = _NONE) -> int:  # type: ignore[override]  # stubs: persistent indexes too
        return 0 if parent.isValid() else len(self._columns)

    def data(self, index: QModelIndex, role: int = Qt.ItemDataRole.DisplayRole) -> Any:  # type: ignore[override]  # stubs: persistent indexes too
        if not index.isValid() or index.row() >= len(self._shown):
            return None
        entry = self._shown[index.row()]
        if role == Qt.ItemDataRole.DisplayRole:
            return clean(self._columns[index.column()].text(entry), _LONGEST)
        if role == Qt.ItemDataRole.ToolTipRole:
            return self.tip(self._columns[index.column()].text(entry))
        if role == Qt.ItemDataRole.ForegroundRole:
            return self.colors.get(self._type_of(entry))
        return None

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if orientation == Qt.Orientation.Horizontal and role == Qt.ItemDataRole.DisplayRole:
            return tr(self._columns[section].title)
        return None
