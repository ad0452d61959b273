"""The dialog where links are typed or pasted, one a line or amid any text."""

from __future__ import annotations

import asyncio
import time

from PySide6.QtCore import QMimeData, Signal
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QPlainTextEdit, QPushButton, QVBoxLayout, QWidget

from qbt_remote.api.adding.given import Given, from_text
from qbt_remote.api.adding.problem import Problem
from qbt_remote.api.adding.text_links import found_in
from qbt_remote.model.i18n import tr, tr_n
from qbt_remote.ui.kit.on_screen import keep_on_screen
from qbt_remote.ui.kit.plain_text import label, tip
from qbt_remote.ui.kit.tab_order import ignore_held_return
from qbt_remote.ui.kit.tasks import Tasks

_SLICE_S = 0.008
_PIECE = 500
"""Lines that are inserted at once."""


class LinksDialog(QDialog):
    """Takes links and says while they are typed how many there are; ``given()`` has them all."""

    def __init__(self, text: str, tasks: Tasks, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        keep_on_screen(self)
        ignore_held_return(self)
        self._tasks = tasks
        self._counting: asyncio.Task[None] | None = None
        self._pasting: asyncio.Task[None] | None = None
        self.edit = _Edit(self)
        self.count = label("", self)
        self.proceed = QPushButton(tr("&Continue…"), self)
        self._arrange()
        self.edit.textChanged.connect(self._recount)
        self.edit.large_paste.connect(self._paste)
        self._paste(text)

    def given(self) -> Given:
        """All of the text, for ``AddDialog.read()``, which names what is no link."""
        return from_text(self.edit.toPlainText())

    def done(self, result: int) -> None:
        for task in (self._counting, self._pasting):
            if task:
                task.cancel()
        super().done(result)

    def _arrange(self) -> None:
        self.setWindowTitle(tr("Add torrent links"))
        what = label(tr("&Magnets, http links or info-hashes, one per line"), self)
        what.setBuddy(self.edit)
        self.edit.setAccessibleName(tr("Links, one per line"))
        self.edit.setToolTip(tip(tr("Paste as many as you like")))
        self.proceed.setToolTip(tip(tr("Choose where they go and how they start")))
        buttons = QDialogButtonBox(self)
        buttons.addButton(self.proceed, QDialogButtonBox.ButtonRole.AcceptRole)
        buttons.addButton(QPushButton(tr("Cancel"), self), QDialogButtonBox.ButtonRole.RejectRole)
        buttons.accepted.connect(self.accept)
        buttons.rejected.connect(self.reject)
        for keys in ("Ctrl+Return", "Ctrl+Enter"):
            QShortcut(QKeySequence(keys), self).activated.connect(self.proceed.click)
        page = QVBoxLayout(self)
        page.setContentsMargins(12, 12, 12, 12)
        page.setSpacing(8)
        page.addWidget(what)
        page.addWidget(self.edit, 1)
        page.addWidget(self.count)
        page.addSpacing(8)
        page.addWidget(buttons)
        self.proceed.setDefault(True)  # only inside the dialog: else Return cancels once Cancel had the focus
        self.resize(640, 280)

    def _paste(self, text: str) -> None:
        self.proceed.setEnabled(False)
        self.edit.setReadOnly(True)
        self._pasting = self._tasks.spawn(self._insert(text), tr("Add torrent links"))

    async def _insert(self, text: str) -> None:
        """Insert a long text in slices: 100,000 lines at once take 0.6 s."""
        lines = text.splitlines(keepends=True)
        for start in range(0, len(lines), _PIECE):
            self.edit.textCursor().insertText("".join(lines[start : start + _PIECE]))
            await asyncio.sleep(0)
        self.edit.setReadOnly(False)
        self._pasting = None
        self._recount()

    def _recount(self) -> None:
        if self._counting:
            self._counting.cancel()
        if self._pasting:
            return
        self._counting = self._tasks.spawn(self._count(), tr("Add torrent links"))

    async def _count(self) -> None:
        """Count in slices: a page of 100,000 lines takes a second."""
        links = other = 0
        since = time.perf_counter()
        for found in found_in(self.edit.toPlainText()):
            if isinstance(found, Problem):
                other += 1
            else:
                links += 1
            if time.perf_counter() - since > _SLICE_S:
                self._tell(links, other)
                await asyncio.sleep(0)
                since = time.perf_counter()
        self._tell(links, other)

    def _tell(self, links: int, other: int) -> None:
        self.proceed.setEnabled(links > 0)
        if not links and not other:
            self.count.setText(tr("No link yet"))
            return
        said = [tr_n(links, "{n} link", "{n} links")]
        if other:
            said.append(tr_n(other, "{n} line is no link", "{n} lines are no links"))
        self.count.setText(" · ".join(said))


class _Edit(QPlainTextEdit):
    """Long lines scroll, Tab goes on to the next widget; what is pasted is told if it is long."""

    large_paste = Signal(str)

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
        self.setTabChangesFocus(True)

    def insertFromMimeData(self, source: QMimeData) -> None:
        text = source.text()
        if text.count("\n") > _PIECE:
            self.large_paste.emit(text)
        else:
            self.insertPlainText(text)
