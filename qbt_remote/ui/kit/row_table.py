"""RowTable: a QTableView of whole rows that says to screen readers what is selected, without asking every cell."""

from __future__ import annotations

import time

from PySide6.QtCore import QItemSelection, QModelIndex, QPersistentModelIndex, Qt
from PySide6.QtGui import QFocusEvent, QKeyEvent
from PySide6.QtWidgets import QAbstractItemView, QTableView

from qbt_remote.model.i18n import tr, tr_n

STRAY_S = 0.4
"""So soon after a dialog has closed a key was still meant for it."""


class RowTable(QTableView):
    """Where somebody listens, Qt asks the model for each selected cell, only to name the first: seconds for many rows.

    One selected row is told as Qt does; of several, how many there are is announced.  Readers are sent to the
    selection itself only for the one row: they would ask for it cell by cell.
    """

    _focused_at = 0.0

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        if event.reason() == Qt.FocusReason.ActiveWindowFocusReason:
            self._focused_at = time.monotonic()

    def meant_by(self, event: QKeyEvent) -> QModelIndex:
        """Give the row that Return is for; none if the key is held, or was meant for a dialog that has just closed."""
        stray = event.isAutoRepeat() or time.monotonic() - self._focused_at < STRAY_S
        return QModelIndex() if stray else self.currentIndex()

    def selected_count(self) -> int:
        """Give how many rows are selected, without asking for them."""
        return _rows(self.selectionModel().selection())

    def selectionChanged(self, selected: QItemSelection, deselected: QItemSelection) -> None:
        if not self.isVisible():
            super().selectionChanged(selected, deselected)
            return
        from PySide6.QtGui import QAccessible  # 2 ms, which the start does not need

        ranges = self.selectionModel().selection()
        count = _rows(ranges)
        if not QAccessible.isActive() or (count <= 1 and _rows(deselected) <= 1):
            super().selectionChanged(selected, deselected)
            return
        QAbstractItemView.selectionChanged(self, selected, deselected)
        self._announce(tr_n(count, "{n} selected", "{n} selected") if count else tr("Nothing is selected"))

    def scrollTo(
        self,
        index: QModelIndex | QPersistentModelIndex,
        hint: QAbstractItemView.ScrollHint = QAbstractItemView.ScrollHint.EnsureVisible,
    ) -> None:
        """Bring a row into view; what is shown of its columns stays, since a cell is nothing here."""
        across = self.horizontalScrollBar()
        kept = across.value()
        super().scrollTo(index, hint)
        across.setValue(kept)

    def _announce(self, text: str) -> None:
        from PySide6.QtGui import QAccessible, QAccessibleAnnouncementEvent

        QAccessible.updateAccessibility(QAccessibleAnnouncementEvent(self, text))


def _rows(selection: QItemSelection) -> int:
    """How many rows these ranges have, which do not overlap."""
    return sum(selection.at(i).height() for i in range(selection.count()))
