"""Which nodes of a file tree are shown, in which rows.

To Qt the tree is a flat list (``tree_model`` says why).  So expanding a folder, sorting and filtering all come down to
the same thing: walk the tree once, list the nodes that are to be seen, and put that list in the place of the old one.
For 100,000 files the walk takes longer than a frame, so it is done in steps on the side, and the rows are replaced in
one go at its end.  Meanwhile the old rows stay; if somebody sorts or types again before the end, the walk is given up
and a new one begins.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import TypeVar

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt, Signal

from qbt_remote.model.columns import Column
from qbt_remote.model.files.nodes import Folder, Key, Leaf, Node, Tree, leaves
from qbt_remote.sync.details.rows import File
from qbt_remote.sync.steps import Steps, at_once

Index = QModelIndex | QPersistentModelIndex
T = TypeVar("T")
_TOP = QModelIndex()
_SLICED = 2048
"""With so many files, what the user asks for is done in steps."""
_MOST_SPANS = 50
"""More separate spans of changed rows than this are told as one."""


class FileRows(QAbstractTableModel):
    """Takes in files, expands, sorts and filters; ``FileTreeModel`` says what the cells show."""

    changed = Signal()
    """The values, the files or what was chosen have changed."""
    moving = Signal(bool)
    """All rows are about to become invalid: remember nodes, not rows.  True: the nodes stay the same ones."""
    moved = Signal()
    """The end of what ``moving`` began; ``now`` gives what became of a node."""

    def __init__(self, columns: Sequence[Column], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.columns = tuple(columns)
        self.in_turns: Callable[[Steps[None]], None] | None = None
        """Takes steps, each in a turn of the loop; without it long work is done at once."""
        self._tree = Tree()
        self._old: Tree | None = None
        self._shown: list[Node] = []
        self._places: dict[Node, int] | None = None
        self._filter = ""
        self._expanded_before: set[Folder] = set()
        """Which folders were expanded before there was a filter."""
        self._key: Key | None = None
        self._down = False
        self._holds = 0
        self._late = False
        self._steps: Steps[None] | None = None

    # what the program asks

    @property
    def tree(self) -> Tree:
        return self._tree

    def node(self, row: int) -> Node:
        return self._shown[row]

    @property
    def shown(self) -> Sequence[Node]:
        """All rows in their order; not to be changed."""
        return self._shown

    def index_of(self, node: Node) -> int:
        """Give the row of a node, -1 if it is not shown."""
        if self._places is None:
            self._places = {shown: row for row, shown in enumerate(self._shown)}
        return self._places.get(node, -1)

    def now(self, node: Node) -> Node | None:
        """Between ``moving`` and ``moved``: give what became of a node, None if it has gone."""
        return node if self._old is None else self._tree.counterpart(node)

    def column(self, id: str) -> int:
        """Give the position of a column, -1 if there is none."""
        return next((i for i, column in enumerate(self.columns) if column.id == id), -1)

    def files_of(self, nodes: Iterable[Node]) -> list[Leaf]:
        """Give the files at or below these nodes, as far as the filter shows them; each once."""
        return list({leaf: None for node in nodes for leaf in leaves(node) if leaf.found})

    def files_in_order(self, nodes: Iterable[Node]) -> list[Leaf]:
        """Give the same in the order in which they would be shown if all folders were expanded."""
        wanted = set(self.files_of(nodes))
        everything = at_once(self._tree.lay_out(self._key, down=self._down, all_expanded=True))
        return [node for node in everything if isinstance(node, Leaf) and node in wanted]

    # files come

    def become(self, files: Iterable[File]) -> None:
        """Show these files; expansion, selection and order stay as they are."""
        for _turn in self.becoming(files):
            pass

    def becoming(self, files: Iterable[File]) -> Steps[None]:
        """Do what ``become`` does, in steps; whatever else is asked meanwhile takes those that are left first."""
        self.finish()
        self._steps = steps = self._take_files(list(files))
        yield from self._left(steps)

    def show(self, files: Sequence[File]) -> None:
        """Do what ``become`` does, in turns if there are many."""
        self._turn_or_finish(self.becoming(files), len(files))

    def clear(self) -> None:
        """Show nothing."""
        self._steps = None
        self._show([], Tree())

    def give_up(self) -> None:
        """Leave what was begun as it is; nobody looks any more."""
        self._steps = None

    def finish(self) -> None:
        """Take at once the steps that are left of what was begun."""
        steps, self._steps = self._steps, None
        for _turn in steps or ():
            pass

    def _take_files(self, files: list[File]) -> Steps[None]:
        if self._tree.same_files(files):
            changed = yield from self._tree.take(files)
            self._steps = None
            self._tell(changed)
            return
        fresh = Tree()
        yield from fresh.build(files)
        self._carry_over(fresh)
        if self._filter:
            yield from fresh.find(self._filter)
        shown = yield from fresh.lay_out(self._key, down=self._down)
        self._steps = None
        self._show(shown, fresh)

    def _carry_over(self, fresh: Tree) -> None:
        """Expand what is expanded; at first, a folder that everything is in."""
        old = self._tree
        if not old.leaves:
            top = fresh.root
            while not top.files and len(top.folders) == 1 and top.level < 1:
                top = top.folders[0]
                top.expanded = True
            if self._filter:
                self._expanded_before = {folder for folder in fresh.folders if folder.expanded}
                for folder in fresh.folders:
                    folder.expanded = True
            return
        before, self._expanded_before = self._expanded_before, set()
        for folder in old.folders:
            if folder.expanded or folder in before:
                new = fresh.counterpart(folder)
                if isinstance(new, Folder):
                    new.expanded = new.expanded or folder.expanded
                    if folder in before:
                        self._expanded_before.add(new)

    # what is shown

    def sort(self, column: int, order: Qt.SortOrder = Qt.SortOrder.AscendingOrder) -> None:
        """Sort the files of each folder by this column, and the folders before them; equal ones by name."""
        if not 0 <= column < len(self.columns):
            return
        chosen, down = self.columns[column], order == Qt.SortOrder.DescendingOrder
        key = None if chosen.id == "name" else chosen.sort
        if (key, down) != (self._key, self._down):
            self.finish()
            self._key, self._down = key, down
            self._rearrange()

    @property
    def nothing_fits(self) -> bool:
        """Whether there are files, but the filter shows none."""
        return bool(self._filter) and not self.shown

    def set_filter(self, text: str) -> None:
        """Show the files in whose path each of these words is, whatever its case, and their folders.

        As long as there is a filter all folders are expanded at first; without it they are as before.
        """
        text = " ".join(text.split())
        if text == self._filter:
            return
        self.finish()
        folders = self._tree.folders
        if not self._filter:
            self._expanded_before = {folder for folder in folders if folder.expanded}
        self._filter = text
        for folder in folders:
            folder.expanded = bool(text) or folder in self._expanded_before
        self._take(self._arranged(text))

    def expand(self, node: Node) -> None:
        """Show what is in a folder."""
        self.finish()
        place = self.index_of(node)
        if not isinstance(node, Folder) or node.expanded or place < 0:
            return
        node.expanded = True
        inside = at_once(self._tree.lay_out(self._key, down=self._down, start=node))
        self.dataChanged.emit(self.index(place, 0), self.index(place, 0))
        if inside:
            self.beginInsertRows(_TOP, place + 1, place + len(inside))
            self._shown[place + 1 : place + 1] = inside
            self._places = None
            self.endInsertRows()

    def collapse(self, node: Node) -> None:
        """Hide what is in a folder."""
        self.finish()
        place = self.index_of(node)
        if not isinstance(node, Folder) or not node.expanded or place < 0:
            return
        node.expanded = False
        end = place + 1
        while end < len(self._shown) and self._shown[end].level > node.level:
            end += 1
        self.dataChanged.emit(self.index(place, 0), self.index(place, 0))
        if end > place + 1:
            self.beginRemoveRows(_TOP, place + 1, end - 1)
            del self._shown[place + 1 : end]
            self._places = None
            self.endRemoveRows()

    def expand_all(self, expanded: bool) -> None:
        """Expand or collapse all folders."""
        self.finish()
        for folder in self._tree.folders[1:]:
            folder.expanded = expanded
        self._rearrange()

    def reveal(self, node: Node) -> int:
        """Expand the folders that a node is in; gives its row, -1 if the filter hides it."""
        above: list[Node] = []
        while (at := (above[-1] if above else node).parent) is not None:
            above.append(at)
        for folder in reversed(above):
            self.expand(folder)
        return self.index_of(node)

    def hold(self) -> None:
        """Keep every row in its place until ``release``; holds nest."""
        self._holds += 1

    def release(self) -> None:
        """Take one hold back; with the last, the rows go where they belong."""
        self._holds -= 1
        if not self._holds and self._late:
            self._late = False
            self._rearrange()

    def _take(self, steps: Steps[None]) -> None:
        self._steps = steps
        self._turn_or_finish(self._left(steps), len(self._tree.leaves))

    def _turn_or_finish(self, steps: Steps[None], files: int) -> None:
        if files >= _SLICED and self.in_turns is not None:
            self.in_turns(steps)
            return
        for _turn in steps:
            pass

    def _left(self, steps: Steps[None]) -> Steps[None]:
        """Take steps until they are at their end, or taken or given up elsewhere."""
        while self._steps is steps:
            try:
                next(steps)
            except StopIteration:
                return
            yield False

    def _rearrange(self) -> None:
        self._take(self._arranged(None))

    def _arranged(self, find: str | None) -> Steps[None]:
        if find is not None:
            yield from self._tree.find(find)
        shown = yield from self._tree.lay_out(self._key, down=self._down)
        self._steps = None
        if shown != self._shown:
            self._show(shown)

    def _show(self, shown: list[Node], fresh: Tree | None = None) -> None:
        self.moving.emit(fresh is None)
        self.beginResetModel()
        self._shown, self._places = shown, None
        if fresh is not None:
            self._old, self._tree = self._tree, fresh
        self.endResetModel()
        self.moved.emit()
        self._old = None
        if fresh is not None:
            self.changed.emit()

    def _tell(self, changed: set[Node]) -> None:
        """Say which rows have new values; no more signals than a few."""
        if not changed:
            return
        spans: list[list[int]] = []
        for row in sorted(row for row in map(self.index_of, changed) if row >= 0):
            if spans and spans[-1][1] == row - 1:
                spans[-1][1] = row
            else:
                spans.append([row, row])
        if len(spans) > _MOST_SPANS:
            spans = [[spans[0][0], spans[-1][1]]]
        for first, last in spans:
            self.dataChanged.emit(self.index(first, 0), self.index(last, len(self.columns) - 1))
        if self._key is not None:
            for node in changed:
                if node.parent is not None:
                    node.parent.order = ()
            if self._holds:
                self._late = True
            else:
                self._rearrange()
        self.changed.emit()

    # what Qt asks

    def rowCount(self, parent: Index = _TOP) -> int:
        return 0 if parent.isValid() else len(self._shown)

    def columnCount(self, parent: Index = _TOP) -> int:
        return 0 if parent.isValid() else len(self.columns)
