"""The sidebar's tree: sections of things to filter by, each with its count.

An own model, since a server can have 10,000 categories: a poll costs what it changed, and no item
objects of Qt's are made.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from PySide6.QtCore import QAbstractItemModel, QModelIndex, QObject, QPersistentModelIndex, Qt, Signal

from qbt_remote.model.i18n import tr, tr_n
from qbt_remote.model.text import LONGEST
from qbt_remote.sync.filtering.filters import Pick
from qbt_remote.translatable import N

Index = QModelIndex | QPersistentModelIndex

COUNT_ROLE = Qt.ItemDataRole.UserRole
ICON_ROLE = Qt.ItemDataRole.UserRole + 1
UNWANTED_ROLE = Qt.ItemDataRole.UserRole + 2
"""True of an entry whose torrents are left out."""
EVERY_ROLE = Qt.ItemDataRole.UserRole + 3
"""Of a section's title: whether torrents must be of all that is picked; None where that is no question."""
_TITLE_FLAGS = Qt.ItemFlag.ItemIsEnabled
_NOTE_FLAGS = _TITLE_FLAGS | Qt.ItemFlag.ItemNeverHasChildren
_ENTRY_FLAGS = Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable
_LEAF_FLAGS = _ENTRY_FLAGS | Qt.ItemFlag.ItemNeverHasChildren
"""Made once: a tree view asks for the flags of all entries in each of its layouts, and leaves end its questions."""
_MANY = 64
"""Entries of a section that are told one by one when their counts change."""
_LONGEST = LONGEST + 1
"""Characters of a text that are given to the view, which cuts it and says so."""
MOST_ENTRIES = 2000
"""Entries that a section lists: in each of its layouts a tree view asks several questions of each, 5 us."""


class Section(NamedTuple):
    """One section: its entries stand for values of one criterion of the filter."""

    id: str
    title: str
    all_text: str
    icon: str
    none_text: str = ""
    """The entry for torrents that have none, with the key ""; no such entry if empty."""
    nested: bool = False
    """Keys with "/" make a tree."""
    several: bool = False
    """A torrent can be of several entries."""
    folded: bool = False
    """Until the user opens it."""


VIEWS = "view"
SECTIONS = (
    Section(VIEWS, N("Views"), N("All torrents"), "view"),
    Section("status", N("Status"), N("All"), "all", several=True),
    Section("category", N("Categories"), N("All"), "category", N("Uncategorized"), nested=True),
    Section("tag", N("Tags"), N("All"), "tag", N("Untagged"), several=True),
    Section("tracker", N("Trackers"), N("All"), "tracker", N("Trackerless"), several=True),
    Section("path", N("Save path"), N("All"), "location", folded=True),
    Section("server", N("Servers"), N("All servers"), "server"),
)
"""All but the views go by the id of a criterion; see ``sync.criteria``."""


@dataclass(slots=True, eq=False, repr=False)
class EntryNode:
    """One row.  ``key`` is None on a section's title and on its "All" entry."""

    section: Section
    key: str | None
    text: str
    icon: str
    parent: EntryNode | None
    row: int
    count: int = 0
    title: bool = False
    """A section's title, or the last row of one that does not list all of its entries."""
    children: list[EntryNode] | None = None


class Entry(NamedTuple):
    """What a section is filled with: the criterion's value, the text shown and an icon id."""

    key: str
    text: str
    icon: str = ""


