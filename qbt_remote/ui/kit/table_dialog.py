"""A dialog with two columns to read, as the list of shortcuts."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableWidget, QTableWidgetItem, QWidget

from qbt_remote.ui.kit.dialogs import Dialogs, FormDialog
from qbt_remote.ui.kit.plain_text import clean
from qbt_remote.ui.kit.theme import in_stripes


async def show_table(dialogs: Dialogs, title: str, heads: tuple[str, str], rows: Iterable[tuple[str, str]]) -> None:
    """Show it until it is closed."""
    await dialogs.ask(TableDialog(dialogs.parent, title, heads, list(rows)))


class TableDialog(FormDialog):
    """Two columns to read."""

    def __init__(
        self, parent: QWidget | None, title: str, heads: tuple[str, str], rows: Sequence[tuple[str, str]]
    ) -> None:
        super().__init__(parent, title)
        self.only_close()
        table = QTableWidget(len(rows), 2, self)
        table.setHorizontalHeaderLabels(list(heads))
        table.verticalHeader().hide()
        table.setShowGrid(False)
        in_stripes(table)
        table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        table.setAccessibleName(title)
        for row, texts in enumerate(rows):
            for column, text in enumerate(texts):
                table.setItem(row, column, QTableWidgetItem(clean(text)))
        table.horizontalHeader().setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        table.horizontalHeader().setSectionResizeMode(1, QHeaderView.ResizeMode.ResizeToContents)
        table.horizontalHeader().setDefaultAlignment(Qt.AlignmentFlag.AlignLeft)
        self.column.insertWidget(0, table, 1)
        self.resize(520, 560)
