"""How the cells of a file tree are painted: arrow, check box, icon and name; progress as a bar."""

from __future__ import annotations

from PySide6.QtCore import QAbstractItemModel, QPoint, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QIcon, QPainter, QPalette
from PySide6.QtWidgets import QAbstractItemView, QLineEdit, QStyle, QStyleOptionViewItem, QTableView, QWidget

from qbt_remote.model.files.nodes import Folder, Node
from qbt_remote.model.files.tree_model import FileTreeModel
from qbt_remote.model.i18n import tr
from qbt_remote.ui.kit.icons import icon
from qbt_remote.ui.kit.theme import is_dark, state_color
from qbt_remote.ui.table.delegates import CellDelegate, Index, paint_bar

_STEP = 16
_DEEPEST = 24
"""Of deeper levels the size hint knows nothing."""
_ICON, _GAP = 16, 4
_State, _Element = QStyle.StateFlag, QStyle.PrimitiveElement


def _node(index: Index) -> Node:
    model = index.model()
    assert isinstance(model, FileTreeModel)
    return model.node(index.row())


class NameDelegate(CellDelegate):
    """The first column.  What lies where is the same for painting, clicking and editing."""

    typed = Signal(object, str)
    """A node and its new name; to be taken up when the editor is closed, since the rows may go with it."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._folder, self._file = icon("folder"), icon("file")
        self._editor: QLineEdit | None = None

    def part_at(self, view: QTableView, index: Index, where: QPoint) -> str:
        """Say what lies at a point of the viewport: "arrow", "check" or ""."""
        if view.itemDelegateForIndex(index) is not self:
            return ""
        arrow, check, _icon, _text = self._places(view, view.visualRect(index), _node(index))
        if arrow.contains(where):
            return "arrow"
        return "check" if check.contains(where) else ""

    def _places(self, view: QWidget | None, cell: QRect, node: Node) -> tuple[QRect, QRect, QRect, QRect]:
        """Where arrow, check box, icon and text are."""
        assert view is not None
        style, direction = view.style(), view.layoutDirection()
        model = view.model() if isinstance(view, QTableView) else None
        checkable = isinstance(model, FileTreeModel) and model.checkable
        side = style.pixelMetric(QStyle.PixelMetric.PM_IndicatorWidth) if checkable else 0
        # half of the column is for the name, however deep it lies
        x, places = cell.left() + min(node.level * _STEP, cell.width() // 2), []
        for width, inside in ((_STEP, _STEP), (side + _GAP if side else 0, side), (_ICON + _GAP, _ICON)):
            box = QRect(x, cell.top() + (cell.height() - inside) // 2, inside, inside)
            places.append(style.visualRect(direction, cell, box))
            x += width
        text = QRect(x, cell.top(), max(cell.right() - x, 0), cell.height())
        return (*places, style.visualRect(direction, cell, text))  # type: ignore[return-value]  # four

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        node, view, style = _node(index), option.widget, option.widget.style()
        arrow, check, picture, text = self._places(view, option.rect, node)
        selected = bool(option.state & _State.State_Selected)
        style.drawPrimitive(_Element.PE_PanelItemViewItem, option, painter, view)
        painter.save()
        painter.setClipRect(option.rect)
        own = QStyleOptionViewItem(option)
        if isinstance(node, Folder):
            own.rect = arrow
            own.state = (option.state & ~_State.State_HasFocus) | _State.State_Children
            own.state |= _State.State_Open if node.expanded else _State.State_None
            style.drawPrimitive(_Element.PE_IndicatorBranch, own, painter, view)
        own.rect = check
        own.state = option.state & ~_State.State_HasFocus
        own.state |= {True: _State.State_On, False: _State.State_Off, None: _State.State_NoChange}[node.wanted]
        if check.width():
            style.drawPrimitive(_Element.PE_IndicatorItemViewItemCheck, own, painter, view)
        mode = QIcon.Mode.Selected if selected else QIcon.Mode.Normal
        (self._folder if isinstance(node, Folder) else self._file).paint(
            painter, picture, Qt.AlignmentFlag.AlignCenter, mode
        )
        self._paint_text(painter, option, index, text)
        painter.restore()

    def _paint_text(self, painter: QPainter, option: QStyleOptionViewItem, index: Index, place: QRect) -> None:
        selected = bool(option.state & _State.State_Selected)
        role = QPalette.ColorRole.HighlightedText if selected else QPalette.ColorRole.Text
        dim: QColor | None = None if selected else index.data(Qt.ItemDataRole.ForegroundRole)
        painter.setPen(dim or option.palette.color(role))
        painter.setFont(option.font)
        words = option.fontMetrics.elidedText(index.data(), Qt.TextElideMode.ElideMiddle, place.width())
        if option.direction == Qt.LayoutDirection.RightToLeft:
            words = f"\u2068{words}\u2069"  # the name keeps its own order
        painter.drawText(place, int(Qt.AlignmentFlag.AlignLeading | Qt.AlignmentFlag.AlignVCenter), words)

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        before = min(_node(index).level, _DEEPEST) * _STEP + _STEP + 2 * (_ICON + _GAP)
        return super().sizeHint(option, index) + QSize(before, 0)

    # editing

    def createEditor(self, parent: QWidget, option: QStyleOptionViewItem, index: Index) -> QWidget:
        editor = QLineEdit(parent)
        editor.setAccessibleName(tr("Name"))
        self._editor = editor
        return editor

    def setEditorData(self, editor: QWidget, index: Index) -> None:
        assert isinstance(editor, QLineEdit)
        editor.setText(_node(index).name)

    def select_stem(self, index: Index) -> None:
        """Of the name that is being edited select all but the extension."""
        node = _node(index)
        stem = "" if isinstance(node, Folder) else node.name.rpartition(".")[0]
        if self._editor is not None and stem:
            self._editor.setSelection(0, len(stem))

    def setModelData(self, editor: QWidget, model: QAbstractItemModel, index: Index) -> None:
        assert isinstance(editor, QLineEdit)
        if editor.text() != _node(index).name:
            self.typed.emit(_node(index), editor.text())

    def updateEditorGeometry(self, editor: QWidget, option: QStyleOptionViewItem, index: Index) -> None:
        place = self._places(option.widget, option.rect, _node(index))[3]
        view = option.widget
        if isinstance(view, QAbstractItemView):
            place.setWidth(max(place.width(), min(160, view.viewport().width() - place.left())))
        editor.setGeometry(place)


class FileProgressDelegate(CellDelegate):
    """A bar in the colour of what happens to the file, and the percentage over it."""

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        node, view = _node(index), option.widget
        selected = bool(option.state & _State.State_Selected)
        view.style().drawPrimitive(_Element.PE_PanelItemViewItem, option, painter, view)
        role = QPalette.ColorRole.HighlightedText if selected else QPalette.ColorRole.Text
        ink = option.palette.color(role)
        share: float = node.progress  # type: ignore[attr-defined]  # files and folders have it
        state = "stopped" if not node.priority else "seeding" if share >= 1 else "downloading"
        fill = ink if selected else state_color(state, is_dark(option.palette))
        painter.save()
        paint_bar(painter, QRectF(option.rect), share, track=ink, fill=fill)
        dim: QColor | None = None if selected else index.data(Qt.ItemDataRole.ForegroundRole)
        painter.setPen(dim or ink)
        painter.setFont(option.font)
        painter.drawText(option.rect.adjusted(0, 0, 0, -1), Qt.AlignmentFlag.AlignCenter, index.data())
        painter.restore()

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        return QSize(option.fontMetrics.horizontalAdvance("100.0%") + 48, option.fontMetrics.height() + 8)
