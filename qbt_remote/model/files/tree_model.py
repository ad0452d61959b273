"""FileTreeModel: the one tree model of the program, for the content of a torrent; 100,000 files.

To Qt it is a list: the rows are those nodes of the tree that are shown, in their order, and which
folders are expanded is the model's own.  A QTreeView asks a model four questions for each row of every
layout: 2.0 s for 100,000 files in one folder; a list of them is laid out in 8 ms (measured).

How it is used::

    model = FileTreeModel(parent)             # shows a server's files; asks for changes by its signals
    model.priorities_wanted.connect(...)      # {priority: [index, ...]}: what somebody chose
    model.rename_wanted.connect(...)          # Rename(old, new, folder): what somebody typed
    model.show(files)                         # each answer; in turns of the loop if there are many

    model = FileTreeModel(parent, draft=True) # changes itself: files that are not on a server yet
    model.become(File(index=i, name="folder/file", size=n) for i, ...)
    model.changed.connect(...)                # somebody chose or typed something
    model.priorities()                        # [priority of file 0, of file 1, ...]
    model.wanted_size                         # bytes of the files that are to be downloaded

``files`` are ``File`` of ``sync/details/rows.py``.  What names, sizes and priorities are is told by nodes
(``nodes.Leaf`` and ``Folder``): ``node(row)``, ``index_of(node)``.  ``ui/files/file_tree.py`` is the
view with filter box, buttons, menu and keys.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import QObject, Qt, Signal

from qbt_remote.model.columns import Column
from qbt_remote.model.files.columns import FILE
from qbt_remote.model.files.names import why_not_name, why_not_path
from qbt_remote.model.files.nodes import Folder, Leaf, Node
from qbt_remote.model.files.rows import FileRows, Index
from qbt_remote.model.i18n import tr
from qbt_remote.model.text import clean
from qbt_remote.sync.details.rows import File
from qbt_remote.sync.steps import at_once

_Role, _Flag = Qt.ItemDataRole, Qt.ItemFlag
_DISPLAY, _EDIT, _ALIGNMENT, _CHECK, _FOREGROUND, _TOOL_TIP, _SPOKEN = (
    int(role)
    for role in (
        _Role.DisplayRole,
        _Role.EditRole,
        _Role.TextAlignmentRole,
        _Role.CheckStateRole,
        _Role.ForegroundRole,
        _Role.ToolTipRole,
        _Role.AccessibleTextRole,
    )
)
_ROLES = frozenset((_DISPLAY, _EDIT, _ALIGNMENT, _CHECK, _FOREGROUND, _TOOL_TIP, _SPOKEN))
_FIRST_ORDER = int(_Role.InitialSortOrderRole)
_CHECKS = {True: Qt.CheckState.Checked, False: Qt.CheckState.Unchecked, None: Qt.CheckState.PartiallyChecked}
_SHOWN_ORDER = (7, 6, 1)
"""The priorities of the first, second and last third "by shown file order"."""
_NAME = 0


@dataclass(frozen=True, slots=True)
class Rename:
    """Another path for a file or a folder; both with "/", inside the torrent."""

    old: str
    new: str
    folder: bool


class FileTreeModel(FileRows):
    """Files and folders of one torrent; see the module."""

    priorities_wanted = Signal(object)
    """Not of a draft: ``{priority: [index, ...]}``, only of files that have another one."""
    rename_wanted = Signal(object)
    """Not of a draft: a ``Rename`` to a path that is free and inside the torrent."""
    refused = Signal(str)
    """Why a name that was typed cannot be."""

    def __init__(self, parent: QObject | None = None, *, draft: bool = False, columns: Sequence[Column] = FILE) -> None:
        super().__init__(columns, parent)
        self.draft = draft
        self.can_rename: Callable[[Node], bool] = _always
        self.why_no_rename: Callable[[Node], str] = _nothing
        """Says why a node cannot be renamed, where there is something to say."""
        self.checkable = True
        """Whether files can be chosen to be downloaded or not."""
        self.windows = False
        """Whether the files are on a Windows server, where fewer names can be."""
        self.faint: object = None
        """The QColor of values that say nothing."""

    # what was chosen

    def priorities(self) -> list[int]:
        """Give the priority of each file in the order of their indexes."""
        found = self.tree.leaves
        return [found[index].priority for index in sorted(found)]

    def paths(self) -> dict[int, str]:
        """Give the path of each file by its index."""
        return dict(self.tree.paths)

    @property
    def wanted_size(self) -> int:
        """Bytes of the files that are to be downloaded."""
        return self.tree.root.wanted_size

    # what somebody wants

    def set_priority(self, nodes: Iterable[Node], priority: int) -> None:
        """Want this priority for the files at or below the nodes, as far as the filter shows them."""
        self._want({priority: self.files_of(nodes)})

    def set_checked(self, nodes: Iterable[Node], checked: bool) -> None:
        """Want the files to be downloaded or not; those that are wanted already keep their priority."""
        files = self.files_of(nodes)
        self._want({1: [leaf for leaf in files if not leaf.priority]} if checked else {0: files})

    def toggle(self, nodes: Iterable[Node]) -> None:
        """Want all files at or below the nodes; if they are wanted already, none."""
        nodes = list(nodes)
        if self.checkable:
            self.set_checked(nodes, any(not leaf.priority for leaf in self.files_of(nodes)))

    def check_all(self, checked: bool) -> None:
        """Want all files that the filter shows, or none of them."""
        self.set_checked([self.tree.root], checked)

    def set_by_shown_order(self, nodes: Iterable[Node]) -> None:
        """Want the first third of the files, as they are shown, at maximum, the second high, the rest normal."""
        files = self.files_in_order(nodes)
        third = max(len(files) // len(_SHOWN_ORDER), 1)
        first, second, last = _SHOWN_ORDER
        self._want({first: files[:third], second: files[third : 2 * third], last: files[2 * third :]})

    def rename(self, node: Node, name: str) -> None:
        """Want another name for a file or folder, in the folder where it is."""
        old = node.path
        self._move(node, f"{old[: len(old) - len(node.name)]}{name}", why_not_name(name, windows=self.windows))

    def move(self, node: Node, new: str) -> None:
        """Want another path for a file or folder."""
        self._move(node, new, why_not_path(new, windows=self.windows))

    def _move(self, node: Node, new: str, why_not: str) -> None:
        old = node.path
        if new == old:
            return
        if not why_not and self.tree.at(new) is not None:
            why_not = tr("“{name}” already exists.", name=clean(new))
        if why_not:
            self.refused.emit(why_not)
        elif not self.draft:
            self.rename_wanted.emit(self._as_sent(node, old, new))
        else:
            self._draft_move(old, new)

    def _as_sent(self, node: Node, old: str, new: str) -> Rename:
        """The paths may differ from those that are shown by a hidden folder; see ``file_nodes``."""
        if not isinstance(node, Leaf):
            return Rename(old, new, folder=True)
        own = self.tree.paths[node.index]
        above, _, name = new.rpartition("/")
        if own != old and above == old.rpartition("/")[0]:
            new = f"{own.rpartition('/')[0]}/{name}"
        return Rename(own, new, folder=False)

    def _draft_move(self, old: str, new: str) -> None:
        self._take_paths({old: new})

    def _take_paths(self, moved: Mapping[str, str]) -> None:
        """Give files and folders, and what is in them, other paths in a draft."""
        self.finish()
        self.show([_with(leaf, path=_moved(path, moved)) for leaf, path in self._leaves_with_paths()])

    def _leaves_with_paths(self) -> Iterable[tuple[Leaf, str]]:
        paths = self.tree.paths
        return [(leaf, paths[index]) for index, leaf in self.tree.leaves.items()]

    def _want(self, wanted: Mapping[int, Sequence[Leaf]]) -> None:
        asked = {p: [leaf for leaf in files if leaf.priority != p] for p, files in wanted.items()}
        asked = {p: files for p, files in asked.items() if files}
        if not asked:
            return
        if not self.draft:
            self.priorities_wanted.emit({p: sorted(leaf.index for leaf in files) for p, files in asked.items()})
            return
        self.finish()
        taken = [_with(leaf, priority=p) for p, files in asked.items() for leaf in files]
        self._tell(at_once(self.tree.take(taken)))

    # what Qt asks

    def flags(self, index: Index) -> Qt.ItemFlag:
        if not index.isValid():
            return _Flag.NoItemFlags
        flags = _Flag.ItemIsEnabled | _Flag.ItemIsSelectable
        if index.column() == _NAME:
            if self.checkable:
                flags |= _Flag.ItemIsUserCheckable
            if self.can_rename(self.node(index.row())):
                flags |= _Flag.ItemIsEditable
        return flags

    def data(self, index: Index, role: int = _DISPLAY) -> Any:
        if role not in _ROLES or not index.isValid():
            return None
        column = self.columns[index.column()]
        if role == _ALIGNMENT:
            return column.align
        node = self.node(index.row())
        if role == _DISPLAY:
            return column.text(column.value(node))
        if role == _FOREGROUND:
            dim = column.faint is not None and column.faint(column.value(node))
            return self.faint if dim or (self.checkable and not node.priority) else None
        if role == _TOOL_TIP:
            return column.cell_tip(node) if column.cell_tip else None
        if index.column() != _NAME:
            return None
        if role == _CHECK:
            return _CHECKS[node.wanted] if self.checkable else None
        if role == _EDIT:
            return node.name
        return self._spoken(node) if role == _SPOKEN else None

    def setData(self, index: Index, value: Any, role: int = _EDIT) -> bool:
        """Want what was typed or checked."""
        node = self.node(index.row())
        if role == _CHECK:
            self.toggle([node])
        elif role == _EDIT:
            self.rename(node, str(value))
        return role in (_CHECK, _EDIT)

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

    def _spoken(self, node: Node) -> str:
        """What a list cannot tell a screen reader: that it is a tree."""
        name, level = self.columns[_NAME].text(node.name), node.level + 1
        if not isinstance(node, Folder):
            return tr("{name}, level {level}", name=name, level=level)
        if node.expanded:
            return tr("{name}, folder, expanded, level {level}", name=name, level=level)
        return tr("{name}, folder, collapsed, level {level}", name=name, level=level)


def _always(_node: Node) -> bool:
    return True


def _nothing(_node: Node) -> str:
    return ""


def _moved(path: str, moved: Mapping[str, str]) -> str:
    """Give the path that a file has when it, or a folder that it is in, has moved."""
    above = path
    while above:
        if above in moved:
            return moved[above] + path[len(above) :]
        above = above.rpartition("/")[0]
    return path


def _with(leaf: Leaf, *, path: str = "", priority: int | None = None) -> File:
    """Give a file as a server would send it, with another path or priority."""
    return File(
        index=leaf.index,
        name=path or leaf.name,
        size=leaf.size,
        progress=leaf.progress,
        priority=leaf.priority if priority is None else priority,
        availability=leaf.availability,
    )
