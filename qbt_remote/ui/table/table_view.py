"""TableView: a QTableView for 100,000 rows whose selection belongs to rows, not to positions.

What costs a window its life at this size, and what is done instead (measured, see README):
each header asks every selected row for every column → own selection models for the headers;
``selectedRows()`` makes 100,000 indexes → rows are taken from the ranges; Qt keeps a selection through
a sort by one persistent index per row → it is put away by row and laid on again afterwards.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from PySide6.QtCore import (
    QCoreApplication,
    QEvent,
    QItemSelection,
    QItemSelectionModel,
    QItemSelectionRange,
    QModelIndex,
    QPoint,
    Qt,
    Signal,
)
from PySide6.QtGui import (
    QContextMenuEvent,
    QFocusEvent,
    QHideEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPalette,
)
from PySide6.QtWidgets import QAbstractItemView, QAbstractSlider, QApplication, QMenu, QWidget

from qbt_remote.model.look import Look
from qbt_remote.model.table import Index, Row, TableModel
from qbt_remote.ui.kit.row_table import RowTable
from qbt_remote.ui.kit.theme import torrent_look
from qbt_remote.ui.table.delegates import CellDelegate, IndentedDelegate, IsolatingDelegate, ProgressDelegate
from qbt_remote.ui.table.header import Header
from qbt_remote.ui.table.row_painter import PaintCache, RowPainter
from qbt_remote.ui.table.row_style import behave, dress_rows

_Flag = QItemSelectionModel.SelectionFlag
_SORT = (("name", Qt.SortOrder.AscendingOrder), ("added_on", Qt.SortOrder.DescendingOrder))
"""By what is in sight in a window of any width; the desktop's list is in this order, too."""
_KEYS_THAT_SCROLL = {
    Qt.Key.Key_Left: QAbstractSlider.SliderAction.SliderSingleStepSub,
    Qt.Key.Key_Right: QAbstractSlider.SliderAction.SliderSingleStepAdd,
}


