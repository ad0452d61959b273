"""The only way that text from a server, a file or an error reaches a label or a tip: plain.

Qt shows anything that looks like HTML as HTML in labels and tips, and loads local images that it
names; so labels are set to plain text and tips are escaped.  Control characters and overlong text
are made harmless, and text that runs from right to left is kept from turning its neighbours round.
"""

from __future__ import annotations

import html
import unicodedata

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QWidget

LONGEST = 512
_FIRST_STRONG_ISOLATE, _POP_ISOLATE = "\u2068", "\u2069"


def clean(text: str, longest: int = LONGEST) -> str:
    """Give the text fit for display: no controls, no direction marks, at most ``longest`` characters."""
    if len(text) > longest:
        text = text[: longest - 1] + "…"
    if text.isascii() and text.isprintable():
        return text
    shown = "".join(_visible(c) for c in text)
    right_to_left = any(unicodedata.bidirectional(c) in ("R", "AL") for c in shown)
    return f"{_FIRST_STRONG_ISOLATE}{shown}{_POP_ISOLATE}" if right_to_left else shown


def _visible(c: str) -> str:
    if c == "\n" or c == "\t":
        return " "
    category = unicodedata.category(c)
    return "\ufffd" if category in ("Cc", "Cs", "Co", "Cn") or c in "\u202a\u202b\u202c\u202d\u202e\u2066\u2067" else c


def tip(text: str) -> str:
    """Give a tool tip that shows exactly this text; its lines stay lines."""
    lines = "<br>".join(html.escape(clean(line)) for line in text.split("\n")[:40])
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
