"""The sidebar: what is picked in its sections makes the filter of the table.

A click picks one entry of a section, with Ctrl more of them; with Shift or Alt it is left out (many window managers
keep Alt for themselves), as with the button that an entry has under the pointer.  The keys do the same: Space,
Ctrl+Space, Shift+Space.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from PySide6.QtCore import (
    QEvent,
    QItemSelectionModel,
    QModelIndex,
    QPersistentModelIndex,
    QPoint,
    QRect,
    QSize,
    Qt,
    Signal,
)
from PySide6.QtGui import (
    QContextMenuEvent,
    QCursor,
    QEnterEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPalette,
    QPixmap,
)
from PySide6.QtWidgets import QAbstractItemView, QStyleOptionViewItem, QTreeView, QWidget

from qbt_remote.model.i18n import tr
from qbt_remote.model.sidebar import COUNT_ROLE, EVERY_ROLE, SECTIONS, VIEWS, Entry, EntryNode, SidebarModel
from qbt_remote.sync.filtering.filters import Pick, only
from qbt_remote.ui.filtering.entry_delegate import EntryDelegate, RowPictures, excludable, room_for
from qbt_remote.ui.filtering.folds import Folds

Index = QModelIndex | QPersistentModelIndex
_Flag = QItemSelectionModel.SelectionFlag
_Key, _Modifier = Qt.Key, Qt.KeyboardModifier
_MOST_NEW_PICTURES = 8
"""In one paint: making one takes twice as long as painting the row; all would make the first paint 10 ms longer."""
_CRITERIA = [section.id for section in SECTIONS if section.id != VIEWS]


class Sidebar(QTreeView):
    """Sections of entries with live counts; a section in which nothing is picked shows "All" as picked."""

    picked = Signal()
    """Other entries are picked or left out than before."""
    view_wanted = Signal(object)
    """The user chose a saved view, by its name; None for all torrents."""
    menu_wanted = Signal(str, object, object)
    """(section id, key, global position): the user asked for the menu of an entry; None for "All"."""
    section_menu_wanted = Signal(str, object)
    """(section id, global position): for the menu of a heading; of the sidebar itself where nothing is ("")."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._model = SidebarModel(self)
        self._unwanted: frozenset[str] = frozenset()
        self._absent: set[str] = set()
        self.setModel(self._model)
        self._delegate, self.pictures = EntryDelegate(self), RowPictures()
        self._pointed_at, self._left_to_keep = -1, 0
        self._with_button: set[EntryNode] = set()
        """The entries that show the button by which they are left out: that under the pointer, and that of the keys."""
        self.setItemDelegate(self._delegate)
        self.setHeaderHidden(True)
        self.setUniformRowHeights(True)
        self.setIndentation(14)
        self.setExpandsOnDoubleClick(True)
        self.setSelectionMode(QAbstractItemView.SelectionMode.NoSelection)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setAccessibleName(tr("Filters"))
        self.setFrameShape(self.Shape.NoFrame)
        self.folds = Folds(self, self._model)
        self._model.filled.connect(self._restore)
        for section in SECTIONS:
            self._show_pick(section.id)
            self.setExpanded(self._model.title(section.id), not section.folded)

    def dataChanged(self, first: Index, last: Index, roles: Sequence[int] = ()) -> None:
        """Repaint; of a range Qt would look for both ends among all rows, 70 ms of the first 10,000 categories."""
        if first == last:
            super().dataChanged(first, last, roles)
        else:
            self.viewport().update()

    def sizeHint(self) -> QSize:
        return QSize(228, super().sizeHint().height())

    # what is picked

    def picks(self) -> dict[str, Pick]:
        """Give what is picked, by the section's id, without the sections where nothing is."""
        return {id: pick for id in _CRITERIA if (pick := self._model.pick(id))}

    def set_picks(self, picks: Mapping[str, Pick]) -> None:
        """Pick all this and nothing else, as if the user had; sections that are not known are passed over."""
        changed = [id for id in _CRITERIA if picks.get(id, Pick()) != self._model.pick(id)]
        for id in changed:
            self._set_pick(id, picks.get(id, Pick()))
        if changed:
            self.picked.emit()
        for id in changed:  # by now, what is picked has an entry
            self._reveal(id)

    def pick(self, section_id: str, key: str | None) -> None:
        """Pick one entry as if the user had; an entry that is not there picks "All"."""
        if section_id == VIEWS:
            self.view_wanted.emit(key)
            return
        there = self._model.find(section_id, key).isValid()
        self._change(section_id, only(key if there else None))

    def toggle(self, section_id: str, key: str | None, *, unwanted: bool = False) -> None:
        """Add an entry to what is wanted (or left out), or take it back; "All" takes back everything."""
        if section_id == VIEWS or key is None:
            self.pick(section_id, key)
            return
        pick, own = self._model.pick(section_id), frozenset((key,))
        there = key in (pick.unwanted if unwanted else pick.wanted)
        wanted, left_out = pick.wanted - own, pick.unwanted - own
        if not there:
            wanted, left_out = (wanted, left_out | own) if unwanted else (wanted | own, left_out)
        self._change(section_id, Pick(wanted, left_out, pick.every))

    def set_every(self, section_id: str, every: bool) -> None:
        """Show torrents that are of all that is picked in a section, or of any."""
        self._change(section_id, self._model.pick(section_id)._replace(every=every))

    def pick_of(self, section_id: str) -> Pick:
        return self._model.pick(section_id)

    def text_of(self, section_id: str, key: str) -> str:
        """Give the text of an entry; of one that is not there, its key."""
        node = self._model.node(self._model.find(section_id, key))
        return node.text if node is not None else key

    def with_picked(self, section_id: str, keys: Iterable[str]) -> set[str]:
        """Give the keys and what is picked: while it is, it has an entry, whether a torrent is of it or not."""
        pick, given = self._model.pick(section_id), set(keys)
        given.update(pick.wanted, pick.unwanted)
        given.discard("")
        return given

    def lacks_picked(self) -> bool:
        """Whether something is picked that has no entry."""
        return any(
            not self._model.find(id, key).isValid()
            for id, pick in self.picks().items()
            for key in pick.wanted | pick.unwanted
        )

    def current_entry(self) -> tuple[str, str | None] | None:
        """Give section and key of the entry that the keys act on; None on a section's title."""
        node = self._model.node(self.currentIndex())
        return None if node is None or node.title else (node.section.id, node.key)

    def show_view(self, name: str | None) -> None:
        """Mark the view that is shown: None for all torrents, "" if it is no view."""
        self._set_pick(VIEWS, only(name))

    def _change(self, section_id: str, pick: Pick) -> None:
        if pick != self._model.pick(section_id):
            self._set_pick(section_id, pick)
            self.picked.emit()

    def _set_pick(self, section_id: str, pick: Pick) -> None:
        self._show_pick(section_id, on=False)
        self._model.set_pick(section_id, pick)
        self._show_pick(section_id)
        if section_id in self._unwanted:
            self._show_or_hide(section_id)

    def _show_pick(self, section_id: str, *, on: bool = True) -> None:
        for key in self._model.pick(section_id).wanted or (None,):
            index = self._model.find(section_id, key)
            if index.isValid():
                self.selectionModel().select(index, _Flag.Select if on else _Flag.Deselect)

    def _reveal(self, section_id: str) -> None:
        """Unfold what hides something that is picked or left out."""
        pick = self._model.pick(section_id)
        for key in pick.wanted | pick.unwanted:
            above = self._model.find(section_id, key).parent()
            while above.isValid():
                self.expand(above)
                above = above.parent()

    # entries

    def show_section(self, section_id: str, shown: bool) -> None:
        """Show a section that the servers have, or hide it; where something is picked it stays."""
        (self._absent.discard if shown else self._absent.add)(section_id)
        self._show_or_hide(section_id)

    def set_sections(self, order: Sequence[str], unwanted: Iterable[str]) -> None:
        """Put the sections into this order without these; where something is picked they are there all the same."""
        self._model.set_order(order)
        self._unwanted = frozenset(unwanted)
        for section_id in self._model.order():
            self._show_or_hide(section_id)

    def sections(self) -> list[str]:
        """Give the ids of the sections that can be seen, in their order."""
        rows = enumerate(self._model.order())
        return [section_id for row, section_id in rows if not self.isRowHidden(row, QModelIndex())]

    def order(self) -> list[str]:
        """Give the ids of all sections in their order."""
        return self._model.order()

    def _show_or_hide(self, section_id: str) -> None:
        pick = self._model.pick(section_id)
        picked = section_id != VIEWS and bool(pick.wanted or pick.unwanted)
        hidden = section_id in self._absent or section_id in self._unwanted
        self.setRowHidden(self._model.title(section_id).row(), QModelIndex(), hidden and not picked)

    def fill(self, section_id: str, entries: Iterable[Entry], more: int = 0) -> bool:
        return self._model.fill(section_id, entries, more)

    def set_counts(
        self, section_id: str, counts: Mapping[str, int], total: int, keys: Iterable[str] | None = None
    ) -> None:
        self._model.set_counts(section_id, counts, total, keys)

    def _restore(self, section_id: str) -> None:
        """After a section has new rows: show its pick without what has gone, unfold what was unfolded."""
        self._with_button.clear()
        pick = self._model.pick(section_id)
        gone = {key for key in pick.wanted | pick.unwanted if not self._model.find(section_id, key).isValid()}
        if gone:
            self._model.set_pick(section_id, pick._replace(wanted=pick.wanted - gone, unwanted=pick.unwanted - gone))
        self._show_pick(section_id)
        self.folds.unfold(section_id)
        if gone and section_id != VIEWS:
            self.picked.emit()

    # mouse and keys

    def mousePressEvent(self, event: QMouseEvent) -> None:
        super().mousePressEvent(event)
        where = event.position().toPoint()
        index = self.indexAt(where)
        node = self._model.node(index)
        if node is None:
            return
        left, modifiers = event.button() == Qt.MouseButton.LeftButton, event.modifiers()
        if node.title:
            if left:
                self._press_title(node, index, where)
        elif event.button() == Qt.MouseButton.RightButton:
            if modifiers & _Modifier.ControlModifier:
                self.toggle(node.section.id, node.key, unwanted=True)
        elif left and node in self._with_button and self.button_box(index).contains(where):
            self.toggle(node.section.id, node.key, unwanted=True)
        elif left and self._beside_arrow(index, where):
            self._take(node, modifiers)

    def button_box(self, index: QModelIndex) -> QRect:
        """Where an entry has the button by which it is left out, while it is shown."""
        option = QStyleOptionViewItem()
        self.initViewItemOption(option)
        option.rect = self.visualRect(index)
        return self._delegate.button_box(option, index.data(COUNT_ROLE))

    def _beside_arrow(self, index: QModelIndex, where: QPoint) -> bool:
        """Is this where the entry is, and not what unfolds it?"""
        box = self.visualRect(index)
        return where.x() <= box.right() if self.isRightToLeft() else where.x() >= box.left()

    def _press_title(self, node: EntryNode, index: QModelIndex, where: QPoint) -> None:
        every = index.data(EVERY_ROLE)
        if every is not None and self._delegate.mode_box(self, index).contains(where):
            self.set_every(node.section.id, not every)
        elif self._beside_arrow(index, where):
            self.setExpanded(index, not self.isExpanded(index))

    def _take(self, node: EntryNode, modifiers: Qt.KeyboardModifier) -> None:
        section, key = node.section.id, node.key
        if modifiers & (_Modifier.ShiftModifier | _Modifier.AltModifier):
            self.toggle(section, key, unwanted=True)
        elif modifiers & _Modifier.ControlModifier:
            self.toggle(section, key)
        else:
            self.pick(section, key)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        before, modifiers = self.currentIndex(), event.modifiers()
        pressed = event.key() in (_Key.Key_Space, _Key.Key_Return, _Key.Key_Enter)
        node = self._model.node(before)
        if pressed and node is not None:
            if event.isAutoRepeat():
                return
            if node.title:
                self.setExpanded(before, not self.isExpanded(before))
            else:
                self._take(node, modifiers)
            return
        super().keyPressEvent(event)
        node = self._model.node(self.currentIndex())
        moved = self.currentIndex() != before and not modifiers & _Modifier.ControlModifier
        # a view brings other columns with it: it is shown when it is asked for, not in passing
        if moved and node is not None and not node.title and node.section.id != VIEWS:
            self.pick(node.section.id, node.key)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        keys = event.reason() == QContextMenuEvent.Reason.Keyboard
        index = self.currentIndex() if keys else self.indexAt(event.pos())
        node = self._model.node(index)
        if not keys and event.modifiers() & _Modifier.ControlModifier:
            return
        where = self.viewport().mapToGlobal(self.visualRect(index).bottomLeft() if keys else event.pos())
        if node is None or node.title:
            self.section_menu_wanted.emit(node.section.id if node else "", where)
        else:
            self.menu_wanted.emit(node.section.id, node.key, where)

    # painting

    def enterEvent(self, event: QEnterEvent) -> None:
        self.viewport().setAttribute(Qt.WidgetAttribute.WA_Hover)  # the row that is pointed at is painted anew
        super().enterEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        # not ``viewport()``: to give a plain QWidget PySide makes the classes of all widgets, 6 ms of the first paint
        pointer = self.mapFromGlobal(QCursor.pos()) - self.contentsRect().topLeft()
        self._pointed_at = pointer.y() if self.underMouse() else -1
        self._left_to_keep = _MOST_NEW_PICTURES
        super().paintEvent(event)

    def drawRow(self, painter: QPainter, options: QStyleOptionViewItem, index: Index) -> None:
        """Paint a row as it was painted before, if it is an entry and nothing but its count has changed."""
        node = self._model.node(index)
        if node is None or node.title:
            self._draw_row(painter, options, index)
            return
        box, ratio = options.rect, self.devicePixelRatioF()
        pointed_at = box.top() <= self._pointed_at <= box.bottom()  # a style may mark where the pointer is
        button = excludable(node) and (pointed_at or (self.hasFocus() and index == self.currentIndex()))
        (self._with_button.add if button else self._with_button.discard)(node)
        whole = ratio.is_integer()  # else a picture would stand beside what was painted there
        picture = self._picture(node, options, index) if whole and not pointed_at and not button else None
        if picture is None:
            self._delegate.with_button = button
            self._draw_row(painter, options, index)
            self._delegate.with_button = False
        else:
            painter.drawPixmap(box.topLeft(), picture)
        self._delegate.paint_count(painter, options, node.count)
        if button:
            self._delegate.paint_button(painter, options, index)

    def _picture(self, node: EntryNode, options: QStyleOptionViewItem, index: Index) -> QPixmap | None:
        """Give a row as it was painted before, or for the next time; None if this paint has made enough new ones."""
        size, ratio = options.rect.size(), self.devicePixelRatioF()
        look = (
            self._model.marks(node),
            room_for(node.count, options),
            self.hasFocus() and index == self.currentIndex(),
            options.state,
            size,
            ratio,
        )
        picture = self.pictures.find(node, look)
        if picture is None and self._left_to_keep:
            self._left_to_keep -= 1
            picture = QPixmap(size * ratio)
            picture.setDevicePixelRatio(ratio)
            picture.fill(self.palette().color(QPalette.ColorRole.Base))
            painter = QPainter(picture)
            painter.translate(-options.rect.topLeft())
            self._draw_row(painter, options, index)
            painter.end()
            if not self._delegate.pointed_at:  # Qt may think so of another row than we, as when rows have moved
                self.pictures.keep(node, look, picture, self.height() // size.height() + 2)
        return picture

    def _draw_row(self, painter: QPainter, options: QStyleOptionViewItem, index: Index) -> None:
        """Keep the view from filling the row itself; the delegate tints what is picked."""
        palette = QPalette(options.palette)
        palette.setBrush(QPalette.ColorRole.Highlight, Qt.GlobalColor.transparent)
        row = QStyleOptionViewItem(options)
        row.palette = palette
        super().drawRow(painter, row, index)

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        self.pictures.clear()  # palette, font, style, direction, language, window that is active no more
