"""Paints the visible rows of a table directly from its model.

Qt asks a model written in Python seven questions for each cell and lays its text out anew: 13 ms for a
window of 400 cells, 9 of them in C++ (measured).  Here each row is fetched once and each text is drawn
where it belongs: 5 ms.  The style still paints the background of selected rows and the
focus frame.  Most of a row is as it was in the paint before: how a text fits, and
pictures of bars and icons, are worked out once and kept in ``PaintCache``, which halves what is left.  Texts laid out
for good (``QStaticText``) were tried, too: half the time for a text that comes again, but nothing in a paint after a
poll, which is busy with the others (6.5 ms with and without, measured in turn).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

from PySide6.QtCore import QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QIcon, QPainter, QPalette, QPixmap, QRegion
from PySide6.QtWidgets import QStyle, QStyleOptionFocusRect, QStyleOptionViewItem, QTableView

from qbt_remote.model.columns import Column
from qbt_remote.model.table import Row, TableModel
from qbt_remote.ui.table.delegates import BAR_SIDE, INDENT, paint_bar

_MARGIN, _ICON, _ICON_GAP = 3, 16, 6
_MOST_TEXTS, _MOST_ICONS, _MOST_BARS = 2048, 256, 4096
_MOST_PIXELS = 1_000_000
"""Of the pictures of bars; each takes 4 bytes."""
_Role = QPalette.ColorRole
_RIGHT, _CENTER = int(Qt.AlignmentFlag.AlignRight), int(Qt.AlignmentFlag.AlignHCenter)


class _Cell(NamedTuple):
    """What is the same for all cells of a column in one paint."""

    column: Column
    left: int
    width: int
    """Of the whole cell."""
    text_left: int
    text_width: int


class PaintCache:
    """What is the same in each paint, as long as font and look of a table are the same ones."""

    def __init__(self) -> None:
        self.fits: dict[tuple[str, int], tuple[str, int]] = {}
        """By a text and the room that it has: what of it is shown, and how wide that is."""
        self._older: dict[tuple[str, int], tuple[str, int]] = {}
        """The previous generation of ``fits``; what is not used again goes when the next generation is full."""
        self.icons: dict[tuple[Any, ...], QPixmap] = {}
        self.bars: dict[tuple[Any, ...], QPixmap | None] = {}
        """By what makes them; None is one that was painted only once."""
        self._pixels = 0

    def clear(self) -> None:
        self.fits.clear()
        self._older.clear()
        self.icons.clear()
        self.bars.clear()
        self._pixels = 0

    def find_fit(self, key: tuple[str, int], fit: Callable[[str, int], tuple[str, int]]) -> tuple[str, int]:
        """Put a fit into ``fits``, from the older generation or made anew."""
        found = self._older.pop(key, None) or fit(*key)
        if len(self.fits) >= _MOST_TEXTS:
            self._older = self.fits.copy()
            self.fits.clear()  # the same dict: a paint goes on with it
        self.fits[key] = found
        return found

    def keep_icon(self, key: tuple[Any, ...], picture: QPixmap) -> QPixmap:
        if len(self.icons) >= _MOST_ICONS:
            self.icons.clear()
        self.icons[key] = picture
        return picture

    def note_bar(self, key: tuple[Any, ...]) -> None:
        """A bar was painted for the first time; most that grow are so only once, and a picture takes twice as long."""
        if len(self.bars) >= _MOST_BARS:
            self.bars.clear()
            self._pixels = 0
        self.bars[key] = None

    def keep_bar(self, key: tuple[Any, ...], bar: QPixmap) -> QPixmap:
        self._pixels += bar.width() * bar.height()
        if self._pixels > _MOST_PIXELS:
            self.bars.clear()
            self._pixels = bar.width() * bar.height()
        self.bars[key] = bar
        return bar


class RowPainter:
    """One paint of a table that is written from left to right."""

    def __init__(self, view: QTableView, model: TableModel, painter: QPainter, kept: PaintCache) -> None:
        self._view, self._model, self._painter, self._kept = view, model, painter, kept
        self._metrics, self._ratio = view.fontMetrics(), view.devicePixelRatioF()
        self._height = view.verticalHeader().defaultSectionSize()
        self._whole = self._ratio.is_integer()
        """Else a picture may stand one pixel of the screen beside what was painted there."""
        self._base = (self._height - self._metrics.height()) // 2 + self._metrics.ascent()
        self._palette = view.palette()
        self._ink = self._palette.color(_Role.Text)
        self._selected_ink = self._palette.color(_Role.HighlightedText)
        self._cells = self._visible_cells()
        self._width = min(view.viewport().width(), view.horizontalHeader().length() - view.horizontalHeader().offset())
        painter.setFont(view.font())

    def paint(self, region: QRegion, first: int, last: int) -> None:
        """Paint those of the rows, first to last, of which something lies in the region."""
        view, ground = self._view, self._palette.color(_Role.AlternateBase)
        top, width = view.rowViewportPosition(first), self._width
        model, picked = view.model(), view.selectionModel()
        for i in range(first, last + 1):
            box = QRect(0, top + (i - first) * self._height, width, self._height)
            if not region.intersects(box):
                continue
            if i & 1:
                self._painter.fillRect(box, ground)
            selected = picked.isSelected(model.index(i, 0))
            if selected:
                self._paint_pick(box)
            self._paint_row(self._model.row(i), box.top(), selected=selected)
        current = view.currentIndex()
        if view.hasFocus() and first <= current.row() <= last:
            self._paint_focus(view.visualRect(current), selected=picked.isSelected(current))

    def _visible_cells(self) -> list[_Cell]:
        view, header = self._view, self._view.horizontalHeader()
        right = view.viewport().width()
        cells: list[_Cell] = []
        for i, column in enumerate(self._model.columns):
            left, width = header.sectionViewportPosition(i), header.sectionSize(i)
            if header.isSectionHidden(i) or left >= right or left + width <= 0:
                continue
            before = _MARGIN + (INDENT if column.indented else 0) + (_ICON + _ICON_GAP if column.icon else 0)
            cells.append(_Cell(column, left, width, left + before, width - before - _MARGIN))
        return cells

    def _paint_row(self, row: Row, top: int, *, selected: bool) -> None:
        painter, model, fits, pen = self._painter, self._model, self._kept.fits, None
        base, ink = top + self._base, self._selected_ink if selected else self._ink
        for cell in self._cells:
            column, left, width = cell.column, cell.text_left, cell.text_width
            value = column.value(row)
            color = None if selected else model.color(row, column, value)
            if column.paint:
                self._paint_progress(row, cell, top, value, color or ink, selected=selected)
            if column.icon:
                self._paint_icon(row, cell, top, selected=selected)
            key = column.text(value), width
            text, needed = fits.get(key) or self._kept.find_fit(key, self._fit)
            if column.align & _RIGHT:
                left += width - needed
            elif column.align & _CENTER:
                left += (width - needed) // 2
            wanted = color or ink
            if wanted is not pen:
                painter.setPen(wanted)
                pen = wanted
            painter.drawText(left, base, text)

    def _fit(self, text: str, width: int) -> tuple[str, int]:
        needed = self._metrics.horizontalAdvance(text)
        if needed <= width:
            return text, needed
        text = self._metrics.elidedText(text, self._view.textElideMode(), width)
        return text, min(self._metrics.horizontalAdvance(text), width)

    def _paint_progress(self, row: Row, cell: _Cell, top: int, share: float, ink: QColor, *, selected: bool) -> None:
        look, track = self._model.look, self._selected_ink if selected else self._ink
        stale = not selected and self._model.is_stale(row)
        fill: Any = ink if selected or stale or look is None else look.color(row)
        room = (cell.width - 2 * BAR_SIDE) * self._ratio
        filled = round((min(share, 1.0) if share > 0 else 0.0) * room)
        key = filled, cell.width, self._height, self._ratio, track.rgba(), fill.rgba()
        bars, box = self._kept.bars, QRectF(0, 0, cell.width, self._height)
        if (bar := bars.get(key)) is None and key in bars and self._whole and room > 0:
            bar = self._kept.keep_bar(key, QPixmap(QSize(cell.width, self._height) * self._ratio))
            bar.setDevicePixelRatio(self._ratio)
            bar.fill(Qt.GlobalColor.transparent)
            painter = QPainter(bar)
            paint_bar(painter, box, filled / room, track=track, fill=fill)
            painter.end()
        if bar is not None:
            self._painter.drawPixmap(cell.left, top, bar)
        elif room > 0:
            self._kept.note_bar(key)
            self._painter.save()
            paint_bar(self._painter, box.translated(cell.left, top), filled / room, track=track, fill=fill)
            self._painter.restore()

    def _paint_icon(self, row: Row, cell: _Cell, top: int, *, selected: bool) -> None:
        icon: Any = self._model.icon(row)
        if icon is None:
            return
        key = icon, selected, self._ratio
        picture = self._kept.icons.get(key)
        if picture is None:
            mode = QIcon.Mode.Selected if selected else QIcon.Mode.Normal
            picture = self._kept.keep_icon(key, icon.pixmap(QSize(_ICON, _ICON), self._ratio, mode))
        self._painter.drawPixmap(cell.left + _MARGIN, top + (self._height - _ICON) // 2, picture)

    # what the style decides

    def _option(self, box: QRect) -> QStyleOptionViewItem:
        option = QStyleOptionViewItem()
        self._view.initViewItemOption(option)
        option.rect = box
        return option

    def _paint_pick(self, box: QRect) -> None:
        option = self._option(box)
        option.state |= QStyle.StateFlag.State_Selected
        option.showDecorationSelected = True
        panel = QStyle.PrimitiveElement.PE_PanelItemViewItem
        self._view.style().drawPrimitive(panel, option, self._painter, self._view)

    def _paint_focus(self, box: QRect, *, selected: bool) -> None:
        option = QStyleOptionFocusRect()
        option.initFrom(self._view)
        option.rect = box
        option.state |= QStyle.StateFlag.State_KeyboardFocusChange | QStyle.StateFlag.State_Item
        option.backgroundColor = self._palette.color(_Role.Highlight if selected else _Role.Base)
        self._view.style().drawPrimitive(QStyle.PrimitiveElement.PE_FrameFocusRect, option, self._painter, self._view)
