"""The tab "Trackers": DHT, PeX and LSD on top, then the trackers, each with its endpoints below it."""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QIcon, QKeyEvent, QMouseEvent

from qbt_remote.model.details.columns import tracker_columns, tracker_state
from qbt_remote.model.i18n import tr
from qbt_remote.sync.changes import Changes
from qbt_remote.sync.details.rows import Rows, Tracker
from qbt_remote.sync.steps import Steps
from qbt_remote.sync.torrent import Torrent
from qbt_remote.translatable import N
from qbt_remote.ui.commands.command import Command
from qbt_remote.ui.details.in_view import InView
from qbt_remote.ui.details.panels.listing import Listing, ListPanel
from qbt_remote.ui.kit.icons import icon

_ICON_RIGHT = 22
"""Where the mark that unfolds a tracker ends, from the left of its cell."""


def _until(when: int) -> int:
    return round(when - time.time())


def _color(tracker: Tracker) -> str:
    return tracker_state(tracker)[1]


class TrackersPanel(ListPanel):
    """A list whose trackers unfold: with the mark before them, or with Right and Left."""

    def __init__(self, in_view: InView, commands: Sequence[Command[Any]]) -> None:
        self._owners: dict[Tracker, Tracker] = {}
        self._unfolded: set[str] = set()
        """URLs of the trackers whose endpoints are shown, of whichever torrent."""
        self._marks = (icon("collapsed"), icon("expanded"))
        self._nothing = QIcon()
        listing = Listing(
            name=N("Trackers"),
            columns=tracker_columns(_until, self.owner_of),
            sort=("tier",),
            last=("place", "url"),
            empty=N("This torrent has no trackers."),
            color=_color,
        )
        super().__init__(listing, in_view, commands)
        self._filter()
        self.table.setAccessibleDescription(tr("Right shows the endpoints of a tracker, Left hides them"))
        self.table.installEventFilter(self)
        self.table.viewport().installEventFilter(self)

    def owner_of(self, row: Tracker) -> Tracker:
        """Give the tracker of an endpoint, else the row itself."""
        return self._owners.get(row, row)

    def show_changes(self, changes: Changes, rows: Rows, torrent: Torrent) -> Steps[None]:
        owners = {row: rows.by_key[row.of] for row in rows.by_key.values() if row.of}
        self._owners |= owners  # those that go are still asked for their place
        moved = set(changes.changed)
        changes.changed += [row for row, owner in owners.items() if owner in moved and row not in moved]
        yield from super().show_changes(changes, rows, torrent)
        self._owners = owners

    def fold(self, tracker: Tracker, *, folded: bool) -> None:
        """Hide or show the endpoints of a tracker."""
        (self._unfolded.discard if folded else self._unfolded.add)(tracker.url)
        self._filter()
        self.model.repaint()

    def _filter(self) -> None:
        self.model.set_filter(self._accepts, frozenset({"url"}))

    def _accepts(self, row: Tracker) -> bool:
        return not row.of or self.owner_of(row).url in self._unfolded

    def _icon(self, row: Tracker) -> QIcon:
        return self._marks[row.url in self._unfolded] if row.endpoints else self._nothing

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            done = self._fold_by_key(Qt.Key(event.key()))
        elif isinstance(event, QMouseEvent) and event.type() == QEvent.Type.MouseButtonPress:
            done = watched is self.table.viewport() and self._fold_by_mouse(event)
        else:
            done = False
        if done:
            return True
        return super().eventFilter(watched, event)

    def _fold_by_key(self, key: Qt.Key) -> bool:
        row = self.table.current_row()
        if row is None or key not in (Qt.Key.Key_Left, Qt.Key.Key_Right):
            return False
        owner, folded = self.owner_of(row), key == Qt.Key.Key_Left
        if not owner.endpoints or folded != (owner.url in self._unfolded):
            return False
        self.fold(owner, folded=folded)
        if row is not owner:
            self.table.select_rows([owner])
        return True

    def _fold_by_mouse(self, event: QMouseEvent) -> bool:
        place = event.position().toPoint()
        index = self.table.indexAt(place)
        if event.button() != Qt.MouseButton.LeftButton or not index.isValid():
            return False
        row: Tracker = self.model.row(index.row())
        cell = self.table.visualRect(index)
        inside = cell.right() - place.x() if self.isRightToLeft() else place.x() - cell.left()
        on_mark = self.model.columns[index.column()].icon and inside < _ICON_RIGHT
        if not on_mark or not row.endpoints:
            return False
        self.fold(row, folded=row.url in self._unfolded)
        return True


def panel(in_view: InView, commands: Sequence[Command[Any]]) -> TrackersPanel:
    """Make the panel."""
    return TrackersPanel(in_view, commands)
