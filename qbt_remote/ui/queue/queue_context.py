"""What a command of the queue's window acts on: the rows that are selected there."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from qbt_remote.model.i18n import tr
from qbt_remote.ui.commands.context import Context
from qbt_remote.ui.kit.dialogs import Dialogs

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

    from qbt_remote.local.add_queue import QueueRow
    from qbt_remote.sync.adding.queue import AddQueue
    from qbt_remote.sync.session import Session
    from qbt_remote.ui.kit.notices import NoticeBar


@dataclass(eq=False, repr=False, kw_only=True)
class QueueContext(Context):
    """Made anew for every command: they act on all "rows", or on those that can be "changed" yet."""

    rows: Sequence[QueueRow]
    name: Callable[[QueueRow], str]
    """Gives the name of a row."""
    queue: AddQueue
    window: QWidget
    bar: NoticeBar
    """Of the window, where the user looks."""

    @property
    def notices(self) -> NoticeBar:
        return self.bar

    @cached_property
    def dialogs(self) -> Dialogs:
        return Dialogs(self.window)

    @property
    def changeable(self) -> Iterator[QueueRow]:
        """The rows that have not been added, and are not being sent just now."""
        return (row for row in self.rows if not self.why_fixed(row))

    def why_fixed(self, row: QueueRow) -> str:
        """Say why a row can be neither sent again nor changed, or ""."""
        if row.id not in self.queue.rows.all:
            return tr("It is no longer in this list")
        if row.id in self.queue.rows.under_way:
            return tr("It is being sent just now")
        if row.state == "done":
            return tr("It has been added")
        if row.state == "verifying" and self.session_of(row) is not None:
            return tr("Its server is fetching it")
        return ""

    def session_of(self, row: QueueRow) -> Session | None:
        """Give the session of its server; None if that is no longer there."""
        return self.sessions.get(row.server)

    def lacks(self, on: str) -> str:
        if not self.rows:
            return tr("Select a row first")
        if on == "changed" and next(self.changeable, None) is None:
            return self.why_fixed(self.rows[0])
        return ""

    def is_of_torrents(self, on: str) -> bool:
        return False
