"""The trackers of many torrents at once: their addresses with counts, and what shall become of each."""

from __future__ import annotations

import re
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from PySide6.QtCore import QEvent, QItemSelectionModel, QModelIndex, QObject, QPersistentModelIndex, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHBoxLayout,
    QHeaderView,
    QLineEdit,
    QPlainTextEdit,
    QPushButton,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableWidget,
    QTableWidgetItem,
    QWidget,
)

from qbt_remote.model import text
from qbt_remote.model.files.batch_rename import too_slow
from qbt_remote.model.i18n import tr
from qbt_remote.model.names import word_key
from qbt_remote.sync.query.expressions import TooSlow, for_replacing, replaced
from qbt_remote.ui.kit.asking import TRACKER_SCHEMES, lines_of, why_no_url
from qbt_remote.ui.kit.dialogs import TextDialog, dimmed
from qbt_remote.ui.kit.fields import CheckBox
from qbt_remote.ui.kit.note import PanelNote
from qbt_remote.ui.kit.plain_text import clean, label, tip
from qbt_remote.ui.kit.theme import faint, in_stripes, on_new_colours

URL, BECOMES, TORRENTS = range(3)
MOST_SHOWN = 5000
MOST_S = 3.0
"""What replacing with an expression may take; for 100,000 addresses it is a second (measured)."""


@dataclass(frozen=True)
class Edits:
    """``urls``: old address to the new one, "" to remove it.  ``added``: lines, an empty one begins a tier."""

    urls: Mapping[str, str] = field(default_factory=dict)
    added: Sequence[str] = ()


