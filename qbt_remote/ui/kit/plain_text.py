"""The only way that text from a server, a file or an error reaches a label or a tip: plain.

Qt shows anything that looks like HTML as HTML in labels and tips, and loads local images that it
names; so labels are set to plain text, and no tip looks like HTML.  Control characters and overlong text
are made harmless, and text that runs from right to left is kept from turning its neighbours round.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QLabel, QWidget

from qbt_remote.model.text import clean as clean

_LINES, _WIDE = 40, 100
_JOINER = "\u2060"
_LONG_WORD = re.compile(r"\S{30,}")
"""Behind a "<" it makes sure that Qt does not take the text for HTML; it cannot be seen."""


def tip(text: str) -> str:
    """Give a tool tip that shows exactly this text; its lines stay lines, long ones are folded.

    It is no HTML, which would be folded by Qt: screen readers read tips too, as they are.
    """
    lines = (part for line in text.split("\n")[:_LINES] for part in _folded(clean(line)))
    return "\n".join(lines).replace("<", f"<{_JOINER}").replace("&lt;", f"&{_JOINER}lt;")


def _folded(line: str) -> Iterator[str]:
    while len(line) > _WIDE:
        end = line.rfind(" ", 0, _WIDE + 1)
        end = end if end > 0 else _WIDE
        yield line[:end]
        line = line[end:].lstrip(" ")
    yield line


def label(
    text: str = "", parent: QWidget | None = None, *, wrap: bool = False, selectable: bool = False, value_of: str = ""
) -> QLabel:
    """Make a label that never reads its text as HTML; ``value_of`` is the name that stands beside a value."""
    made = _Value(value_of, parent) if value_of else QLabel(parent)
    made.setTextFormat(Qt.TextFormat.PlainText)
    made.setText(text)
    made.setWordWrap(wrap)
    if "&" in text:  # Qt measures it with kerning, but draws the underlined letter apart: "Tags" lost its last pixels
        font = made.font()
        font.setKerning(False)
        made.setFont(font)
    if selectable:
        made.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextSelectableByMouse | Qt.TextInteractionFlag.TextSelectableByKeyboard
        )
    return made


def breakable(text: str) -> str:
    """Let the lines of a label end within a long address or fingerprint; else that is the least that it takes."""
    return _LONG_WORD.sub(lambda word: re.sub(r"([:/.?&=-])", "\\1\u200b", word[0]), text)


class _Value(QLabel):
    """A value of which a screen reader says what it is, too."""

    def __init__(self, name: str, parent: QWidget | None) -> None:
        super().__init__(parent)
        self._name = name

    def setText(self, text: str) -> None:
        super().setText(text)
        self.setAccessibleName(f"{self._name}: {text}")


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