class TableView(RowTable):
    """Shows a TableModel; whole rows are selected, and stay so however rows move."""

    selection_changed = Signal()
    """Other rows are selected than before, or another row is current; never for a mere move."""
    menu_wanted = Signal(QPoint)
    """The user asked for the rows' menu; a popup opened in the slot holds the rows till it closes."""
    activated_row = Signal(object)
    """Double click or Enter."""

    def __init__(
        self,
        model: TableModel,
        parent: QWidget | None = None,
        *,
        look: Callable[[QPalette], Look] = torrent_look,
        sort: Sequence[tuple[str, Qt.SortOrder]] = _SORT,
    ) -> None:
        super().__init__(parent)
        self._canvas = QWidget(self)  # PySide would look for the class of Qt's own among all: 9 ms of the start
        self._canvas.setBackgroundRole(QPalette.ColorRole.Base)
        self._canvas.setAutoFillBackground(True)  # else all that lies behind it is painted with each row
        self.setViewport(self._canvas)
        self._model = model
        self._look = look
        self.kept = PaintCache()
        self._pressed = False
        self._typed, self._typed_at = "", 0.0
        self._was_in_view = False
        self._moving: tuple[list[Row] | None, Row | None, int, int, bool] | None = None
        self._header = Header(model, self, sort)
        behave(self)
        self.setHorizontalHeader(self._header)
        self.setModel(model)
        # a view gives its headers its selection model, and they ask every selected row in every repaint
        self.verticalHeader().setSelectionModel(QItemSelectionModel(model, self.verticalHeader()))
        self._header.setSelectionModel(QItemSelectionModel(model, self._header))
        self.setItemDelegate(IsolatingDelegate(self) if self.isRightToLeft() else CellDelegate(self))
        progress, indented = ProgressDelegate(self), IndentedDelegate(self)
        for i, column in enumerate(model.columns):
            if column.paint == "progress":
                self.setItemDelegateForColumn(i, progress)
            elif column.indented:
                self.setItemDelegateForColumn(i, indented)
        model.moving.connect(self._put_selection_away)
        model.moved.connect(self._lay_selection_on)
        self.selectionModel().selectionChanged.connect(self._tell_selection)
        self.selectionModel().currentRowChanged.connect(self._tell_selection)
        self.doubleClicked.connect(self._activate)
        self._header.menu.aboutToShow.connect(model.hold)
        self._header.menu.aboutToHide.connect(model.release)
        self._header.reset_columns()
        self.setSortingEnabled(True)
        self._dress()

    def _dress(self) -> None:
        palette = dress_rows(self)
        self.kept.clear()
        self._model.look = self._look(palette)
        self._model.repaint()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() in (QEvent.Type.PaletteChange, QEvent.Type.FontChange, QEvent.Type.StyleChange):
            self._dress()

    # painting

    def paintEvent(self, event: QPaintEvent) -> None:
        first, last = self.visible_rows()
        if self.isRightToLeft() or last < first:
            super().paintEvent(event)
            return
        painter = QPainter(self.viewport())
        RowPainter(self, self._model, painter, self.kept).paint(event.region(), first, last)
        painter.end()

    def dataChanged(self, first: Index, last: Index, roles: Sequence[int] = ()) -> None:
        """Repaint, of the rows that the model says have changed, those that can be seen."""
        from PySide6.QtGui import QAccessible  # 1.4 ms, which the start does not need

        touched = self._model.touched
        if touched is None or QAccessible.isActive():
            super().dataChanged(first, last, roles)
            return
        top, bottom = self.visible_rows()
        width, view = self.viewport().width(), self.viewport()
        for i in range(top, bottom + 1):
            if self._model.row(i) in touched:
                view.update(0, self.rowViewportPosition(i), width, self.rowHeight(i))

    def paint_now(self) -> None:
        """Paint what has changed in this turn of the loop; else Qt would paint it in one with what changes next."""
        QCoreApplication.sendPostedEvents(None, QEvent.Type.LayoutRequest)  # else what moves is painted twice
        self.executeDelayedItemsLayout()
        QCoreApplication.sendEvent(self.window(), QEvent(QEvent.Type.UpdateRequest))

    def doItemsLayout(self) -> None:
        if self._header.only_rows_move:
            self.viewport().update()
        else:
            super().doItemsLayout()

    def _lay_out(self, *, only_rows_move: bool) -> None:
        """Do now what Qt would put off: else nobody could tell what is due for rows that move from all else."""
        self._header.only_rows_move = only_rows_move
        try:
            self._header.executeDelayedItemsLayout()
            self.executeDelayedItemsLayout()
        finally:
            self._header.only_rows_move = False

    def visible_rows(self) -> tuple[int, int]:
        """Give the first and the last row that can be seen, even in part; (0, -1) if there is none."""
        last = self._model.rowCount() - 1
        if last < 0:
            return 0, -1
        bottom = self.rowAt(self.viewport().height() - 1)
        return max(self.rowAt(0), 0), last if bottom < 0 else bottom

    # selection

    def selected_rows(self) -> list[Row]:
        """Give the selected rows in their order on the screen."""
        ranges = self.selectionModel().selection()
        spans = sorted((ranges.at(i).top(), ranges.at(i).bottom()) for i in range(ranges.count()))
        if len(spans) == 1:
            return self._model.rows_between(*spans[0])
        return list(dict.fromkeys(row for top, bottom in spans for row in self._model.rows_between(top, bottom)))

    def current_row(self) -> Row | None:
        index = self.currentIndex()
        return self._model.row(index.row()) if index.isValid() else None

    def selected_row(self) -> Row | None:
        """Give the row that stands for the selection: the current one, else the first; None if nothing is selected."""
        ranges = self.selectionModel().selection()
        if not ranges.count():
            return None
        index = self.currentIndex()
        chosen = index.isValid() and self.selectionModel().isSelected(index)
        return self._model.row(index.row() if chosen else min(ranges.at(i).top() for i in range(ranges.count())))

    def select_rows(self, rows: Iterable[Row]) -> None:
        """Select these rows and no others, make the first current and bring it into view."""
        self._model.finish()
        places = self._model.places(set(rows))
        if not places:
            return
        first = self._model.index(places[0], self._first_column())
        self.selectionModel().setCurrentIndex(first, _Flag.NoUpdate)
        self.selectionModel().select(self._spans(places), _Flag.ClearAndSelect)
        self.scrollTo(first)

    def take_first(self) -> None:
        """Take the keys, with the first row selected."""
        self._model.finish()
        self.setFocus()
        if self._model.rowCount():
            first = self._model.index(0, self._first_column())
            self.selectionModel().setCurrentIndex(first, _Flag.ClearAndSelect | _Flag.Rows)

    def show_selected(self) -> None:
        """Scroll to the row that stands for the selection, as when others are listed: no command acts out of sight."""
        if (row := self.selected_row()) is not None:
            self.scrollTo(self._model.index(self._model.index_of(row), self._first_column()))

    def _spans(self, places: Sequence[int]) -> QItemSelection:
        """A selection of these positions, which ascend, in as few ranges as there are gaps."""
        selection = QItemSelection()
        last_column = len(self._model.columns) - 1
        start = before = places[0]
        for place in [*places[1:], -1]:
            if place != before + 1:
                span = QItemSelectionRange(self._model.index(start, 0), self._model.index(before, last_column))
                selection.append(span)
                start = place
            before = place
        return selection

    def _put_selection_away(self, same_rows: bool) -> None:
        """Remember what is selected; None if everything is, and will be."""
        self._lay_out(only_rows_move=False)
        position = max(self.currentIndex().row(), 0)
        ranges = self.selectionModel().selection()
        everything = same_rows and ranges.count() == 1 and ranges.at(0).height() == self._model.rowCount()
        selected = None if everything else self.selected_rows()
        self._was_in_view = not same_rows and self._is_in_view(self.selected_row())
        self._moving = (selected, self.current_row(), position, self.verticalScrollBar().value(), same_rows)
        self.selectionModel().reset()  # without a signal: nothing changes for those who look at rows

    def _lay_selection_on(self) -> None:
        assert self._moving is not None
        selected, current, position, scrolled, same_rows = self._moving
        self._moving = None
        if same_rows:
            self._lay_out(only_rows_move=True)
        model = self._model
        blocked = self.selectionModel().blockSignals(True)
        still = range(model.rowCount()) if selected is None else model.places(set(selected)) if selected else []
        if selected is None:
            whole = QItemSelection(model.index(0, 0), model.index(len(still) - 1, len(model.columns) - 1))
            self.selectionModel().select(whole, _Flag.Select)
        elif still:
            self.selectionModel().select(self._spans(still), _Flag.Select)
        if current is not None and model.rowCount():
            place = model.index_of(current)
            if place < 0:
                above = selected[: selected.index(current)] if selected and current in selected else []
                place = min(position - sum(model.index_of(row) < 0 for row in above), model.rowCount() - 1)
            self.selectionModel().setCurrentIndex(model.index(place, self._first_column()), _Flag.NoUpdate)
        self.selectionModel().blockSignals(blocked)
        self.verticalScrollBar().setValue(scrolled)
        if self._was_in_view:
            self.show_selected()
        self.viewport().update()
        if (selected is not None and len(still) != len(selected)) or self.current_row() is not current:
            self.selection_changed.emit()

    def rowsAboutToBeRemoved(self, parent: Index, start: int, end: int) -> None:
        """Make the row below current (Qt: the one above); it is not selected: Delete again must remove nothing."""
        if start <= self.currentIndex().row() <= end < self._model.rowCount() - 1:
            self.selectionModel().setCurrentIndex(self._model.index(end + 1, self._first_column()), _Flag.NoUpdate)
        super().rowsAboutToBeRemoved(parent, start, end)

    def _is_in_view(self, row: Row | None) -> bool:
        first, last = self.visible_rows()
        return row is not None and first <= self._model.index_of(row) <= last

    def _tell_selection(self) -> None:
        if self._moving is None:
            self.selection_changed.emit()

    # columns

    @property
    def columns(self) -> Header:
        """Which are shown, where and how wide."""
        return self._header

    def save_state(self) -> dict[str, Any]:
        """Give order, widths, choice and sorting of the columns, fit for JSON."""
        return self._header.save()

    def restore_state(self, state: dict[str, Any]) -> None:
        """Take what ``save_state`` gave, also from an older or newer program, or edited by hand."""
        self._header.restore(state)

    def set_available(self, fields: Iterable[str] | None) -> None:
        """Hide columns whose id is not among ``fields``: no server sends them.  None: show all."""
        self._header.set_available(fields)

    def _first_column(self) -> int:
        """The leftmost column that is shown."""
        header = self._header
        shown = (header.logicalIndex(i) for i in range(header.count()))
        return next((i for i in shown if not header.isSectionHidden(i)), 0)

    # keys

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = Qt.Key(event.key())
        plain = event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier == Qt.KeyboardModifier.NoModifier
        if plain and key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._activate(self.meant_by(event))
        elif plain and key in _KEYS_THAT_SCROLL:
            self.horizontalScrollBar().triggerAction(_KEYS_THAT_SCROLL[key])
        else:
            super().keyPressEvent(event)

    def moveCursor(self, action: QAbstractItemView.CursorAction, modifiers: Qt.KeyboardModifier) -> QModelIndex:
        """Home and End go to the first and the last row: a cell is nothing here."""
        last = self._model.rowCount() - 1
        if last >= 0 and action == QAbstractItemView.CursorAction.MoveHome:
            return self._model.index(0, self._first_column())
        if last >= 0 and action == QAbstractItemView.CursorAction.MoveEnd:
            return self._model.index(last, self._first_column())
        return super().moveCursor(action, modifiers)

    def keyboardSearch(self, search: str) -> None:
        """Go to the next row whose name starts with what is being typed."""
        now = time.monotonic()
        going_on = now - self._typed_at < QApplication.keyboardInputInterval() / 1000
        typed = (self._typed if going_on else "") + search.casefold()
        again = len(set(typed)) == 1  # the same letter over and over goes from hit to hit
        self._typed, self._typed_at = typed, now
        rows, here = self._model.rows, self.currentIndex().row()
        start = here + 1 if again or len(typed) == 1 else max(here, 0)
        wanted = typed[0] if again and typed else typed
        name = self._model.columns[max(self._model.column("name"), 0)].value
        for place in (*range(start, len(rows)), *range(min(start, len(rows)))):
            if str(name(rows[place])).casefold().startswith(wanted):
                index = self._model.index(place, self._first_column())
                self.selectionModel().setCurrentIndex(index, _Flag.ClearAndSelect | _Flag.Rows)
                return

    def _activate(self, index: QModelIndex) -> None:
        if index.isValid():
            self.activated_row.emit(self._model.row(index.row()))

    # rows stay in their place while a button is down or a menu is open

    def _set_pressed(self, pressed: bool) -> None:
        if pressed != self._pressed:
            self._pressed = pressed
            (self._model.hold if pressed else self._model.release)()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            self._set_pressed(True)
        super().mousePressEvent(event)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        super().mouseReleaseEvent(event)
        if not event.buttons() & Qt.MouseButton.LeftButton:
            self._set_pressed(False)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self._set_pressed(False)

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self._set_pressed(False)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        where = event.globalPos()
        if event.reason() == QContextMenuEvent.Reason.Keyboard:
            where = self._below_current()
        self._set_pressed(False)
        self.menu_wanted.emit(where)
        popup = QApplication.activePopupWidget()
        if isinstance(popup, QMenu):
            self._model.hold()
            popup.aboutToHide.connect(self._model.release, Qt.ConnectionType.SingleShotConnection)

    def _below_current(self) -> QPoint:
        """Where the menu key opens the menu: below the current row's first cell, but in view."""
        view = self.viewport()
        index = self.currentIndex()
        if not index.isValid():
            return view.mapToGlobal(QPoint(0, 0))
        cell = self.visualRect(index.siblingAtColumn(self._first_column())).bottomLeft()
        inside = QPoint(min(max(cell.x(), 0), view.width()), min(max(cell.y(), 0), view.height()))
        return view.mapToGlobal(inside)
