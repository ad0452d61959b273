"""How an entry of the sidebar is painted: icon, text, and its count at the right.

A poll changes many counts and little else.  An entry is a tree's row, for which Qt asks its model 40
questions, so each is kept as a picture without its count, which is written onto it: 13.8 ms -> 3 ms for all.
"""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QEvent, QModelIndex, QPersistentModelIndex, QRect, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontMetrics, QHelpEvent, QPainter, QPalette, QPixmap
from PySide6.QtWidgets import QAbstractItemView, QStyle, QStyledItemDelegate, QStyleOptionViewItem, QToolTip, QTreeView

from qbt_remote.model import text
from qbt_remote.model.i18n import tr
from qbt_remote.model.sidebar import COUNT_ROLE, EVERY_ROLE, ICON_ROLE, UNWANTED_ROLE, VIEWS, EntryNode, any_or_all
from qbt_remote.ui.kit.icons import icon
from qbt_remote.ui.kit.plain_text import clean, tip
from qbt_remote.ui.kit.theme import faint

Index = QModelIndex | QPersistentModelIndex
_MARGIN, _GAP = 8, 14
_BUTTON = 20
"""How wide the button is that leaves an entry out."""


class RowPictures:
    """The rows that are in view as they were painted last, without their counts."""

    def __init__(self) -> None:
        self._kept: dict[EntryNode, tuple[tuple[Any, ...], QPixmap]] = {}

    def __len__(self) -> int:
        return len(self._kept)

    def clear(self) -> None:
        self._kept.clear()

    def find(self, node: EntryNode, look: tuple[Any, ...]) -> QPixmap | None:
        """Give the picture of this row, None if there is none, or one of another look."""
        kept_look, picture = self._kept.get(node, (None, None))
        return picture if kept_look == look else None

    def keep(self, node: EntryNode, look: tuple[Any, ...], picture: QPixmap, most: int) -> None:
        """Keep no more than so many, of which the oldest goes."""
        self._kept.pop(node, None)
        while len(self._kept) >= most:
            del self._kept[next(iter(self._kept))]
        self._kept[node] = look, picture


