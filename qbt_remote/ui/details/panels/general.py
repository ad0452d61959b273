"""The tab "General": how far it is, what was transferred, and what the torrent is."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QFont, QPalette, QResizeEvent
from PySide6.QtWidgets import QGridLayout, QLabel, QScrollArea, QVBoxLayout, QWidget

from qbt_remote.model import text
from qbt_remote.model.details.columns import FIRST, INFORMATION, LONG, TRANSFER, Fact
from qbt_remote.model.i18n import tr
from qbt_remote.sync.changes import Changes
from qbt_remote.sync.details.rows import Properties, Rows
from qbt_remote.sync.torrent import Torrent
from qbt_remote.translatable import N
from qbt_remote.ui.commands.command import Command
from qbt_remote.ui.details.in_view import InView
from qbt_remote.ui.details.panel import Panel
from qbt_remote.ui.details.panels.piece_bar import PieceBar
from qbt_remote.ui.details.panels.piece_tips import PieceTips
from qbt_remote.ui.details.panels.values import LongValue, ValueLabel
from qbt_remote.ui.kit.plain_text import label, tip
from qbt_remote.ui.kit.theme import faint, written_in

_COLUMN = 300
"""Width that a column of facts needs, for a font 16 pixels high."""
_MOST_COLUMNS = 3
_SHARES = (7, 7, 4)
"""Of the space for values, where there are three columns: the third holds the shortest ones."""
_CELLS = 3
"""Label, value and a gap."""
_SECTIONS: tuple[tuple[str, tuple[Fact, ...], tuple[Fact, ...]], ...] = (
    ("", (), FIRST),
    (N("Transfer"), TRANSFER, ()),
    (N("Information"), INFORMATION, LONG),
)


class Facts(QWidget):
    """Labels and values in one to three columns, as many as there is space for; long values below them."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.values: dict[str, ValueLabel | LongValue] = {}
        self._facts: list[Fact] = []
        self._labels: dict[str, QLabel] = {}
        self._headings: list[QLabel] = []
        for title, short, long in _SECTIONS:
            heading = label(tr(title) if title else "", self)
            heading.setContentsMargins(0, 8, 0, 0)
            self._headings.append(heading)
            for fact in short:
                self._add(fact, ValueLabel(self))
            for fact in long:
                self._add(fact, LongValue(self))
        self._shown: frozenset[str] = frozenset()
        self._columns = 0
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(8)
        self._grid.setVerticalSpacing(4)

    def show_properties(self, p: Properties | None) -> None:
        """None: nothing is known yet; the usual lines are there, without a value."""
        for fact in self._facts:
            self.values[fact.id].set_value("" if p is None else fact.text(p))
        known = (fact for fact in self._facts if fact.shown is None or (p is not None and fact.shown(p)))
        self._lay_out(frozenset(fact.id for fact in known))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._lay_out(self._shown)

    def dress(self, labels: QPalette, headings: QFont) -> None:
        for name in self._labels.values():
            name.setPalette(labels)
        for heading in self._headings:
            heading.setFont(headings)

    def _add(self, fact: Fact, value: ValueLabel | LongValue) -> None:
        name = label(tr("{label}:", label=tr(fact.label)), self)
        name.setAlignment(Qt.AlignmentFlag.AlignLeading | Qt.AlignmentFlag.AlignTop)
        name.setToolTip(tip(tr(fact.tip)) if fact.tip else "")
        name.setBuddy(value)
        value.setObjectName(fact.id)
        self._facts.append(fact)
        self._labels[fact.id] = name
        self.values[fact.id] = value

    def _lay_out(self, shown: frozenset[str]) -> None:
        wide = _COLUMN * self.fontMetrics().height() / 16
        columns = max(1, min(_MOST_COLUMNS, int(self.width() / wide)))
        if (shown, columns) == (self._shown, self._columns):
            return
        self._shown, self._columns = shown, columns
        while self._grid.takeAt(0) is not None:
            pass
        for id, name in self._labels.items():
            name.setVisible(id in shown)
            self.values[id].setVisible(id in shown)
        row = 0
        for heading, (title, short, long) in zip(self._headings, _SECTIONS, strict=True):
            heading.setVisible(bool(title))
            self._grid.addWidget(heading, row, 0, 1, _CELLS * columns)
            row = self._place([fact.id for fact in short if fact.id in shown], row + 1, columns)
            for fact in long:
                if fact.id in shown:
                    self._grid.addWidget(self._labels[fact.id], row, 0)
                    self._grid.addWidget(self.values[fact.id], row, 1, 1, _CELLS * columns - 1)
                    row += 1
        for column in range(_MOST_COLUMNS):
            share = _SHARES[column] if columns == _MOST_COLUMNS else 1
            self._grid.setColumnStretch(_CELLS * column + 1, share if column < columns else 0)
            self._grid.setColumnMinimumWidth(_CELLS * column + 2, 8 if column + 1 < columns else 0)

    def _place(self, ids: Sequence[str], row: int, columns: int) -> int:
        """Fill rows from left to right; give the next free row."""
        for place, id in enumerate(ids):
            down, column = divmod(place, columns)
            self._grid.addWidget(self._labels[id], row + down, _CELLS * column)
            self._grid.addWidget(self.values[id], row + down, _CELLS * column + 1)
        return row + math.ceil(len(ids) / columns)


