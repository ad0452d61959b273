"""The upper half of the add dialog: the list, what the current row has to say, and the sum of it."""

from __future__ import annotations

import time

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QProgressBar, QSplitter, QVBoxLayout, QWidget

from qbt_remote.model import text
from qbt_remote.model.i18n import tr, tr_n
from qbt_remote.translatable import N
from qbt_remote.ui.add.parts.entries import PROBLEM, READY, STOPPED, WARNED, EntryModel, EntryView, result_text
from qbt_remote.ui.kit.plain_text import clean, label

_COUNTED = (
    (("added",), N("{n} added"), N("{n} added")),
    (("present",), N("{n} already there"), N("{n} already there")),
    (("refused",), N("{n} refused"), N("{n} refused")),
    (("unreachable", STOPPED), N("{n} not sent"), N("{n} not sent")),
    (("fetching",), N("{n} being fetched"), N("{n} being fetched")),
    (("unknown",), N("{n} not known"), N("{n} not known")),
    ((PROBLEM,), N("{n} cannot be added"), N("{n} cannot be added")),
)

_STEP_S = 0.1


class EntryList(QWidget):
    """Shows a model; ``tell`` brings the words in line with it."""

    def __init__(self, model: EntryModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.model = model
        self.view = EntryView(model, self)
        self.detail = label("", self, wrap=True, selectable=True)
        self.summary = label("", self)
        self.progress = QProgressBar(self)
        self.progress.setTextVisible(False)
        self.progress.setMaximumHeight(6)
        self._sending, self._done, self._told = False, 0, 0.0
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        column.addWidget(self.view, 1)
        for widget in (self.detail, self.summary, self.progress):
            column.addWidget(widget)
        for hidden in (self.detail, self.progress):
            hidden.hide()
        model.dataChanged.connect(self._show_detail)
        self.view.selectionModel().currentRowChanged.connect(self._show_detail)

    def show_progress(self, count: int) -> None:
        """While ``count`` rows are sent; 0 ends it."""
        self._sending, self._done = count > 0, 0
        self.model.lock(self._sending)
        self.progress.setVisible(self._sending)
        self.progress.setRange(0, max(1, count))
        self.progress.setValue(0)

    def show_step(self, row: int) -> None:
        """Another row has its result; what is shown follows ten times a second."""
        self._done += 1
        if time.monotonic() - self._told < _STEP_S:
            return
        self._told = time.monotonic()
        self.progress.setValue(self._done)
        self.view.scrollTo(self.model.index(row, 0))
        self.tell(reading=False)

    def tell(self, *, reading: bool) -> None:
        self.summary.setText(self._summary(reading=reading))

    def _show_detail(self) -> None:
        """Say in full what the list has no room for, of the row that the user stands on."""
        index = self.view.currentIndex()
        entry = self.model.entries[index.row()] if index.isValid() and not self._sending else None
        self.detail.setVisible(bool(entry and entry.reason))
        if entry and entry.reason:
            self.detail.setText(f"{clean(entry.name, 120)}: {result_text(entry)}")

    def _summary(self, *, reading: bool) -> str:
        counts = self.model.states
        n = len(self.model.entries) - counts[PROBLEM]
        parts = [tr_n(n, "{n} torrent", "{n} torrents") + (f", {self._size()}" if self.model.size else "")]
        for states, one, many in _COUNTED:
            if count := sum(counts[state] for state in states):
                parts.append(tr_n(count, one, many))
        if unticked := counts[READY] + counts[WARNED] - self.model.to_send:
            parts.append(tr_n(unticked, "{n} not checked", "{n} not checked"))
        if reading:
            parts.append(tr("reading…"))
        return " · ".join(parts)

    def _size(self) -> str:
        """Say how much is ticked, beside how much there is."""
        size, chosen = self.model.size, self.model.chosen_size
        if chosen == size:
            return text.size(size)
        return tr("{chosen} of {size}", chosen=text.size(chosen), size=text.size(size))


class Halves(QSplitter):
    """The list above, the choices below; one torrent needs little of a list."""

    def __init__(self, above: EntryList, *below: QWidget) -> None:
        super().__init__(Qt.Orientation.Vertical)
        self._list = above
        self._moved = False
        choices = QWidget()
        column = QVBoxLayout(choices)
        column.setContentsMargins(0, 4, 0, 0)
        column.setSpacing(8)
        for place, widget in enumerate(below):
            column.addWidget(widget, place)
        self.setChildrenCollapsible(False)
        self.addWidget(above)
        self.addWidget(choices)
        self.setStretchFactor(1, 1)
        self.splitterMoved.connect(self._keep)

    def fit(self, rows: int) -> None:
        """Give the list room for this many rows, up to eight, unless somebody has moved the line."""
        if self._moved:
            return
        view = self._list.view
        height = view.horizontalHeader().height() + min(8, max(1, rows)) * view.verticalHeader().defaultSectionSize()
        view.setMinimumHeight(min(height, 3 * view.verticalHeader().defaultSectionSize()) + 2 * view.frameWidth())
        above = height + 2 * view.frameWidth() + self._list.summary.sizeHint().height() + 8
        self.setSizes([above, max(1, self.height() - above)])

    def _keep(self) -> None:
        self._moved = True
