"""The dialog where links are typed or pasted, one a line."""

from __future__ import annotations

import asyncio
import time

from PySide6.QtGui import QKeySequence, QShortcut, QTextCursor
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QPlainTextEdit, QPushButton, QVBoxLayout, QWidget

from qbt_remote.api.items import Dropped
from qbt_remote.api.metainfo import parse_link
from qbt_remote.model.i18n import tr, tr_n
from qbt_remote.ui.plain import label, tip
from qbt_remote.ui.tasks import Tasks

_SLICE_S = 0.008


class LinksDialog(QDialog):
    """Takes links and says while they are typed how many lines are links; ``given()`` has them all."""

    def __init__(self, text: str, tasks: Tasks, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._tasks = tasks
        self._counting: asyncio.Task[None] | None = None
        self.edit = _Edit(self)
        self.count = label("", self)
        self.proceed = QPushButton(tr("&Continue…"), self)
        self._arrange()
        self.edit.textChanged.connect(self._recount)
        self.edit.setPlainText(text)
        self.edit.moveCursor(QTextCursor.MoveOperation.End)
        self._recount()

    def given(self) -> Dropped:
        """All lines, for ``AddDialog.read()``, which names those that are no links."""
        return Dropped(links=tuple(self._lines()))

    def done(self, result: int) -> None:
        if self._counting:
            self._counting.cancel()
        super().done(result)

    def _lines(self) -> list[str]:
        return [line for raw in self.edit.toPlainText().splitlines() if (line := raw.strip())]

    def _arrange(self) -> None:
        self.setWindowTitle(tr("Add torrent links"))
        what = label(tr("&Magnets, http links or info-hashes, one a line:"), self)
        what.setBuddy(self.edit)
        self.edit.setAccessibleName(tr("Links, one a line"))
        self.edit.setToolTip(tip(tr("Paste as many as you like")))
        self.proceed.setToolTip(tip(tr("Choose where they go and how they start")))
        self.proceed.setDefault(True)
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
        self.resize(640, 280)

    def _recount(self) -> None:
        if self._counting:
            self._counting.cancel()
        self._counting = self._tasks.spawn(self._count(), tr("Add torrent links"))

    async def _count(self) -> None:
        """Count in slices: a page of 100,000 lines takes a second."""
        links = other = 0
        since = time.perf_counter()
        for line in self._lines():
            if parse_link(line):
                links += 1
            else:
                other += 1
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
    """Long lines scroll, Tab goes on to the next widget."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
        self.setTabChangesFocus(True)
