"""The only way that text from a server, a file or an error reaches a label or a tip: plain.

Qt shows anything that looks like HTML as HTML in labels and tips, and loads local images that it
names; so labels are set to plain text and tips are escaped.  Control characters and overlong text
are made harmless, and text that runs from right to left is kept from turning its neighbours round.
"""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QLabel, QWidget

from qbt_remote.model.text import clean as clean

_ESCAPED = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#x27;"})
"""What ``html.escape`` does; to import html costs the start 2 ms."""


def tip(text: str) -> str:
    """Give a tool tip that shows exactly this text; its lines stay lines."""
    lines = "<br>".join(clean(line).translate(_ESCAPED) for line in text.split("\n")[:40])
    return f"<qt>{lines}</qt>" if text else ""


def label(text: str = "", parent: QWidget | None = None, *, wrap: bool = False, selectable: bool = False) -> QLabel:
    """Make a label that never reads its text as HTML."""
    made = QLabel(parent)
    made.setTextFormat(Qt.TextFormat.PlainText)
    made.setText(text)
    made.setWordWrap(wrap)
    if selectable:
        made.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextSelectableByMouse | Qt.TextInteractionFlag.TextSelectableByKeyboard
        )
    return made


def isolated(text: str, widget: QWidget) -> str:
    """Let a text keep its own order where the window goes from right to left: "16.0 KiB", not "KiB 16.0"."""
    return f"\u2068{text}\u2069" if text and widget.isRightToLeft() else text


class ElidedLabel(QLabel):
    """One line of plain text that ends in "…" where there is no room; the whole is in tip and accessible name."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.elided = False
        self.elided_changed: Callable[[], None] | None = None
        self._whole = ""

    def setText(self, text: str) -> None:
        self._whole = text
        self.setAccessibleName(text)
        self._fit()

    def minimumSizeHint(self) -> QSize:
        return QSize(self.fontMetrics().averageCharWidth() * 8, super().minimumSizeHint().height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        shown = self.fontMetrics().elidedText(self._whole, Qt.TextElideMode.ElideRight, max(self.width(), 1))
        super().setText(shown)
        elided = shown != self._whole
        self.setToolTip(tip(self._whole) if elided else "")
        if elided != self.elided:
            self.elided = elided
            if self.elided_changed:
                self.elided_changed()
