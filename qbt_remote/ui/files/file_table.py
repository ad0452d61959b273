"""FileTable: the list of a FileTreeModel, painted and used like a tree.

Arrows and indents are painted, the keys are a tree's: left and right go up and down the folders, the
space bar checks, F2 renames.  What is selected are nodes: rows may come, go and move below them.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Sequence
from typing import Any

from PySide6.QtCore import (
    QEvent,
    QItemSelection,
    QItemSelectionModel,
    QItemSelectionRange,
    QModelIndex,
    QPersistentModelIndex,
    QPoint,
    Qt,
    Signal,
)
from PySide6.QtGui import (
    QContextMenuEvent,
    QFocusEvent,
    QHideEvent,
    QKeyEvent,
    QKeySequence,
    QMouseEvent,
    QPainter,
    QPaintEvent,
)
from PySide6.QtWidgets import QAbstractItemView, QApplication, QMenu, QWidget

from qbt_remote.model.files.nodes import Folder, Node
from qbt_remote.model.files.tree_model import FileTreeModel
from qbt_remote.model.i18n import tr
from qbt_remote.ui.files.file_delegates import FileProgressDelegate, NameDelegate
from qbt_remote.ui.kit.row_table import RowTable
from qbt_remote.ui.kit.theme import faint
from qbt_remote.ui.table.delegates import CellDelegate, IndentedDelegate, IsolatingDelegate
from qbt_remote.ui.table.header import Header
from qbt_remote.ui.table.row_style import behave, dress_rows

Index = QModelIndex | QPersistentModelIndex
_Select = QItemSelectionModel.SelectionFlag
_ROW = _Select.ClearAndSelect | _Select.Rows
_FIRST_SORT = (("name", Qt.SortOrder.AscendingOrder),)


_OWN_KEYS = (
    *(Qt.Key.Key_F2, Qt.Key.Key_Delete, Qt.Key.Key_Backspace, Qt.Key.Key_Space, Qt.Key.Key_Return, Qt.Key.Key_Enter),
    *(Qt.Key.Key_Plus, Qt.Key.Key_Minus, Qt.Key.Key_Asterisk),
)


def _is_own(event: QKeyEvent) -> bool:
    if event.matches(QKeySequence.StandardKey.Copy) or event.matches(QKeySequence.StandardKey.SelectAll):
        return True
    return event.key() in _OWN_KEYS and not event.modifiers() & Qt.KeyboardModifier.ControlModifier


class FileTable(RowTable):
    """Shows a FileTreeModel; ``FileTree`` puts filter, buttons and menu around it."""

    menu_wanted = Signal(QPoint)
    copy_wanted = Signal()
    priority_menu_wanted = Signal(QPoint)
    """Double click or Enter on a priority."""

    def __init__(self, model: FileTreeModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._model = model
        self._pressed = False
        self._typed, self._typed_at = "", 0.0
        self._kept: tuple[list[Node], Node | None, int] = ([], None, 0)
        behave(self)
        self.columns = Header(model, self, _FIRST_SORT)
        self.setHorizontalHeader(self.columns)
        self.setModel(model)
        # a view gives its headers its selection model, and they ask every selected row in every repaint
        self.verticalHeader().setSelectionModel(QItemSelectionModel(model, self.verticalHeader()))
        self.columns.setSelectionModel(QItemSelectionModel(model, self.columns))
        self.setItemDelegate(IsolatingDelegate(self) if self.isRightToLeft() else CellDelegate(self))
        self._names = NameDelegate(self)
        self._names.typed.connect(model.rename, Qt.ConnectionType.QueuedConnection)
        self.setItemDelegateForColumn(model.column("name"), self._names)
        for id, delegate in (("progress", FileProgressDelegate(self)), ("priority", IndentedDelegate(self))):
            if (place := model.column(id)) >= 0:
                self.setItemDelegateForColumn(place, delegate)
        model.moving.connect(self._put_selection_away)
        model.moved.connect(self._lay_selection_on)
        self.columns.menu.aboutToShow.connect(model.hold)
        self.columns.menu.aboutToHide.connect(model.release)
        self.columns.reset_columns()
        self.setSortingEnabled(True)
        self._dress()

    def _dress(self) -> None:
        palette = dress_rows(self)
        self._model.faint = faint(palette)
        self.viewport().update()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() in (QEvent.Type.PaletteChange, QEvent.Type.FontChange, QEvent.Type.StyleChange):
            self._dress()

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        if self._model.nothing_fits:
            painter = QPainter(self.viewport())
            painter.setPen(self._model.faint)
            painter.drawText(self.viewport().rect(), Qt.AlignmentFlag.AlignCenter, tr("No file matches the filter."))
            painter.end()

    # selection

    def selected_nodes(self) -> list[Node]:
        """Give the selected nodes in their order on the screen."""
        ranges = self.selectionModel().selection()
        spans = sorted((ranges.at(i).top(), ranges.at(i).bottom()) for i in range(ranges.count()))
        return list(dict.fromkeys(node for top, bottom in spans for node in self._model.shown[top : bottom + 1]))

    def current_node(self) -> Node | None:
        index = self.currentIndex()
        return self._model.node(index.row()) if index.isValid() else None

    def select_nodes(self, nodes: Iterable[Node]) -> None:
        """Select these nodes and no others, make the first current and bring it into view."""
        rows = sorted(row for row in map(self._model.reveal, nodes) if row >= 0)
        if rows:
            self.selectionModel().select(self._spans(rows), _Select.ClearAndSelect)
            first = self._model.index(rows[0], max(self.columnAt(0), 0))  # to a hidden column nothing is scrolled
            self.selectionModel().setCurrentIndex(first, _Select.NoUpdate)
            self.scrollTo(first)

    def _spans(self, rows: Sequence[int]) -> QItemSelection:
        selection = QItemSelection()
        last_column = self._model.columnCount() - 1
        start = before = rows[0]
        for row in [*rows[1:], -1]:
            if row != before + 1:
                selection.append(
                    QItemSelectionRange(self._model.index(start, 0), self._model.index(before, last_column))
                )
                start = row
            before = row
        return selection

    def _put_selection_away(self) -> None:
        self._kept = (self.selected_nodes(), self.current_node(), self.verticalScrollBar().value())

    def _lay_selection_on(self) -> None:
        selected, current, scrolled = self._kept
        self._kept = ([], None, 0)
        now = self._model.now
        rows = sorted(self._model.index_of(node) for node in map(now, selected) if node is not None)
        rows = [row for row in rows if row >= 0]
        if rows:
            self.selectionModel().select(self._spans(rows), _Select.Select)
        at = now(current) if current is not None else None
        place = self._model.index_of(at) if at is not None else -1
        if place >= 0:
            self.selectionModel().setCurrentIndex(self._model.index(place, 0), _Select.NoUpdate)
        self.verticalScrollBar().setValue(scrolled)

    def _go_to(self, row: int) -> None:
        if 0 <= row < self._model.rowCount():
            self.selectionModel().setCurrentIndex(self._model.index(row, max(self.columnAt(0), 0)), _ROW)

    # what keys and buttons do

    def toggle(self) -> None:
        """Check the selected nodes; if they are, uncheck them."""
        self._model.toggle(self.selected_nodes())

    def rename(self) -> None:
        """Let the current name be edited in its place."""
        index = self.currentIndex().siblingAtColumn(self._model.column("name"))
        if not index.isValid():
            return
        if why_not := self._model.why_no_rename(self._model.node(index.row())):
            self._model.refused.emit(why_not)
        elif self._model.flags(index) & Qt.ItemFlag.ItemIsEditable:
            super().scrollTo(index)  # sideways, too
            self.edit(index)  # which selects all
            self._names.select_stem(index)

    def event(self, event: QEvent) -> bool:
        """Keep the keys that mean something here from the window's commands: Del there removes the torrent."""
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.ShortcutOverride and _is_own(event):
            event.accept()
            return True
        return super().event(event)

    @property
    def editing(self) -> bool:
        """Whether a name is being typed."""
        return self.state() == self.State.EditingState

    def keyPressEvent(self, event: QKeyEvent) -> None:
        held = event.isAutoRepeat() and event.key() in (Qt.Key.Key_Space, Qt.Key.Key_Return, Qt.Key.Key_Enter)
        if self.editing or held:
            return  # what an editor leaves over, as Return
        if event.matches(QKeySequence.StandardKey.Copy):
            self.copy_wanted.emit()
            return
        plain = event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier == Qt.KeyboardModifier.NoModifier
        node = self.current_node()
        if not plain or node is None or not self._take_key(Qt.Key(event.key()), node):
            super().keyPressEvent(event)

    def _take_key(self, key: Qt.Key, node: Node) -> bool:
        model, back = self._model, self.isRightToLeft()
        match key:
            case Qt.Key.Key_Space:
                self.toggle()
            case Qt.Key.Key_F2:
                self.rename()
            case Qt.Key.Key_Return | Qt.Key.Key_Enter:
                self._activate(self.currentIndex())
            case Qt.Key.Key_Plus:
                model.expand(node)
            case Qt.Key.Key_Minus:
                model.collapse(node)
            case Qt.Key.Key_Asterisk:
                model.expand_all(True)
            case Qt.Key.Key_Left | Qt.Key.Key_Right if (key == Qt.Key.Key_Right) != back:
                self._go_in(node)
            case Qt.Key.Key_Left | Qt.Key.Key_Right:
                self._go_out(node)
            case _:
                return False
        return True

    def _go_in(self, node: Node) -> None:
        if isinstance(node, Folder):
            if node.expanded:
                self._go_to(self.currentIndex().row() + 1)
            self._model.expand(node)

    def _go_out(self, node: Node) -> None:
        if isinstance(node, Folder) and node.expanded:
            self._model.collapse(node)
        elif node.parent is not None:
            self._go_to(self._model.index_of(node.parent))

    def moveCursor(self, action: QAbstractItemView.CursorAction, modifiers: Qt.KeyboardModifier) -> QModelIndex:
        """Home and End go to the first and the last row: a cell is nothing here."""
        last = self._model.rowCount() - 1
        column = max(self.currentIndex().column(), 0)
        if last >= 0 and action == QAbstractItemView.CursorAction.MoveHome:
            return self._model.index(0, column)
        if last >= 0 and action == QAbstractItemView.CursorAction.MoveEnd:
            return self._model.index(last, column)
        return super().moveCursor(action, modifiers)

    def keyboardSearch(self, search: str) -> None:
        """Go to the next row whose name starts with what is being typed."""
        now = time.monotonic()
        going_on = now - self._typed_at < QApplication.keyboardInputInterval() / 1000
        typed = (self._typed if going_on else "") + search.casefold()
        again = len(set(typed)) == 1  # the same letter over and over goes from hit to hit
        self._typed, self._typed_at = typed, now
        shown, here = self._model.shown, max(self.currentIndex().row(), 0)
        start = here + 1 if again else here
        wanted = typed[0] if again and typed else typed
        for row in (*range(start, len(shown)), *range(min(start, len(shown)))):
            if shown[row].name.casefold().startswith(wanted):
                self._go_to(row)
                return

    def _activate(self, index: QModelIndex) -> None:
        if not index.isValid():
            return
        node = self._model.node(index.row())
        if index.column() == self._model.column("priority"):
            self.priority_menu_wanted.emit(self.viewport().mapToGlobal(self.visualRect(index).bottomLeft()))
        elif isinstance(node, Folder):
            (self._model.collapse if node.expanded else self._model.expand)(node)

    # the mouse

    def mousePressEvent(self, event: QMouseEvent) -> None:
        index, where = self.indexAt(event.position().toPoint()), event.position().toPoint()
        if event.button() == Qt.MouseButton.LeftButton and index.isValid():
            part = self._names.part_at(self, index, where)
            node = self._model.node(index.row())
            if part == "arrow" and isinstance(node, Folder):
                (self._model.collapse if node.expanded else self._model.expand)(node)
                return
            if part == "check":
                nodes = self.selected_nodes()
                self._model.toggle(nodes if node in nodes else [node])
                return
        if event.button() == Qt.MouseButton.LeftButton:
            self._set_pressed(True)
        super().mousePressEvent(event)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        super().mouseReleaseEvent(event)
        if not event.buttons() & Qt.MouseButton.LeftButton:
            self._set_pressed(False)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        index, where = self.indexAt(event.position().toPoint()), event.position().toPoint()
        if event.button() != Qt.MouseButton.LeftButton or not index.isValid():
            super().mouseDoubleClickEvent(event)
        elif self._names.part_at(self, index, where):
            self.mousePressEvent(event)  # a quick second click on a box is a click
        else:
            self._activate(index)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self._set_pressed(False)

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self._set_pressed(False)

    def _set_pressed(self, pressed: bool) -> None:
        """Rows stay in their place while a button is down."""
        if pressed != self._pressed:
            self._pressed = pressed
            (self._model.hold if pressed else self._model.release)()

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        where = event.globalPos()
        if event.reason() == QContextMenuEvent.Reason.Keyboard:
            cell = self.visualRect(self.currentIndex())
            where = self.viewport().mapToGlobal(cell.bottomLeft() if cell.isValid() else QPoint(0, 0))
        self._set_pressed(False)
        self.menu_wanted.emit(where)
        self.hold_below_menu()

    def hold_below_menu(self) -> None:
        """Keep the rows in their place till the menu that was just opened closes."""
        popup = QApplication.activePopupWidget()
        if isinstance(popup, QMenu):
            self._model.hold()
            popup.aboutToHide.connect(self._model.release, Qt.ConnectionType.SingleShotConnection)

    def let_drag(self) -> None:
        """Let rows be dragged onto others."""
        self.setDragEnabled(True)
        self.setAcceptDrops(True)
        self.setDropIndicatorShown(True)
        self.setDragDropMode(self.DragDropMode.InternalMove)
        self.setDragDropOverwriteMode(False)  # else the dragged cells are emptied afterwards

    def save_state(self) -> dict[str, Any]:
        return self.columns.save()

    def restore_state(self, state: dict[str, Any]) -> None:
        self.columns.restore(state)
