"""A draft of the content of a torrent in which files and folders are renamed and moved before anything is sent."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from PySide6.QtCore import QMimeData, QObject, Qt, Signal

from qbt_remote.model.columns import Column
from qbt_remote.model.files.columns import FILE
from qbt_remote.model.files.names import why_not_path
from qbt_remote.model.files.nodes import Folder, Node
from qbt_remote.model.files.rows import Index
from qbt_remote.model.files.tree_model import FileTreeModel, Rename
from qbt_remote.model.i18n import tr
from qbt_remote.model.text import clean

COLUMNS: tuple[Column, ...] = tuple(column for column in FILE if column.id in ("name", "size"))
_KIND = "application/x-qbt-remote-files"


class FileMoves(FileTreeModel):
    """``moves`` are the renames that bring the torrent to what is shown, in the order in which they were made."""

    dropped = Signal(object, object)
    """Nodes, and the folder onto which they were dropped; to be taken up after the drag, by ``move_into``."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent, draft=True, columns=COLUMNS)
        self.checkable = False
        self._groups: list[list[Rename]] = []
        self._dragged: list[Node] = []

    @property
    def moves(self) -> list[Rename]:
        return [move for group in self._groups for move in group]

    def undo(self) -> None:
        """Take the last change back."""
        if self._groups:
            self._take_paths({move.new: move.old for move in reversed(self._groups.pop())})

    def move_into(self, nodes: Iterable[Node], path: str) -> None:
        """Put files and folders into the folder of this path, "" for the top; it need not be there yet."""
        moves: list[Rename] = []
        chosen = list(nodes)
        for node in chosen:
            if any(above in chosen for above in _above(node)):
                continue  # it goes with its folder
            old, new = node.path, f"{path}/{node.name}" if path else node.name
            if new == old:
                continue
            if why_not := self._why_not(node, old, new, {move.new for move in moves}):
                self.refused.emit(why_not)
                return
            moves.append(Rename(old, new, isinstance(node, Folder)))
        if moves:
            self._groups.append(moves)
            self._take_paths({move.old: move.new for move in moves})

    def _why_not(self, node: Node, old: str, new: str, taken: set[str]) -> str:
        if why_not := why_not_path(new, windows=self.windows):
            return why_not
        if isinstance(node, Folder) and new.startswith(f"{old}/"):
            return tr("“{name}” cannot be moved into itself.", name=clean(node.name, 80))
        if new in taken or self.tree.at(new) is not None:
            return tr("“{name}” already exists.", name=clean(new))
        return ""

    def _draft_move(self, old: str, new: str) -> None:
        self._groups.append([Rename(old, new, isinstance(self.tree.at(old), Folder))])
        super()._draft_move(old, new)

    # dragging

    def flags(self, index: Index) -> Qt.ItemFlag:
        movable = Qt.ItemFlag.ItemIsDragEnabled | Qt.ItemFlag.ItemIsDropEnabled
        return super().flags(index) | movable if index.isValid() else Qt.ItemFlag.ItemIsDropEnabled

    def supportedDropActions(self) -> Qt.DropAction:
        return Qt.DropAction.MoveAction

    def mimeTypes(self) -> list[str]:
        return [_KIND]

    def mimeData(self, indexes: Sequence[Index]) -> QMimeData:
        self._dragged = [self.node(row) for row in dict.fromkeys(index.row() for index in indexes)]
        data = QMimeData()
        data.setData(_KIND, b"")
        return data

    def dropMimeData(self, data: QMimeData, action: Qt.DropAction, row: int, column: int, parent: Index) -> bool:
        """Onto a folder: into it.  Onto a file: into its folder.  Below all rows: to the top."""
        if not data.hasFormat(_KIND):
            return False
        target = self.node(parent.row()) if parent.isValid() else self.tree.root
        folder = target if isinstance(target, Folder) else target.parent
        assert folder is not None
        self.dropped.emit(self._dragged, folder.path)
        return True


def _above(node: Node) -> Iterable[Node]:
    at = node.parent
    while at is not None:
        yield at
        at = at.parent
