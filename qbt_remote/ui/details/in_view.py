"""What the details show: the torrent in view, what is polled of it, and what their panels may use."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cached_property
from typing import TYPE_CHECKING, Any, TypeVar

from PySide6.QtCore import QObject, Signal

from qbt_remote.ui.commands.context import Context

if TYPE_CHECKING:
    from qbt_remote.sync.details.poll import DetailPoll
    from qbt_remote.sync.details.speeds import Speeds
    from qbt_remote.sync.session import Session
    from qbt_remote.sync.torrent import Torrent
    from qbt_remote.ui.commands.context import Context
    from qbt_remote.ui.details.panel_context import PanelContext
    from qbt_remote.ui.kit.tasks import Tasks

P = TypeVar("P")


class InView(QObject):
    """All that a panel knows of its surroundings; the details say what it is about."""

    about_to_act = Signal()
    """A command begins: what is to be shown next is put into view before it looks."""
    paused_changed = Signal(bool)

    def __init__(
        self,
        tasks: Tasks,
        sessions: Mapping[str, Session],
        context: Callable[[], Context],
        parent: QObject,
    ) -> None:
        """``sessions`` are those that are open now, by the server's id."""
        super().__init__(parent)
        self.tasks, self.sessions, self._context = tasks, sessions, context
        self.torrent: Torrent | None = None
        self.selected = 0
        """How many torrents are, the one in view among them."""
        self.poll: DetailPoll | None = None
        """What asks for the tab in view; None while nothing is asked."""

    @property
    def session(self) -> Session | None:
        """That of the torrent in view, if its server is still there."""
        return None if self.torrent is None else self.sessions.get(self.torrent.server)

    def context(self, panel: P, selected: Callable[[], list[Any]]) -> PanelContext[P] | None:
        """Give what the commands of a panel act on, None if there is nothing.

        ``selected`` gives the panel's rows, and is called when it is known which torrent they are of.
        """
        self.about_to_act.emit()
        torrent, session = self.torrent, self.session
        if torrent is None or session is None:
            return None
        from qbt_remote.ui.details.panel_context import PanelContext

        of_window = self._context()
        return PanelContext(
            torrents=[torrent],
            sessions=of_window.sessions,
            shell=of_window.shell,
            torrent=torrent,
            session=session,
            panel=panel,
            rows=selected(),
            poke=self.poke,
        )

    def poke(self) -> None:
        """Ask again at once, as after a command."""
        if self.poll is not None:
            self.poll.poke()

    def is_paused(self) -> bool:
        """Whether the list is kept as it is."""
        return self.poll is not None and self.poll.paused

    def set_paused(self, paused: bool) -> None:
        """Ask for nothing until this is taken back, or another torrent or tab is in view."""
        if self.poll is not None and paused != self.poll.paused:
            self.poll.paused = paused
            self.poll.poke()
            self.paused_changed.emit(paused)

    @cached_property
    def speeds(self) -> Speeds:
        """What is sampled of the speeds; its module is imported with the first session."""
        from qbt_remote.sync.details.speeds import Speeds

        return Speeds()
