"""What every panel of the details is: one widget for each tab, told of answers and of the torrent in view."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from qbt_remote.sync.changes import Changes
from qbt_remote.sync.details.rows import Rows
from qbt_remote.sync.torrent import Torrent

if TYPE_CHECKING:
    from qbt_remote.ui.details.details import Details
    from qbt_remote.ui.details.panel_actions import PanelActions


class Panel(QWidget):
    """One tab's panel.  Its module has the tab's id for a name and a function ``panel`` that makes it."""

    def __init__(self, details: Details) -> None:
        super().__init__(details)
        # the window's parts keep their sizes whichever panel is in view
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Ignored)
        self.details = details
        self.actions_: PanelActions | None = None
        """Its commands, if it has any."""

    def event(self, event: QEvent) -> bool:
        """Keep Del, with what the panel itself leaves of it, from the window: there it removes the torrent."""
        if (
            isinstance(event, QKeyEvent)
            and event.type() == QEvent.Type.ShortcutOverride
            and event.key() == Qt.Key.Key_Delete
        ):
            event.accept()
            return True
        return super().event(event)

    def clear(self) -> None:
        """Another torrent is in view; show nothing of the one before, not even that there is nothing."""

    def show_torrent(self, torrent: Torrent | None) -> None:
        """This torrent is in view from now on; None, which only panels without a poll are told: none is."""

    def show_changes(self, changes: Changes, rows: Rows, torrent: Torrent) -> None:
        """Show an answer to what the tab polls."""

    def selected(self) -> list[Any]:
        """Give the rows that the panel's commands act on."""
        return []

    def save_state(self) -> dict[str, Any]:
        """Give how it stands, fit for JSON; nothing if there is nothing to remember."""
        return {}

    def restore_state(self, state: dict[str, Any]) -> None:
        """Take what ``save_state`` gave; what makes no sense in it is passed over."""