class SidebarModel(QAbstractItemModel):
    """Sections at the top level, entries below, categories nested.  See ``fill`` and ``set_counts``."""

    filled = Signal(str)
    """The section with this id has new rows: pick and unfold again what was picked and unfolded."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._sections = [
            EntryNode(section, None, section.title, "", None, row, title=True, children=[])
            for row, section in enumerate(SECTIONS)
        ]
        self._by_id = {node.section.id: node for node in self._sections}
        self._entries: dict[str, tuple[tuple[Entry, ...], int]] = {}
        self._nodes: dict[str, dict[str | None, EntryNode]] = {section.id: {} for section in SECTIONS}
        self._picks: dict[str, Pick] = {section.id: Pick() for section in SECTIONS}
        for section in SECTIONS:
            self.fill(section.id, ())

    def fill(self, section_id: str, entries: Iterable[Entry], more: int = 0) -> bool:
        """Replace the entries of one section, in the order given, if they are others; True if so.

        All counts of the section are then to be set anew.  ``more``: so many are not listed, which the last row says.
        """
        wanted = tuple(entries)
        if self._entries.get(section_id) == (wanted, more):
            return False
        self._entries[section_id] = wanted, more
        head = self._by_id[section_id]
        parent = self.index(head.row, 0)
        if old := head.children:
            self.beginRemoveRows(parent, 0, len(old) - 1)
            head.children = []
            self._nodes[section_id] = {}
            self.endRemoveRows()  # ``old`` lives till here: indexes hold bare pointers to its nodes
        children, nodes = _grown(head, wanted)
        if more:
            text = tr_n(more, N("{n} more: type its name above the list"), N("{n} more: type a name above the list"))
            children.append(EntryNode(head.section, None, text, "", head, len(children), title=True))
        self.beginInsertRows(parent, 0, len(children) - 1)
        head.children = children
        self._nodes[section_id] = nodes
        self.endInsertRows()
        self.filled.emit(section_id)
        return True

    def set_counts(
        self, section_id: str, counts: Mapping[str, int], total: int, keys: Iterable[str] | None = None
    ) -> None:
        """Show how many torrents each entry stands for; ``total`` is for "All".

        ``keys`` are those whose counts may have changed, if that is known.
        """
        nodes = self._nodes[section_id]
        asked = nodes.items() if keys is None else [(key, nodes[key]) for key in (None, *keys) if key in nodes]
        changed: list[EntryNode] = []
        for key, node in asked:
            count = total if key is None else counts.get(key, 0)
            if count != node.count:
                node.count = count
                changed.append(node)
        if len(changed) > _MANY:
            self._tell(self._by_id[section_id])
        else:
            for node in changed:
                index = self.index_of(node)
                self.dataChanged.emit(index, index)

    def order(self) -> list[str]:
        """Give the ids of the sections in their order."""
        return [node.section.id for node in self._sections]

    def set_order(self, ids: Iterable[str]) -> None:
        """Put the sections into this order; those that are not named keep theirs, at the end."""
        rank = {id: n for n, id in enumerate(ids)}
        ordered = sorted(self._sections, key=lambda node: rank.get(node.section.id, len(rank)))
        if ordered == self._sections:
            return
        self.layoutAboutToBeChanged.emit()
        before = self.persistentIndexList()
        self._sections = ordered
        for row, node in enumerate(ordered):
            node.row = row
        self.changePersistentIndexList(before, [self.index_of(self.node(index)) for index in before])
        self.layoutChanged.emit()

    def pick(self, section_id: str) -> Pick:
        return self._picks[section_id]

    def set_pick(self, section_id: str, pick: Pick) -> None:
        """Show what is picked in a section."""
        before, self._picks[section_id] = self._picks[section_id], pick
        changed = {None, *(before.wanted ^ pick.wanted), *(before.unwanted ^ pick.unwanted)}
        for index in (self.title(section_id), *(self.find(section_id, key) for key in changed)):
            if index.isValid():
                self.dataChanged.emit(index, index)

    def title(self, section_id: str) -> QModelIndex:
        return self.index_of(self._by_id[section_id])

    def _tell(self, node: EntryNode) -> None:
        """All below a node have new counts."""
        children = node.children or ()
        if not children:
            return
        parent = self.index_of(node)
        self.dataChanged.emit(self.index(0, 0, parent), self.index(len(children) - 1, 0, parent))
        for child in children:
            if child.children:
                self._tell(child)

    def index_of(self, node: EntryNode | None) -> QModelIndex:
        return QModelIndex() if node is None else self.createIndex(node.row, 0, node)

    def find(self, section_id: str, key: str | None) -> QModelIndex:
        """Give the entry's index; an invalid one if there is no such entry."""
        return self.index_of(self._nodes[section_id].get(key))

    def node(self, index: Index) -> EntryNode | None:
        return index.internalPointer() if index.isValid() else None

    # what Qt asks

    def index(self, row: int, column: int, parent: Index = QModelIndex()) -> QModelIndex:  # noqa: B008
        node: EntryNode | None = parent.internalPointer()
        children = self._sections if node is None else node.children or ()
        return self.createIndex(row, column, children[row]) if 0 <= row < len(children) else QModelIndex()

    def parent(self, index: Index = QModelIndex()) -> QModelIndex:  # type: ignore[override]  # noqa: B008  # QObject.parent()
        node: EntryNode | None = index.internalPointer()  # a view asks it 20 times for each row that it paints
        above = None if node is None else node.parent
        return QModelIndex() if above is None else self.createIndex(above.row, 0, above)

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        node = self.node(parent)
        return len(self._sections) if node is None else len(node.children or ())

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        return 1

    def flags(self, index: Index) -> Qt.ItemFlag:
        node: EntryNode | None = index.internalPointer()
        if node is None or node.title:
            return _TITLE_FLAGS if node is None or node.children is not None else _NOTE_FLAGS
        return _ENTRY_FLAGS if node.children else _LEAF_FLAGS

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        node: EntryNode | None = index.internalPointer()
        if node is None:
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return tr(node.text) if node.key is None or not node.key else node.text
        if role == COUNT_ROLE:
            return None if node.title else node.count
        if role == ICON_ROLE:
            return node.icon
        if role == UNWANTED_ROLE:
            return self.marks(node)[1]
        if role == EVERY_ROLE:
            return self._every(node)
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return self._spoken(node)
        return None

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """The header is hidden, but screen readers read it."""
        return tr("Filters") if role == Qt.ItemDataRole.DisplayRole else None

    def marks(self, node: EntryNode) -> tuple[bool, bool]:
        """Give whether an entry is picked, and whether it is left out; "All" is picked if nothing else is."""
        pick = self._picks[node.section.id]
        return not pick.wanted if node.key is None else node.key in pick.wanted, node.key in pick.unwanted

    def _every(self, node: EntryNode) -> bool | None:
        pick = self._picks[node.section.id]
        asked = node.title and node.children is not None and node.section.several
        return pick.every if asked and len(pick.wanted) > 1 else None

    def _spoken(self, node: EntryNode) -> str:
        if node.title:
            every = self._every(node)
            return (
                tr(node.text) if every is None else tr("{section}, {how}", section=tr(node.text), how=any_or_all(every))
            )
        count = tr_n(node.count, N("{n} torrent"), N("{n} torrents"))
        text = tr(node.text) if not node.key else node.text
        chosen, unwanted = self.marks(node)
        if unwanted:
            return tr("{entry}, {count}, left out", entry=text, count=count)
        return tr("{entry}, {count}, picked", entry=text, count=count) if chosen else f"{text}, {count}"


def any_or_all(every: bool) -> str:
    """Say whether torrents must be of all that is picked in a section, or of any."""
    return tr("all of these") if every else tr("any of these")


def _grown(head: EntryNode, entries: Iterable[Entry]) -> tuple[list[EntryNode], dict[str | None, EntryNode]]:
    """Make the rows of a section: All, none, then the entries, nested by "/" where the section is."""
    section = head.section
    children = [EntryNode(section, None, section.all_text, "all", head, 0)]
    nodes: dict[str | None, EntryNode] = {None: children[0]}
    if section.none_text:
        nodes[""] = EntryNode(section, "", section.none_text, section.icon, head, 1)
        children.append(nodes[""])
    for entry in entries:
        above, text = head, entry.text[:_LONGEST]
        if section.nested and "/" in entry.key:
            start, _, last = entry.key.rpartition("/")
            if start in nodes:
                above, text = nodes[start], last[:_LONGEST]
        siblings = children if above is head else above.children
        if siblings is None:
            siblings = above.children = []
        node = EntryNode(section, entry.key, text, entry.icon or section.icon, above, len(siblings))
        siblings.append(node)
        nodes[entry.key] = node
    return children, nodes