class EntryDelegate(QStyledItemDelegate):
    """Paints an entry as the style does, with its icon from the theme; its count is painted apart."""

    pointed_at = False
    """Did the entry that was painted last have the pointer on it?"""
    with_button = False
    """Shall the entry that is painted next leave room for the button?"""

    def initStyleOption(self, option: QStyleOptionViewItem, index: Index) -> None:
        super().initStyleOption(option, index)
        if index.data(COUNT_ROLE) is None:
            if index.flags() & Qt.ItemFlag.ItemNeverHasChildren:  # what says how many are not listed
                option.palette.setColor(QPalette.ColorRole.Text, faint(option.palette))
            else:
                option.font.setWeight(QFont.Weight.DemiBold)
                option.font.setCapitalization(QFont.Capitalization.SmallCaps)
            return
        unwanted = index.data(UNWANTED_ROLE)
        shown = "exclude" if unwanted else index.data(ICON_ROLE)
        option.text = clean(option.text)
        option.font.setStrikeOut(unwanted)
        option.icon = icon(shown, option.palette.color(QPalette.ColorRole.Text))
        option.decorationSize = QSize(16, 16)
        option.features |= QStyleOptionViewItem.ViewItemFeature.HasDecoration

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        return QSize(super().sizeHint(option, index).width(), option.fontMetrics.height() + 8)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        count = index.data(COUNT_ROLE)
        if count is None:
            super().paint(painter, option, index)
            self._paint_mode(painter, option, index)
            return
        self.pointed_at = bool(option.state & QStyle.StateFlag.State_MouseOver)
        shown = QStyleOptionViewItem(option)
        self.initStyleOption(shown, index)
        style = shown.widget.style()
        text = shown.text
        space = room_for(count, shown)
        shown.text = ""
        self._paint_pick(painter, shown)
        style.drawControl(QStyle.ControlElement.CE_ItemViewItem, shown, painter, shown.widget)
        room = self._text_rect(shown, space + _BUTTON * self.with_button)
        painter.save()
        ink = shown.palette.color(QPalette.ColorRole.Text)
        painter.setPen(faint(shown.palette) if shown.font.strikeOut() else ink)
        painter.setFont(shown.font)
        cut = Qt.TextElideMode.ElideMiddle if text[:1] in "/\\" else Qt.TextElideMode.ElideRight  # a path
        elided = shown.fontMetrics.elidedText(text, cut, room.width())
        painter.setLayoutDirection(Qt.LayoutDirection.LayoutDirectionAuto)  # a name goes as it is written
        painter.drawText(room, _aligned(Qt.AlignmentFlag.AlignLeft, shown), elided)
        painter.restore()

    def paint_count(self, painter: QPainter, option: QStyleOptionViewItem, count: int) -> None:
        """Write the count into its row."""
        end = QStyle.visualRect(option.direction, option.rect, option.rect.adjusted(0, 0, -_MARGIN, 0))
        painter.save()
        painter.setPen(option.palette.color(QPalette.ColorRole.PlaceholderText))
        painter.setFont(option.font)
        painter.drawText(end, _aligned(Qt.AlignmentFlag.AlignRight, option), text.number(count))
        painter.restore()

    def button_box(self, option: QStyleOptionViewItem, count: int) -> QRect:
        """Where the button is: before the count."""
        row = option.rect
        box = QRect(row.right() - room_for(count, option) - _BUTTON, row.top(), _BUTTON, row.height())
        return QStyle.visualRect(option.direction, row, box)

    def paint_button(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Paint what leaves the entry out at a click, or takes it in again."""
        shown = icon("reset" if index.data(UNWANTED_ROLE) else "exclude", option.palette.color(QPalette.ColorRole.Text))
        picture = QRect(0, 0, 16, 16)
        picture.moveCenter(self.button_box(option, index.data(COUNT_ROLE)).center())
        shown.paint(painter, picture)

    def mode_box(self, view: QTreeView, index: Index) -> QRect:
        """Where a section's title offers to take any or all of what is picked: beside it, however narrow that is."""
        row = view.visualRect(index)
        title = QStyleOptionViewItem()
        self.initStyleOption(title, index)
        room = row.width() - QFontMetrics(title.font).horizontalAdvance(title.text) - _MARGIN
        width = min(view.fontMetrics().horizontalAdvance(_mode_text(index)) + 2 * _MARGIN, max(0, room))
        return QStyle.visualRect(
            view.layoutDirection(), row, QRect(row.right() - width, row.top(), width, row.height())
        )

    def _paint_mode(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        if index.data(EVERY_ROLE) is None:
            return
        view = option.widget
        assert isinstance(view, QTreeView)
        painter.save()
        painter.setPen(option.palette.color(QPalette.ColorRole.Link))
        box = self.mode_box(view, index)
        shown = view.fontMetrics().elidedText(_mode_text(index), Qt.TextElideMode.ElideMiddle, box.width() - _MARGIN)
        painter.drawText(box, Qt.AlignmentFlag.AlignCenter, shown)
        painter.restore()

    def _text_rect(self, option: QStyleOptionViewItem, space: int) -> QRect:
        """Give the room for the text: after the icon, with so much space left for the count."""
        row = option.rect
        box = option.widget.style().subElementRect(QStyle.SubElement.SE_ItemViewItemText, option, option.widget)
        left = max(QStyle.visualRect(option.direction, row, box).left(), row.left() + 16 + 8)
        room = QRect(left, row.top(), max(0, row.right() - left - space), row.height())
        return QStyle.visualRect(option.direction, row, room)

    def helpEvent(self, event: QHelpEvent, view: QAbstractItemView, option: QStyleOptionViewItem, index: Index) -> bool:
        """A cut text is its own tip."""
        if event.type() != QEvent.Type.ToolTip:
            return super().helpEvent(event, view, option, index)
        if index.data(COUNT_ROLE) is None:
            asked = index.data(EVERY_ROLE) is not None
            QToolTip.showText(
                event.globalPos(), tip(tr("Click to switch between any and all of these")) if asked else "", view
            )
            return True
        shown = QStyleOptionViewItem(option)
        self.initStyleOption(shown, index)
        count = index.data(COUNT_ROLE)
        space = room_for(count, shown)
        cut = shown.fontMetrics.horizontalAdvance(shown.text) > self._text_rect(shown, space).width()
        if excludable(index.internalPointer()) and self.button_box(option, count).contains(event.pos()):
            again = tr("Do not exclude it any more (Shift+click)")
            QToolTip.showText(
                event.globalPos(), tip(again if index.data(UNWANTED_ROLE) else tr("Exclude (Shift+click)")), view
            )
            return True
        QToolTip.showText(event.globalPos(), tip(shown.text) if cut else "", view)
        return True

    def _paint_pick(self, painter: QPainter, option: QStyleOptionViewItem) -> None:
        """Tint a picked row: five full highlights, one a section, would outshine the table."""
        if not option.state & QStyle.StateFlag.State_Selected:
            return
        option.state &= ~QStyle.StateFlag.State_Selected
        tint = QColor(option.widget.palette().color(QPalette.ColorRole.Highlight))
        tint.setAlphaF(0.28)
        view = option.widget
        assert isinstance(view, QTreeView)
        bar = QRect(0, option.rect.top(), view.contentsRect().width(), option.rect.height())
        painter.save()
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(tint)  # with fillRect PySide would make the 180 presets of gradients first: 2 ms
        painter.drawRect(bar)
        tint.setAlphaF(1.0)
        painter.setBrush(tint)
        painter.drawRect(QStyle.visualRect(option.direction, bar, QRect(0, bar.top(), 3, bar.height())))
        painter.restore()


def excludable(node: EntryNode) -> bool:
    """Whether an entry stands for something that can be left out."""
    return not node.title and node.key is not None and node.section.id != VIEWS


def room_for(count: int, option: QStyleOptionViewItem) -> int:
    """Give how wide a count is, with the gap before it."""
    return option.fontMetrics.horizontalAdvance(text.number(count)) + _GAP


def _aligned(side: Qt.AlignmentFlag, option: QStyleOptionViewItem) -> Qt.AlignmentFlag:
    """Where a text stands that is at this side of a row from left to right; a picture knows no direction."""
    seen = QStyle.visualAlignment(option.direction, side | Qt.AlignmentFlag.AlignVCenter)
    return seen | Qt.AlignmentFlag.AlignAbsolute


def _mode_text(index: Index) -> str:
    return f"{any_or_all(index.data(EVERY_ROLE))} ▾"
