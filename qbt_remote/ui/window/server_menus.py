"""Menus and buttons about single servers, wherever in the window they are wanted, and the bar above the list."""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Sequence
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QPoint
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu, QWidget

from qbt_remote.model.i18n import tr
from qbt_remote.ui.commands.command_action import CommandAction
from qbt_remote.ui.commands.in_short import state_text
from qbt_remote.ui.commands.which import server_text
from qbt_remote.ui.filtering.entry_menu import entry_context, entry_menu, fill_entry_menu, section_menu
from qbt_remote.ui.kit.icons import icon
from qbt_remote.ui.kit.plain_text import clean

if TYPE_CHECKING:
    from qbt_remote.sync.session import Session
    from qbt_remote.ui.commands.command import Command
    from qbt_remote.ui.filtering.list_context import EntryContext, ListContext
    from qbt_remote.ui.filtering.sections import Sections
    from qbt_remote.ui.filtering.sidebar import Sidebar
    from qbt_remote.ui.window.server_bar import ServerBar

MOST_LISTED = 30
_LONGEST = 60


def entry_rows() -> Sequence[Command[EntryContext]]:
    from qbt_remote.ui.window.entry_commands import ENTRY_ROWS  # imports what the commands do

    return ENTRY_ROWS


class ServerMenus:
    """Made of the rows of the servers' commands, which are imported with the first menu or button."""

    def __init__(
        self,
        whole: Callable[[], ListContext],
        sidebar: Sidebar,
        sections: Sections,
        pop_up: Callable[[QMenu, QPoint], None],
        place: Callable[[QWidget], None],
    ) -> None:
        """``whole`` gives what the commands of the window act on at the moment.

        ``pop_up`` shows a menu somewhere; ``place`` puts the bar above the list, which is made when it has to be shown.
        """
        self._place = place
        self.bar: ServerBar | None = None
        self._whole, self._sidebar, self._sections, self._pop_up = whole, sidebar, sections, pop_up

    def action(self, command: str, server: str, parent: QObject) -> QAction:
        """Make the action of a command on one server."""
        from qbt_remote.ui.window.server_commands import SERVER_ROWS

        row = next(row for row in SERVER_ROWS if row.id == command)
        return CommandAction(row, lambda: entry_context(self._whole(), "server", server), parent)

    def show_troubles(self, sessions: Collection[Session], shown: Sequence[Session], now: float, *, said: str) -> None:
        """Bring the bar up to date; see ``ServerBar.show_sessions``."""
        if self.bar is None and any(s.status.phase in ("waiting", "refused") for s in sessions):
            from qbt_remote.ui.window.server_bar import ServerBar

            self.bar = ServerBar(self.action, self._whole().shell.parent)
            self.bar.list_wanted.connect(self.open_servers)
            self._place(self.bar)
        if self.bar is not None:
            self.bar.show_sessions(sessions, shown, now, said=said)

    def open_entry(self, section: str, key: str | None, where: QPoint) -> None:
        """Show the menu of an entry of the sidebar."""
        self._pop_up(entry_menu(entry_rows(), self._sidebar, self._whole(), section, key), where)

    def open_section(self, section: str, where: QPoint) -> None:
        """Show the menu of a section's heading, or of the sidebar itself ("")."""
        self._pop_up(section_menu(entry_rows(), self._sections, self._whole(), section), where)

    def open_servers(self, sessions: Sequence[Session], where: QPoint) -> None:
        """Show the menu of the one server, or the list of several."""
        if len(sessions) == 1:
            self.open_entry("server", sessions[0].config.id, where)
        else:
            self._pop_up(self._list(sessions, time.monotonic()), where)

    def _list(self, sessions: Sequence[Session], now: float) -> QMenu:
        """Make the list of these servers, those first that are not connected; each has its own menu."""
        whole = self._whole()
        listed = QMenu(whole.shell.parent)
        listed.aboutToHide.connect(listed.deleteLater)
        away_first = sorted(sessions, key=lambda s: s.status.phase == "online")
        for session in away_first[:MOST_LISTED]:
            name = clean(server_text(session, whole.sessions.values()), _LONGEST)
            text = tr("{server}: {state}", server=name, state=state_text(session, now))
            own = listed.addMenu(text.replace("&", "&&"))
            own.setIcon(icon("server" if session.status.phase == "online" else "disconnected"))
            own.aboutToShow.connect(partial(self._fill, own, session.config.id))
        return listed

    def _fill(self, menu: QMenu, server: str) -> None:
        if menu.isEmpty():
            fill_entry_menu(menu, entry_rows(), self._sidebar, self._whole(), "server", server)
