"""What every panel of the details is: one widget for each tab, told of answers and of the torrent in view."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Self

from PySide6.QtWidgets import QSizePolicy, QWidget

from qbt_remote.sync.changes import Changes
from qbt_remote.sync.details.rows import Rows
from qbt_remote.sync.steps import Steps
from qbt_remote.sync.torrent import Torrent
from qbt_remote.ui.commands.command import Command
from qbt_remote.ui.commands.row_actions import RowActions
from qbt_remote.ui.details.in_view import InView
from qbt_remote.ui.details.panel_context import PanelContext


class Panel(QWidget):
    """One tab's panel.  Its module has the tab's id for a name and a function ``panel`` that makes it."""

    def __init__(self, in_view: InView, commands: Sequence[Command[Any]]) -> None:
        """``commands`` are those of its tab."""
        super().__init__()
        # the window's parts keep their sizes whichever panel is in view
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Ignored)
        self.in_view = in_view
        self.actions_ = RowActions(self, commands, self.context)

    def context(self) -> PanelContext[Self] | None:
        """Give what its commands act on, None if there is nothing."""
        return self.in_view.context(self, self.selected)

    def clear(self) -> None:
        """Another torrent is in view; show nothing of the one before, not even that there is nothing."""

    def show_torrent(self, torrent: Torrent | None) -> None:
        """This torrent is in view from now on; None, which only panels without a poll are told: none is."""

    def show_changes(self, changes: Changes, rows: Rows, torrent: Torrent) -> Steps[None] | None:
        """Show an answer to what the tab polls; it may be done in steps."""
        return None

    def selected(self) -> list[Any]:
        """Give the rows that the panel's commands act on."""
        return []

    def save_state(self) -> dict[str, Any]:
        """Give how it stands, fit for JSON; nothing if there is nothing to remember."""
        return {}

    def restore_state(self, state: dict[str, Any]) -> None:
        """Take what ``save_state`` gave; what makes no sense in it is passed over."""
