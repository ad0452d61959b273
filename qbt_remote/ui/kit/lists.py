"""Lists of names in dialogs: one line each, as high as the names need."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QAbstractItemView, QListWidget

from qbt_remote.model.i18n import tr_n
from qbt_remote.ui.kit.plain_text import clean, tip

MOST_LISTED = 1000
LINES_SHOWN = 10
_ENDS = 24
"""So many characters at each end of a long text are seen in any case."""
AROUND_LINE = 2
"""Pixels above and below each line of a list."""


def listed(texts: Sequence[str], name: str) -> QListWidget:
    """Make a list of names that scrolls, each on one line, elided in the middle where that leaves them different."""
    shown = QListWidget()
    shown.setUniformItemSizes(True)
    shown.setSpacing(AROUND_LINE)
    if _look_alike(texts):
        shown.setTextElideMode(Qt.TextElideMode.ElideNone)
    else:
        shown.setTextElideMode(Qt.TextElideMode.ElideMiddle)
        shown.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    shown.setSelectionMode(QAbstractItemView.SelectionMode.NoSelection)
    shown.setAccessibleName(name)
    for text in texts[:MOST_LISTED]:
        shown.addItem(clean(text))
        shown.item(shown.count() - 1).setToolTip(tip(text))
    if len(texts) > MOST_LISTED:
        shown.addItem(tr_n(len(texts) - MOST_LISTED, "and {n} more", "and {n} more"))
    fit(shown)
    return shown


def _look_alike(texts: Sequence[str]) -> bool:
    """Tell whether some could not be told apart once their middle is left out; those are shown whole, and scrolled."""
    long = [text for text in texts[:MOST_LISTED] if len(text) > 2 * _ENDS]
    return len({(text[:_ENDS], text[-_ENDS:]) for text in long}) < len(set(long))


def fit(shown: QListWidget) -> None:
    """Make a list as high as its lines, if they are few; else leave it room to grow."""
    line = shown.sizeHintForRow(0) + 2 * AROUND_LINE
    shown.setMinimumHeight(line * min(shown.count(), LINES_SHOWN) + 2 * shown.frameWidth() + 2 * AROUND_LINE)
    if shown.count() <= LINES_SHOWN:
        shown.setMaximumHeight(shown.minimumHeight())