class GeneralPanel(Panel):
    """Facts of one torrent; every value can be selected and copied."""

    def __init__(self, in_view: InView, commands: Sequence[Command[Any]]) -> None:
        super().__init__(in_view, commands)
        self._properties: Properties | None = None
        self._area = QScrollArea(self)
        self._area.setWidgetResizable(True)
        self._area.setFrameShape(QScrollArea.Shape.NoFrame)
        self._area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._area.setBackgroundRole(QPalette.ColorRole.Base)
        self._area.viewport().setBackgroundRole(QPalette.ColorRole.Base)
        self._area.setAccessibleName(tr("General"))
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.addWidget(self._area)
        inside = QWidget(self)
        self._tips = PieceTips(in_view, self._tell_again)
        self.pieces = PieceBar(self._explain, full="downloading", parent=inside)
        self.pieces.setAccessibleName(tr("Progress"))
        self.progress = label(parent=inside, selectable=True, value_of=tr("Progress"))
        self.peers_pieces = PieceBar(self._explain, full="moving", parent=inside)
        self.peers_pieces.setAccessibleName(tr("Availability"))
        self.availability = label(parent=inside, selectable=True, value_of=tr("Availability"))
        self.availability.setObjectName("availability")
        self._bars = (self.pieces, self.peers_pieces)
        self._names = [label(tr("Progress:"), inside), label(tr("Availability:"), inside)]
        self._names[1].setToolTip(tip(tr("Distributed copies among the connected peers")))
        self._facts = Facts(inside)
        self._lay_out(inside)
        self._area.setWidget(inside)
        self._dress()
        self.clear()

    def _lay_out(self, inside: QWidget) -> None:
        column = QVBoxLayout(inside)
        column.setContentsMargins(12, 8, 12, 12)
        column.setSpacing(4)
        bars = QGridLayout()
        bars.setHorizontalSpacing(8)
        bars.setVerticalSpacing(4)
        bars.setColumnStretch(1, 1)
        values = (self.progress, self.availability)
        for row, (name, bar, value) in enumerate(zip(self._names, self._bars, values, strict=True)):
            bars.addWidget(name, row, 0)
            bars.addWidget(bar, row, 1)
            bars.addWidget(value, row, 2)
            value.setAlignment(Qt.AlignmentFlag.AlignTrailing | Qt.AlignmentFlag.AlignVCenter)
            value.setMinimumWidth(value.fontMetrics().horizontalAdvance("100.0% "))
        column.addLayout(bars)
        column.addWidget(self._facts)
        column.addStretch(1)

    # what the details tell

    def clear(self) -> None:
        self._tips.forget()
        self._show(None)

    def show_changes(self, _changes: Changes, rows: Rows, _torrent: Torrent) -> None:
        (properties,) = rows.by_key.values()
        self._show(properties)

    @property
    def overflow(self) -> int:
        """How many pixels the facts are wider than the panel: none, whatever they say."""
        return self._area.horizontalScrollBar().maximum()

    def value(self, id: str) -> str:
        """Give what is shown of a fact."""
        return self._facts.values[id].value

    def _show(self, p: Properties | None) -> None:
        self._properties = p
        self.progress.setText("" if p is None else text.percent(p.progress))
        self.availability.setText("" if p is None else text.availability(p.availability))
        self.pieces.show_states(b"" if p is None else p.piece_states)
        self.pieces.describe(self.progress.text())
        # a whole torrent needs no peers, and before 5.2 it is not told
        known = p is not None and bool(p.piece_availability)
        self.peers_pieces.show_availability(p.piece_availability if p is not None else ())
        self.peers_pieces.describe(self.availability.text())
        self.peers_pieces.setVisible(known)
        for widget in (self._names[1], self.availability):
            widget.setVisible(known or p is None or (p.availability >= 0 and not 0 < p.pieces_num == p.pieces_have))
        self._facts.show_properties(p)

    def _tell_again(self) -> None:
        for bar in self._bars:
            bar.tell_again()

    def _explain(self, first: int, last: int) -> str:
        return "" if self._properties is None else self._tips.explain(self._properties, first, last)

    # colours

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange and self._area.widget() is not None:
            self._dress()
            self._show(self._properties)

    def _dress(self) -> None:
        palette = written_in(faint(self.palette()), self.palette())
        font = QFont(self.font())
        font.setWeight(QFont.Weight.DemiBold)
        for name in self._names:
            name.setPalette(palette)
        self._facts.dress(palette, font)


def panel(in_view: InView, commands: Sequence[Command[Any]]) -> GeneralPanel:
    """Make the panel."""
    return GeneralPanel(in_view, commands)