class _AtOnce(QStyledItemDelegate):
    """Takes over what is typed at every key: Save can be clicked while the line is open."""

    def createEditor(
        self, parent: QWidget, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> QWidget:
        editor = super().createEditor(parent, option, index)
        if isinstance(editor, QLineEdit):
            editor.textEdited.connect(lambda: self.commitData.emit(editor))
        return editor

    def setEditorData(self, editor: QWidget, index: QModelIndex | QPersistentModelIndex) -> None:
        if not (isinstance(editor, QLineEdit) and editor.text() == index.data()):  # else the cursor goes to the end
            super().setEditorData(editor, index)


class TrackersDialog(TextDialog):
    """Edit an address in its row, replace a text in all of them, remove rows, add lines."""

    def __init__(self, parent: QWidget | None, title: str, counts: Mapping[str, int], *, tiers: bool, ok: str) -> None:
        super().__init__(parent, title, ok)
        self.resize(820, 560)
        self._urls = sorted(counts, key=lambda url: (-counts[url], word_key(url), url))
        self._becomes: dict[str, str] = {}
        """Only those that change; "" is removed."""
        self._table = self._make_table(counts)
        on_new_colours(self._table, self._show_all)
        self.column.insertWidget(0, self._table, 1)
        self._note = PanelNote(tr("The selected torrents have no trackers."), self)
        self.column.insertWidget(1, self._note, 1)
        self._table.setVisible(bool(self._urls))
        self._note.setHidden(bool(self._urls))
        if len(self._urls) > MOST_SHOWN:
            more = tr("Only the first {n} addresses are listed; replacing changes all.", n=text.count(MOST_SHOWN))
            self.column.insertWidget(2, dimmed(more))
        self._find, self._with = QLineEdit(self), QLineEdit(self)
        self._regex = CheckBox(tr("Regular e&xpression"), self)
        self._regex.setToolTip(tip(tr("\\1 stands for the first captured group")))
        self._add_replace_row()
        self._add_lines(tiers=tiers)
        self.first = self._table if self._urls else self._lines
        if self._urls:  # what is typed goes there
            first = self._table.model().index(0, BECOMES)
            self._table.selectionModel().setCurrentIndex(first, QItemSelectionModel.SelectionFlag.NoUpdate)
        self._judge()

    def edits(self) -> Edits:
        urls = {url: new for url, new in self._becomes.items() if new != url}
        lines = [line.strip() for line in self._lines.toPlainText().strip().splitlines()]
        return Edits(urls, lines if lines != [""] else [])

    # making

    def _make_table(self, counts: Mapping[str, int]) -> QTableWidget:
        shown = self._urls[:MOST_SHOWN]
        table = QTableWidget(len(shown), 3, self)
        table.setHorizontalHeaderLabels([tr("Tracker URL"), tr("Becomes"), tr("Torrents")])
        table.verticalHeader().hide()
        table.setShowGrid(False)
        table.setWordWrap(False)
        table.setTabKeyNavigation(False)
        in_stripes(table)
        table.setTextElideMode(Qt.TextElideMode.ElideMiddle)
        table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        table.setAccessibleName(tr("Trackers of the selected torrents"))
        table.setToolTip(tip(tr("Write in “Becomes” to change an address; Delete removes the selected ones")))
        for row, url in enumerate(shown):
            for column, cell in ((URL, clean(url)), (BECOMES, clean(url)), (TORRENTS, text.count(counts[url]))):
                item = QTableWidgetItem(cell)
                if column != BECOMES:
                    item.setFlags(item.flags() & ~Qt.ItemFlag.ItemIsEditable)
                if column == TORRENTS:
                    item.setTextAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
                else:
                    item.setToolTip(tip(url))
                table.setItem(row, column, item)
        header = table.horizontalHeader()
        header.setHighlightSections(False)
        header.setSectionResizeMode(URL, QHeaderView.ResizeMode.Stretch)
        header.setSectionResizeMode(BECOMES, QHeaderView.ResizeMode.Stretch)
        header.setSectionResizeMode(TORRENTS, QHeaderView.ResizeMode.ResizeToContents)
        header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        table.setItemDelegateForColumn(BECOMES, _AtOnce(table))
        table.itemChanged.connect(self._edited)
        table.installEventFilter(self)
        return table

    def _add_replace_row(self) -> None:
        self._find.setPlaceholderText(tr("Find"))
        self._with.setPlaceholderText(tr("Replace with"))
        for field_, name in ((self._find, tr("Find in the addresses")), (self._with, tr("Replace with"))):
            field_.setAccessibleName(name)
            field_.setToolTip(tip(name))
            field_.setMinimumWidth(field_.fontMetrics().horizontalAdvance(field_.placeholderText()) + 24)
        replace = QPushButton(tr("&Replace in all"), self)
        replace.setToolTip(tip(tr("Changes the addresses that contain the text; nothing is sent yet")))
        remove = QPushButton(tr("Re&move selected"), self)
        remove.setToolTip(tip(tr("Removes the selected addresses from the torrents that have them")))
        reset = QPushButton(tr("&Undo all"), self)
        reset.setToolTip(tip(tr("Undoes all changes made here")))
        replace.clicked.connect(self._replace)
        remove.clicked.connect(self._remove)
        reset.clicked.connect(self._reset)
        for button in (replace, remove, reset):
            button.setAutoDefault(False)
        row = QHBoxLayout()
        row.addWidget(self._find, 1)
        row.addWidget(self._with, 1)
        row.addWidget(self._regex)
        row.addWidget(replace)
        of_rows = QHBoxLayout()  # a line of their own: all in one do not fit 1024 points with a font of 18
        for button in (remove, reset):
            of_rows.addWidget(button)
        of_rows.addStretch(1)
        for widget in (self._find, self._with, self._regex, replace, remove, reset):
            widget.setEnabled(bool(self._urls))
        for below, line in enumerate((row, of_rows), 1):
            self.column.insertLayout(self.column.indexOf(self._note) + below, line)

    def _add_lines(self, *, tiers: bool) -> None:
        help = tr("One address per line; an empty line begins the next tier") if tiers else tr("One address per line")
        self._lines = QPlainTextEdit(self)
        self._lines.setTabChangesFocus(True)
        self._lines.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
        self._lines.setFixedHeight(self._lines.fontMetrics().lineSpacing() * 4 + 12)
        self._lines.textChanged.connect(self._judge)
        title = label(tr("Add to all"))
        title.setBuddy(self._lines)
        self._lines.setAccessibleName(tr("Trackers to add"))
        self._lines.setToolTip(tip(help))
        self.form.addRow(title, self._lines)
        self.form.addRow("", dimmed(help))

    # what the user does

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress and event.key() == Qt.Key.Key_Delete:
            self._remove()
            return True
        return super().eventFilter(watched, event)

    def _edited(self, item: QTableWidgetItem) -> None:
        if item.column() == BECOMES:
            url = self._urls[item.row()]
            if item.text() != clean(self._becomes.get(url, url)):
                self._becomes[url] = item.text().strip()
                self._show(item.row())
            self._judge()

    def _replace(self) -> None:
        find, new = self._find.text(), self._with.text()
        if not find:
            return
        try:
            becomes = self._replaced(find, new)
        except TooSlow:
            self.reason.setText(too_slow())
            return
        except (re.error, IndexError) as error:
            self.reason.setText(tr("Not a regular expression: {reason}", reason=clean(str(error), 120)))
            return
        self._becomes = {url: made for url, made in becomes.items() if made != url}
        self._show_all()

    def _replaced(self, find: str, new: str) -> dict[str, str]:
        now = {url: self._becomes.get(url, url) for url in self._urls}
        if not self._regex.isChecked():
            return {url: address.replace(find, new) for url, address in now.items()}
        pattern, deadline = for_replacing(find), time.monotonic() + MOST_S
        made = {}
        for url, address in now.items():
            made[url] = replaced(pattern, new, address) if address else ""
            if time.monotonic() > deadline:
                raise TooSlow
        return made

    def _remove(self) -> None:
        for index in self._table.selectionModel().selectedRows():
            self._becomes[self._urls[index.row()]] = ""
        self._show_all()

    def _reset(self) -> None:
        self._becomes.clear()
        self._show_all()

    def _show_all(self) -> None:
        for row in range(self._table.rowCount()):
            self._show(row)
        self._judge()

    def _show(self, row: int) -> None:
        url = self._urls[row]
        new = self._becomes.get(url, url)
        item = self._table.item(row, BECOMES)
        if item is None:
            return
        self._table.blockSignals(True)
        item.setText(clean(new) if new else tr("(removed)"))
        item.setToolTip(tip(new))
        font = item.font()
        font.setBold(new != url)
        item.setFont(font)
        palette = self._table.palette()
        item.setForeground(faint(palette) if not new else palette.color(palette.ColorRole.Text))
        self._table.blockSignals(False)
        self._table.viewport().update()

    def _judge(self) -> None:
        why, edits = self._why_not(), self.edits()
        self.ok.setEnabled(not why and bool(edits.urls or edits.added))
        self.reason.setText(why)

    def _why_not(self) -> str:
        edits = self.edits()
        lines = [*filter(None, edits.urls.values()), *lines_of("\n".join(edits.added))]
        return next(filter(None, (why_no_url(line, TRACKER_SCHEMES) for line in lines)), "")
