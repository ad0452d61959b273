"""How far a command on many torrents has come, with a button to end it between two requests."""

from __future__ import annotations

from collections.abc import Callable, Hashable

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QProgressBar, QToolButton, QWidget

from qbt_remote.model import text
from qbt_remote.model.i18n import tr
from qbt_remote.translatable import N
from qbt_remote.ui.kit.plain_text import clean, label, tip

_PARTS = 1000
"""Of the bar: what is counted may be bytes, of which there can be too many for it."""


class Progress:
    """What is done of ``total`` torrents, over all servers of a command; a subclass may count other things."""

    cancel_tip = N("Stop here: what was sent is carried out, the other torrents are left alone")

    def __init__(self, doing: str, total: int) -> None:
        self.doing, self.total = doing, total
        self.stopped = False
        """The user ended it; what was under way is carried out, the rest is not sent."""
        self.changed: Callable[[], None] = lambda: None
        self._done: dict[Hashable, int] = {}

    @property
    def done(self) -> int:
        return sum(self._done.values())

    @property
    def cut_short(self) -> bool:
        return self.stopped and self.done < self.total

    def done_of(self, part: Hashable) -> int:
        """How many torrents of one server are done."""
        return self._done.get(part, 0)

    def reach(self, part: Hashable, done: int) -> bool:
        """Note that so many of one server's torrents are done; True while the others are wanted."""
        self._done[part] = done
        self.changed()
        return not self.stopped

    def stop(self) -> None:
        self.stopped = True
        self.changed()

    def text(self) -> str:
        numbers = {"doing": self.doing, "done": text.count(self.done), "total": text.count(self.total)}
        if self.stopped:
            return tr("{doing}: stopping after {done} of {total}", **numbers)
        return tr("{doing}: {done} of {total}", **numbers)


class ProgressBox(QWidget):
    """Name, numbers, bar and Cancel of one command that is under way."""

    def __init__(self, progress: Progress, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.progress = progress
        self._text = label()
        self._bar = QProgressBar(self)
        self._bar.setRange(0, _PARTS)
        self._bar.setTextVisible(False)
        self._bar.setFixedSize(96, self.fontMetrics().height() - 2)
        self._bar.setAccessibleName(clean(progress.doing))
        self._cancel = QToolButton(self)
        self._cancel.setText(tr("Cancel"))
        self._cancel.setToolTip(tip(tr(progress.cancel_tip)))
        self._cancel.setAccessibleName(tr("Cancel “{doing}”", doing=clean(progress.doing)))
        self._cancel.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._cancel.clicked.connect(progress.stop)
        row = QHBoxLayout(self)
        row.setContentsMargins(4, 0, 12, 0)
        row.setSpacing(8)
        for widget in (self._text, self._bar, self._cancel):
            row.addWidget(widget)
        progress.changed = self._show
        self._show()

    def release(self) -> None:
        """Stop following; the box goes."""
        self.progress.changed = lambda: None
        self.hide()
        self.deleteLater()

    def _show(self) -> None:
        self._text.setText(clean(self.progress.text()))
        self._bar.setValue(self.progress.done * _PARTS // max(self.progress.total, 1))
        self._cancel.setEnabled(not self.progress.stopped)
