"""How cells are painted: text by the style, progress as a bar behind its percentage."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QEvent, QLocale, QModelIndex, QPersistentModelIndex, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QHelpEvent, QPainter, QPalette
from PySide6.QtWidgets import QAbstractItemView, QStyle, QStyledItemDelegate, QStyleOptionViewItem, QToolTip

from qbt_remote.model.table import TableModel
from qbt_remote.ui.kit.plain_text import tip

Index = QModelIndex | QPersistentModelIndex
_BAR_HEIGHT = 0.6
_BAR_RADIUS = 3
_BAR_OPACITY = 0.35
_TRACK_OPACITY = 0.08
BAR_SIDE = 6
INDENT = 8


class CellDelegate(QStyledItemDelegate):
    """Text as the style paints it (selected text over the model's colours); a cut text is its own tip.

    It is painted in C++: overriding ``paint`` or ``initStyleOption`` for each of a window's 700 cells
    would cost more than everything else.
    """

    def helpEvent(self, event: QHelpEvent, view: QAbstractItemView, option: QStyleOptionViewItem, index: Index) -> bool:
        if event.type() != QEvent.Type.ToolTip:
            return super().helpEvent(event, view, option, index)
        QToolTip.showText(event.globalPos(), tip(self._tip(option, index)), view)
        return True

    def _tip(self, option: QStyleOptionViewItem, index: Index) -> str:
        if not index.isValid():
            return ""
        explained: str | None = index.data(Qt.ItemDataRole.ToolTipRole)
        if explained is None and self.sizeHint(option, index).width() > option.rect.width():
            explained = index.data(Qt.ItemDataRole.DisplayRole)
        return explained or ""


class IsolatingDelegate(CellDelegate):
    """For a window that goes from right to left: each text keeps its own order ("16.0 KiB", not "KiB 16.0")."""

    def displayText(self, value: object, locale: QLocale | QLocale.Language) -> str:
        text = super().displayText(value, locale)
        return f"\u2068{text}\u2069" if text else text


class IndentedDelegate(CellDelegate):
    """Text that begins some way into the cell."""

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        option.rect = option.rect.adjusted(INDENT, 0, 0, 0)
        super().paint(painter, option, index)

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        return super().sizeHint(option, index) + QSize(INDENT, 0)


class ProgressDelegate(CellDelegate):
    """A bar in the colour of the row's state, and the percentage over it."""

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        model = index.model()
        assert isinstance(model, TableModel)
        selected = bool(option.state & QStyle.StateFlag.State_Selected)
        palette = option.palette
        style = option.widget.style()
        style.drawPrimitive(QStyle.PrimitiveElement.PE_PanelItemViewItem, option, painter, option.widget)
        role = QPalette.ColorRole.HighlightedText if selected else QPalette.ColorRole.Text
        ink = palette.color(role)
        row, column = model.row(index.row()), model.columns[index.column()]
        own: Any = model.look.color(row) if model.look and not selected else ink
        dimmed: Any = None if selected else index.data(Qt.ItemDataRole.ForegroundRole)
        value = column.value(row)
        painter.save()
        paint_bar(painter, QRectF(option.rect), value, track=ink, fill=dimmed or own)
        painter.setPen(dimmed or ink)
        painter.setFont(option.font)
        painter.drawText(option.rect.adjusted(0, 0, 0, -1), Qt.AlignmentFlag.AlignCenter, column.text(value))
        painter.restore()

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        return QSize(option.fontMetrics.horizontalAdvance("100.0%") + 48, option.fontMetrics.height() + 8)


def paint_bar(painter: QPainter, cell: QRectF, share: float, *, track: QColor, fill: QColor) -> None:
    """Paint a progress bar into the middle of a cell."""
    height = round(cell.height() * _BAR_HEIGHT)
    bar = QRectF(
        cell.left() + BAR_SIDE, cell.top() + (cell.height() - height) // 2, cell.width() - 2 * BAR_SIDE, height
    )
    if bar.width() <= 0:
        return
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(_faded(track, _TRACK_OPACITY))
    painter.drawRoundedRect(bar, _BAR_RADIUS, _BAR_RADIUS)
    if share > 0:  # the same rounded shape, cut off where the share ends
        painter.setBrush(_faded(fill, _BAR_OPACITY))
        painter.setClipRect(bar.adjusted(0, 0, -bar.width() * (1 - min(share, 1.0)), 0), Qt.ClipOperation.IntersectClip)
        painter.drawRoundedRect(bar, _BAR_RADIUS, _BAR_RADIUS)
        painter.setClipRect(cell)


def _faded(color: QColor, opacity: float) -> QColor:
    faded = QColor(color)
    faded.setAlphaF(opacity)
    return faded
