"""A window of its own about one server, which asks for news only while it can be seen."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from PySide6.QtWidgets import QVBoxLayout

from qbt_remote.api.errors import QbtError
from qbt_remote.model.i18n import tr
from qbt_remote.model.wording import name_of, sentence
from qbt_remote.ui.admin.live_window import LiveWindow
from qbt_remote.ui.commands.choose_server import ServerChooser
from qbt_remote.ui.kit.plain_text import label
from qbt_remote.ui.kit.theme import error_color, written

if TYPE_CHECKING:
    from qbt_remote.sync.session import Session
    from qbt_remote.ui.commands.context import Context
    from qbt_remote.ui.commands.shell import Shell

W = TypeVar("W", bound="ServerWindow")


class ServerWindow(LiveWindow):
    """``news`` asks the server; what goes wrong is said above, with the choice of another server."""

    def __init__(self, shell: Shell, session: Session) -> None:
        super().__init__(shell)
        self.server = session.config.id
        self._first = session
        self.choice = ServerChooser(shell, session, self)
        self.choice.chosen.connect(self.show_server)
        self._problem = label(wrap=True, selectable=True)
        self._problem.setAccessibleName(tr("What went wrong"))
        self._problem.hide()
        top = QVBoxLayout()
        top.addWidget(self.choice)
        top.addWidget(self._problem)
        self.column.addLayout(top)
        self._say_title()

    @property
    def session(self) -> Session:
        """The server's session of the moment: another one after it has moved."""
        return self._shell.sessions.get(self.server, self._first)

    def show_server(self, session: Session) -> None:
        """Be about another server from now on."""
        self.server, self._first = session.config.id, session
        self.choice.show_session(session)
        self._say_title()
        self._say("")
        self.begin_anew()
        self.look_now()

    def begin_anew(self) -> None:
        """Show nothing of the server before."""
        raise NotImplementedError

    def _say_title(self) -> None:
        self.setWindowTitle(tr("{title} — {server}", title=tr(self.TITLE), server=name_of(self.session)))

    async def news(self) -> None:
        """Ask for what is new and show it.  Raises QbtError."""
        raise NotImplementedError

    @property
    def problem(self) -> str:
        """Why there is no news, or ""."""
        return self._problem.text()

    async def look(self) -> None:
        self.choice.refresh()
        try:
            await self.news()
            self._say("")
        except QbtError as error:
            self._say(sentence(error))

    def _say(self, problem: str) -> None:
        written(self._problem, error_color)
        self._problem.setText(problem)
        self._problem.setVisible(bool(problem))


def windows(ctx: Context, kind: type[W]) -> list[W]:
    """Give the windows of a kind that are open."""
    return [window for window in ctx.shell.parent.findChildren(kind) if window.isVisible()]


def open_window(ctx: Context, session: Session, kind: type[W]) -> W:
    """Bring the server's window of this kind to the front; there is one, made when it is asked for."""
    known = (w for w in ctx.shell.parent.findChildren(kind) if w.server == session.config.id)
    shown = next(known, None) or kind(ctx.shell, session)
    shown.come_to_front()
    return shown
