"""How a person sorts and filters the queue by mouse or keys: the filter line, and the menu that is the header's."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction, QActionGroup, QKeySequence
from PySide6.QtWidgets import QHeaderView, QLineEdit, QMenu, QWidget

from qbt_remote.model.adding.queue_table import TITLES
from qbt_remote.model.i18n import tr
from qbt_remote.ui.kit.line_buttons import clearable, escape_empties, search_sign
from qbt_remote.ui.kit.plain_text import tip


class QueueFilter(QLineEdit):
    """Down and Enter go on to the table; Escape empties it first."""

    def __init__(self, table: QWidget, parent: QWidget) -> None:
        super().__init__(parent)
        self.setPlaceholderText(tr("Filter"))
        self.setToolTip(tip(tr("Shows the rows whose name contains all of these words (Ctrl+F)")))
        self.setAccessibleName(tr("Filter what is waiting to be added"))
        self.setMaximumWidth(320)
        clearable(self)
        search_sign(self)
        escape_empties(self)
        onwards = QAction(self)
        onwards.setShortcuts([QKeySequence(Qt.Key.Key_Down), QKeySequence(Qt.Key.Key_Return)])
        onwards.setShortcutContext(Qt.ShortcutContext.WidgetShortcut)
        onwards.triggered.connect(table.setFocus)
        self.addAction(onwards)


def sort_menu(header: QHeaderView, parent: QWidget) -> QMenu:
    """Make a menu that does what a click on a column's title does; the same column once more turns the order round."""
    menu = QMenu(tr("Sort &by"), parent)
    group = QActionGroup(menu)
    for column, title in (*enumerate(TITLES), (-1, "")):
        action = menu.addAction(tr(title) if title else tr("Order of the queue"))
        action.setCheckable(True)
        action.setData(column)
        group.addAction(action)
        action.triggered.connect(partial(_sort, header, column))
    menu.aboutToShow.connect(partial(_check, header, group))
    return menu


def _sort(header: QHeaderView, column: int, _checked: bool = False) -> None:
    again = column == header.sortIndicatorSection() and header.sortIndicatorOrder() == Qt.SortOrder.AscendingOrder
    header.setSortIndicator(column, Qt.SortOrder.DescendingOrder if again else Qt.SortOrder.AscendingOrder)


def _check(header: QHeaderView, group: QActionGroup) -> None:
    for action in group.actions():
        action.setChecked(action.data() == header.sortIndicatorSection())
