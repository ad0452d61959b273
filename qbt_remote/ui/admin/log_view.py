"""One log: what comes is appended to a table, which words and types narrow down."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from PySide6.QtCore import QEvent, QPoint, Qt
from PySide6.QtGui import QGuiApplication, QKeySequence, QPalette
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHBoxLayout,
    QHeaderView,
    QLineEdit,
    QMenu,
    QPushButton,
    QStackedLayout,
    QVBoxLayout,
    QWidget,
)

from qbt_remote.model.i18n import tr
from qbt_remote.model.log_table import LogColumn, LogTable
from qbt_remote.translatable import N
from qbt_remote.ui.kit.fields import CheckBox
from qbt_remote.ui.kit.icons import icon
from qbt_remote.ui.kit.line_buttons import clearable, escape_empties
from qbt_remote.ui.kit.note import PanelNote
from qbt_remote.ui.kit.plain_text import tip
from qbt_remote.ui.kit.row_table import RowTable
from qbt_remote.ui.kit.theme import alternate_base, is_dark, state_color


@dataclass(frozen=True)
class Types:
    """The types of entries: each has a box, by which it is shown or hidden, and may have a colour."""

    type_of: Callable[[Any], int]
    boxes: Sequence[tuple[int, str, str]]
    """Type, text and tip, both English."""
    colors: Mapping[int, str] = field(default_factory=dict)
    """Names of ``kit.theme.state_color``, by type."""


def _no_type(_entry: Any) -> int:
    return 0


class LogView(QWidget):
    """One log: a filter above, its table below; new entries are scrolled to while it follows."""

    def __init__(
        self, name: str, columns: Sequence[LogColumn], empty: str, types: Types | None = None, *, parent: QWidget
    ) -> None:
        """``empty`` stands in the place of the table; ``types``, if any, are those that can be hidden."""
        super().__init__(parent)
        self._empty = empty
        self._colors = types.colors if types else {}
        self.model = LogTable(columns, types.type_of if types else _no_type, self)
        self.model.tip = tip
        self.words = QLineEdit(self)
        self.words.setPlaceholderText(tr("Filter"))
        clearable(self.words)
        escape_empties(self.words)
        self.words.setAccessibleName(tr("Filter"))
        self.words.setToolTip(tip(tr("Shows only lines with all these words")))
        self.words.textChanged.connect(self._narrow)
        self.types = {type: self._box(text, help) for type, text, help in (types.boxes if types else ())}
        for box in self.types.values():
            box.toggled.connect(self._narrow)
        self.follow = self._box(N("&Follow"), N("Scroll to new lines as they come, while the last one is in view"))
        self.copy_button = QPushButton(icon("copy"), tr("&Copy"), self)
        self.copy_button.setToolTip(tip(tr("Copy the selected lines, or all that are shown")))
        self.copy_button.clicked.connect(self.copy)
        self.table = self._table(name, columns)  # made after what is above it: Tab goes in the order of making
        row = self.row = QHBoxLayout()
        """What stands above the table."""
        row.setSpacing(8)
        row.addWidget(self.words, 1)
        for widget in (*self.types.values(), self.follow, self.copy_button):
            row.addWidget(widget)
        column = QVBoxLayout(self)
        column.setContentsMargins(8, 8, 8, 8)
        column.setSpacing(8)
        column.addLayout(row)
        self._note = PanelNote(parent=self)
        self._stack = QStackedLayout()
        self._stack.addWidget(self.table)
        self._stack.addWidget(self._note)
        column.addLayout(self._stack, 1)
        self.follow.toggled.connect(self._follow)
        self._dress()

    @property
    def note(self) -> str:
        """What stands in the place of the table, or ""."""
        return self._note.text if self._stack.currentWidget() is self._note else ""

    def take(self, entries: Sequence[Any], *, anew: bool) -> None:
        """Show what has come, be it nothing; a place that somebody scrolled to stays in view."""
        bar = self.table.verticalScrollBar()
        at_the_end = anew or bar.value() == bar.maximum()
        if entries or anew:
            self.model.take(entries, anew=anew)
        self._keep_up(follow=bool(entries) and at_the_end)

    def forget(self) -> None:
        """Show nothing until the next answer: before it comes, nobody knows whether the log is empty."""
        self.model.take((), anew=True)
        self._note.set_text("")
        self._stack.setCurrentWidget(self._note)

    def copy(self) -> None:
        """Put the selected lines, or all that are shown if none is selected, on the clipboard."""
        selected = sorted(index.row() for index in self.table.selectionModel().selectedRows())
        rows = selected or range(self.model.rowCount())
        if lines := "\n".join(map(self.model.line, rows)):
            QGuiApplication.clipboard().setText(lines)

    def _box(self, text: str, help: str) -> CheckBox:
        box = CheckBox(tr(text), self)
        box.setChecked(True)
        box.setToolTip(tip(tr(help)))
        return box

    def _table(self, name: str, columns: Sequence[LogColumn]) -> RowTable:
        table = RowTable(self)
        table.setModel(self.model)
        table.setAccessibleName(name)
        table.setShowGrid(False)
        table.setWordWrap(False)
        table.setAlternatingRowColors(True)
        table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        table.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        table.setTabKeyNavigation(False)
        table.verticalHeader().hide()
        table.verticalHeader().setDefaultSectionSize(self.fontMetrics().height() + 6)
        header = table.horizontalHeader()
        header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        header.setHighlightSections(False)
        for place, column in enumerate(columns[:-1]):
            table.setColumnWidth(place, self.fontMetrics().horizontalAdvance(column.sample) + 28)
        header.setSectionResizeMode(self.model.columnCount() - 1, QHeaderView.ResizeMode.Stretch)
        self._menu = QMenu(self)
        action = self._menu.addAction(icon("copy"), tr("&Copy"))
        action.setToolTip(tip(tr("Copy the selected lines, or all that are shown")))
        action.setShortcut(QKeySequence(QKeySequence.StandardKey.Copy))
        action.setShortcutContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        action.triggered.connect(self.copy)
        table.addAction(action)
        table.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        table.customContextMenuRequested.connect(self._open_menu)
        return table

    def _open_menu(self, where: QPoint) -> None:
        self._menu.popup(self.table.viewport().mapToGlobal(where))

    def _follow(self) -> None:
        self._keep_up()

    def _narrow(self) -> None:
        hidden = frozenset(type for type, box in self.types.items() if not box.isChecked())
        self.model.narrow(self.words.text(), hidden)
        self._keep_up()

    def _keep_up(self, *, follow: bool = True) -> None:
        self._note.set_text(tr("No line matches the filter.") if self.model.narrowed else self._empty)
        self._stack.setCurrentWidget(self.table if self.model.rowCount() else self._note)
        if follow and self.follow.isChecked():
            self.table.scrollToBottom()

    def _dress(self) -> None:
        palette = self.table.palette()
        palette.setColor(QPalette.ColorRole.AlternateBase, alternate_base(self.palette()))
        self.table.setPalette(palette)
        dark = is_dark(self.palette())
        self.model.colors = {type: state_color(id, dark) for type, id in self._colors.items()}
        self.model.repaint()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange and hasattr(self, "table"):
            self._dress()
