"""The sidebar: one pick per section makes the filter of the table."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from PySide6.QtCore import QEvent, QItemSelectionModel, QModelIndex, QPersistentModelIndex, QRect, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFont, QHelpEvent, QKeyEvent, QMouseEvent, QPainter, QPalette
from PySide6.QtWidgets import (
    QAbstractItemView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QToolTip,
    QTreeView,
    QWidget,
)

from qbt_remote.model.i18n import tr
from qbt_remote.model.sidebar import COUNT_ROLE, ICON_ROLE, SECTIONS, Entry, SidebarModel
from qbt_remote.ui.icons import icon
from qbt_remote.ui.plain import tip

Index = QModelIndex | QPersistentModelIndex
_Flag = QItemSelectionModel.SelectionFlag


class Sidebar(QTreeView):
    """Sections of entries with live counts; in each section one entry is picked, at first "All"."""

    picked = Signal(str, object)
    """(section id, key or None for "All"), when the user picked another entry."""
    menu_wanted = Signal(str, object, object)
    """(section id, key, global position): the user asked for the menu of an entry."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._model = SidebarModel(self)
        self._picks: dict[str, str | None] = {section.id: None for section in SECTIONS}
        self._unfolded: set[tuple[str, str | None]] = {(section.id, None) for section in SECTIONS}
        self.setModel(self._model)
        self.setItemDelegate(_EntryDelegate(self))
        self.setHeaderHidden(True)
        self.setUniformRowHeights(True)
        self.setIndentation(14)
        self.setExpandsOnDoubleClick(True)
        self.setSelectionMode(QAbstractItemView.SelectionMode.NoSelection)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.setAccessibleName(tr("Filters"))
        self.setFrameShape(self.Shape.NoFrame)
        self.customContextMenuRequested.connect(self._ask_menu)
        self.expanded.connect(lambda index: self._note_fold(index, unfolded=True))
        self.collapsed.connect(lambda index: self._note_fold(index, unfolded=False))
        self._model.filled.connect(self._restore)
        for section in SECTIONS:
            self._restore(section.id)
            self.expand(self._model.index([s.id for s in SECTIONS].index(section.id), 0))

    def sizeHint(self) -> QSize:
        return QSize(228, super().sizeHint().height())

    def picks(self) -> dict[str, str | None]:
        """Section id to the picked key, None where everything is shown."""
        return dict(self._picks)

    def pick(self, section_id: str, key: str | None) -> None:
        """Pick an entry as if the user had; an entry that is not there picks "All"."""
        if not self._model.find(section_id, key).isValid():
            key = None
        if self._picks[section_id] == key:
            return
        self._select(section_id, self._picks[section_id], on=False)
        self._picks[section_id] = key
        self._select(section_id, key, on=True)
        self.picked.emit(section_id, key)

    def pick_all(self) -> None:
        """Take every pick back."""
        for section in SECTIONS:
            self.pick(section.id, None)

    def fill(self, section_id: str, entries: Iterable[Entry]) -> bool:
        return self._model.fill(section_id, entries)

    def set_counts(
        self, section_id: str, counts: Mapping[str, int], total: int, keys: Iterable[str] | None = None
    ) -> None:
        self._model.set_counts(section_id, counts, total, keys)

    def _select(self, section_id: str, key: str | None, *, on: bool) -> None:
        index = self._model.find(section_id, key)
        if index.isValid():
            self.selectionModel().select(index, _Flag.Select if on else _Flag.Deselect)

    def _restore(self, section_id: str) -> None:
        """After a section has new rows: show its pick, unfold what was unfolded."""
        if not self._model.find(section_id, self._picks[section_id]).isValid():
            self._picks[section_id] = None
            self.picked.emit(section_id, None)
        self._select(section_id, self._picks[section_id], on=True)
        for section, key in list(self._unfolded):
            if section == section_id and key is not None:
                self.setExpanded(self._model.find(section, key), True)

    def _note_fold(self, index: QModelIndex, *, unfolded: bool) -> None:
        node = self._model.node(index)
        if node is not None and not node.title:
            (self._unfolded.add if unfolded else self._unfolded.discard)((node.section.id, node.key))

    def _pick_index(self, index: Index) -> None:
        node = self._model.node(index)
        if node is not None and not node.title:
            self.pick(node.section.id, node.key)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        super().mousePressEvent(event)
        index = self.indexAt(event.position().toPoint())
        if event.button() != Qt.MouseButton.LeftButton or not index.isValid():
            return
        node = self._model.node(index)
        if node is not None and node.title and event.position().x() > self.indentation():
            self.setExpanded(index, not self.isExpanded(index))
        elif event.position().x() >= self.visualRect(index).left():
            self._pick_index(index)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        before = self.currentIndex()
        super().keyPressEvent(event)
        index = self.currentIndex()
        if index != before or event.key() in (Qt.Key.Key_Space, Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._pick_index(index)

    def drawRow(self, painter: QPainter, options: QStyleOptionViewItem, index: Index) -> None:
        """Keep the view from filling the row itself; the delegate tints what is picked."""
        palette = QPalette(options.palette)
        palette.setBrush(QPalette.ColorRole.Highlight, Qt.GlobalColor.transparent)
        row = QStyleOptionViewItem(options)
        row.palette = palette
        super().drawRow(painter, row, index)

    def _ask_menu(self, where: object) -> None:
        index = self.indexAt(where)  # type: ignore[arg-type]  # a QPoint, by the signal
        node = self._model.node(index)
        if node is not None and not node.title:
            self.menu_wanted.emit(node.section.id, node.key, self.viewport().mapToGlobal(where))  # type: ignore[call-overload]


class _EntryDelegate(QStyledItemDelegate):
    """Paints an entry as the style does, its icon from the theme and its count dimmed at the right."""

    def __init__(self, view: Sidebar) -> None:
        super().__init__(view)
        self._view = view

    def initStyleOption(self, option: QStyleOptionViewItem, index: Index) -> None:
        super().initStyleOption(option, index)
        if index.data(COUNT_ROLE) is None:
            option.font.setWeight(QFont.Weight.DemiBold)
            option.font.setCapitalization(QFont.Capitalization.SmallCaps)
            return
        option.icon = icon(index.data(ICON_ROLE), option.palette.color(QPalette.ColorRole.Text))
        option.decorationSize = QSize(16, 16)
        option.features |= QStyleOptionViewItem.ViewItemFeature.HasDecoration

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        return QSize(super().sizeHint(option, index).width(), option.fontMetrics.height() + 8)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        count = index.data(COUNT_ROLE)
        if count is None:
            super().paint(painter, option, index)
            return
        shown = QStyleOptionViewItem(option)
        self.initStyleOption(shown, index)
        style = shown.widget.style()
        text = shown.text
        number = f"{count}"
        space = shown.fontMetrics.horizontalAdvance(number) + 14
        shown.text = ""
        self._paint_pick(painter, shown)
        style.drawControl(QStyle.ControlElement.CE_ItemViewItem, shown, painter, shown.widget)
        room = self._text_rect(shown, space)
        painter.save()
        painter.setPen(shown.palette.color(QPalette.ColorRole.Text))
        elided = shown.fontMetrics.elidedText(text, Qt.TextElideMode.ElideRight, room.width())
        painter.drawText(room, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, elided)
        painter.setPen(shown.palette.color(QPalette.ColorRole.PlaceholderText))
        end = QStyle.visualRect(shown.direction, shown.rect, shown.rect.adjusted(0, 0, -8, 0))
        painter.drawText(end, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight, number)
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
        if event.type() != QEvent.Type.ToolTip or index.data(COUNT_ROLE) is None:
            return super().helpEvent(event, view, option, index)
        shown = QStyleOptionViewItem(option)
        self.initStyleOption(shown, index)
        space = shown.fontMetrics.horizontalAdvance(f"{index.data(COUNT_ROLE)}") + 14
        cut = shown.fontMetrics.horizontalAdvance(shown.text) > self._text_rect(shown, space).width()
        QToolTip.showText(event.globalPos(), tip(shown.text) if cut else "", view)
        return True

    def _paint_pick(self, painter: QPainter, option: QStyleOptionViewItem) -> None:
        """Tint a picked row: five full highlights, one a section, would outshine the table."""
        if not option.state & QStyle.StateFlag.State_Selected:
            return
        option.state &= ~QStyle.StateFlag.State_Selected
        tint = QColor(option.widget.palette().color(QPalette.ColorRole.Highlight))
        tint.setAlphaF(0.28)
        bar = QRect(0, option.rect.top(), painter.window().width(), option.rect.height())
        painter.fillRect(bar, tint)
        tint.setAlphaF(1.0)
        edge = QRect(0, bar.top(), 3, bar.height())
        painter.fillRect(QStyle.visualRect(option.direction, bar, edge), tint)
