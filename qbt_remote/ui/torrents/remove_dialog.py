"""The question before torrents are removed: which, and what becomes of files that others use."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtWidgets import QButtonGroup, QHBoxLayout, QVBoxLayout, QWidget

from qbt_remote.model.i18n import tr, tr_n
from qbt_remote.ui.kit.dialogs import Ask, ConfirmDialog
from qbt_remote.ui.kit.fields import CheckBox, RadioButton
from qbt_remote.ui.kit.lists import listed
from qbt_remote.ui.kit.plain_text import label, tip
from qbt_remote.ui.kit.theme import error_color, written


@dataclass(frozen=True, slots=True)
class Removal:
    """The answer.  ``others``: also those that use the same files; else their files are kept."""

    files: bool
    others: bool


class RemoveDialog(ConfirmDialog):
    """Names the torrents; while files are to be deleted, also those that have the same files."""

    def __init__(self, parent: QWidget | None, ask: Ask, others: Sequence[str], *, always: bool) -> None:
        """``always``: the files are suggested each time, which is shown here and can be changed."""
        super().__init__(parent, ask)
        self.always = CheckBox(tr("Al&ways"), self)
        self.always.setChecked(always)
        self.always.setToolTip(tip(tr("Tick the box beside it each time; without this it is off each time")))
        self._keep: RadioButton | None = None
        self._block = QWidget(self)
        if others:
            self._warn(others)
        if self._check:
            self._put_beside(self._check)
            self._check.toggled.connect(self._show_block)
            self._check.toggled.connect(self._show_always)
        self._show_block()
        self._show_always()

    def answer(self) -> Removal:
        return Removal(self.checked(), self.checked() and self._keep is not None and not self._keep.isChecked())

    def _put_beside(self, check: CheckBox) -> None:
        place = self.column.indexOf(check)
        self.column.removeWidget(check)
        line = QHBoxLayout()
        line.setSpacing(16)
        line.addWidget(check)
        line.addWidget(self.always)
        line.addStretch(1)
        self.column.insertLayout(place, line)

    def _show_always(self) -> None:
        """Without the files there is nothing to repeat; the safe side is the one to fall to."""
        self.always.setEnabled(self.checked())
        if not self.checked():
            self.always.setChecked(False)

    def _warn(self, others: Sequence[str]) -> None:
        n = len(others)
        text = tr_n(
            n,
            "Another torrent, which is not selected, has the same files:",
            "{n} other torrents, which are not selected, have the same files:",
        )
        warning = label(text, wrap=True)
        written(warning, error_color)
        names = listed(others, tr("Torrents with the same files"))
        names.setMinimumHeight(min(names.minimumHeight(), 4 * names.sizeHintForRow(0) + 4))
        self._keep = RadioButton(tr_n(n, "&Keep the files that it uses", "&Keep the files that they use"), self._block)
        self._keep.setToolTip(tip(tr("Files that other torrents share are kept; the others are deleted")))
        take = RadioButton(
            tr_n(n, "Remove this torrent &as well, with its files", "Remove these torrents &as well, with their files"),
            self._block,
        )
        take.setToolTip(tip(tr("Then no torrent is left without its files")))
        choice = QButtonGroup(self._block)
        choice.addButton(self._keep)
        choice.addButton(take)
        self._keep.setChecked(True)
        column = QVBoxLayout(self._block)
        column.setContentsMargins(0, 4, 0, 0)
        column.setSpacing(4)
        for widget in (warning, names, self._keep, take):
            column.addWidget(widget)
        self.column.insertWidget(self.column.count() - 2, self._block)

    def _show_block(self) -> None:
        self._block.setVisible(self._keep is not None and self.checked())
