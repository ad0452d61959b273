"""The line above the list that says what is picked in the sidebar: that may be scrolled or folded out of sight."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QFrame, QHBoxLayout, QToolButton, QWidget

from qbt_remote.model.i18n import tr
from qbt_remote.model.sidebar import SECTIONS, Section
from qbt_remote.sync.filtering.filters import Pick
from qbt_remote.ui.kit.plain_text import ElidedLabel, clean, tip
from qbt_remote.ui.kit.theme import faint, written

if TYPE_CHECKING:
    from qbt_remote.ui.filtering.feed import Feed
    from qbt_remote.ui.filtering.filter_box import FilterBox
    from qbt_remote.ui.filtering.sidebar import Sidebar

_MOST_NAMED = 20
"""Entries of a section that are named; the line ends sooner."""


class FilterLine(QFrame):
    """There only while something is picked; what is typed alone stands in the filter box."""

    def __init__(self, feed: Feed, sidebar: Sidebar, box: FilterBox, parent: QWidget) -> None:
        super().__init__(parent)
        self._feed, self._sidebar, self._box = feed, sidebar, box
        self.text = ElidedLabel(self)
        written(self.text, faint)
        clear = QToolButton(self)
        clear.setText(tr("Clear"))
        clear.setAccessibleName(tr("Clear the filter"))
        clear.setToolTip(tip(tr("Show all torrents again")))
        clear.setAutoRaise(True)
        clear.clicked.connect(self.clear)
        line = QHBoxLayout(self)
        line.setContentsMargins(8, 2, 4, 2)
        line.addWidget(self.text, 1)
        line.addWidget(clear)
        self.hide()
        feed.filter_changed.connect(self._say)

    def clear(self) -> None:
        """Filter nothing any more."""
        self._box.clear()
        self._sidebar.set_picks({})

    def _say(self) -> None:
        now, named = self._feed.filter, self._sidebar.text_of
        parts = [_picked(s, pick, named) for s in SECTIONS if (pick := now.picks.get(s.id))]
        if now.query.text:
            parts.append(tr("text: {what}", what=clean(now.query.text, 100)))
        self.text.setText(tr("Filtered by {what}", what="; ".join(parts)))
        self.setVisible(bool(now.picks))


def _picked(section: Section, pick: Pick, named: Callable[[str, str], str]) -> str:
    """Say what is wanted and what is left out of a section."""
    wanted, unwanted = (
        sorted(clean(named(section.id, key), 80) for key in keys)[:_MOST_NAMED] for keys in (pick.wanted, pick.unwanted)
    )
    together = (tr(" and ") if pick.every else tr(" or ")).join(wanted)
    words = ", ".join([*filter(None, [together]), *(tr("not {what}", what=name) for name in unwanted)])
    return tr("{section}: {what}", section=tr(section.title), what=words)
