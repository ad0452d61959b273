"""A window of its own about one server, which asks for news only while it can be seen."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, ClassVar, TypeVar

from PySide6.QtCore import QEvent, QSize, Qt
from PySide6.QtGui import QHideEvent, QKeyEvent, QShowEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from qbt_remote.api.errors import QbtError
from qbt_remote.model.i18n import tr
from qbt_remote.model.wording import name_of, sentence
from qbt_remote.ui.commands.choose_server import ServerChooser
from qbt_remote.ui.kit.plain_text import label
from qbt_remote.ui.kit.remembered import remember_size
from qbt_remote.ui.kit.theme import error_color, written

if TYPE_CHECKING:
    import asyncio

    from qbt_remote.sync.session import Session
    from qbt_remote.ui.commands.context import Context
    from qbt_remote.ui.commands.shell import Shell

W = TypeVar("W", bound="ServerWindow")


class ServerWindow(QWidget):
    """Subclasses fill ``column``, and get what is new in ``look``."""

    ID: ClassVar[str]
    """The window's size is remembered under it."""
    TITLE: ClassVar[str]
    """English."""
    SIZE: ClassVar[tuple[int, int]]
    INTERVAL_S: ClassVar[float] = 2.0

    def __init__(self, shell: Shell, session: Session) -> None:
        super().__init__(shell.parent, Qt.WindowType.Window)
        self.server = session.config.id
        self._first, self._shell = session, shell
        self._following: asyncio.Task[None] | None = None
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.choice = ServerChooser(shell, session, self)
        self.choice.chosen.connect(self.show_server)
        self._problem = label(wrap=True, selectable=True)
        self._problem.setAccessibleName(tr("What went wrong"))
        self._problem.hide()
        self.column = QVBoxLayout(self)
        self.column.setContentsMargins(12, 12, 12, 12)
        self.column.setSpacing(8)
        top = QVBoxLayout()
        top.addWidget(self.choice)
        top.addWidget(self._problem)
        self.column.addLayout(top)
        self._say_title()
        remember_size(self, shell.settings.window, self.ID, QSize(*self.SIZE))

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

    async def look(self) -> None:
        """Ask for what is new and show it.  Raises QbtError."""
        raise NotImplementedError

    @property
    def problem(self) -> str:
        """Why there is no news, or ""."""
        return self._problem.text()

    def look_now(self) -> None:
        """Begin the looking anew, as after another tab was chosen."""
        self._follow(self.isVisible() and not self.isMinimized())

    def _follow(self, seen: bool) -> None:
        if self._following is not None:
            self._following.cancel()
        self._following = (
            self._shell.tasks.spawn(self._keep_looking(), tr("Ask a server for updates")) if seen else None
        )

    async def _keep_looking(self) -> None:
        while True:
            self.choice.refresh()
            try:
                await self.look()
                self._say("")
            except QbtError as error:
                self._say(sentence(error))
            await asyncio.sleep(self.INTERVAL_S)

    def _say(self, problem: str) -> None:
        written(self._problem, error_color)
        self._problem.setText(problem)
        self._problem.setVisible(bool(problem))

    # Qt's events

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.look_now()

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self._follow(False)

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.WindowStateChange:
            self.look_now()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.close()
        else:
            super().keyPressEvent(event)


def windows(ctx: Context, kind: type[W]) -> list[W]:
    """Give the windows of a kind that are open."""
    return [window for window in ctx.shell.parent.findChildren(kind) if window.isVisible()]


def open_window(ctx: Context, session: Session, kind: type[W]) -> W:
    """Bring the server's window of this kind to the front; there is one, made when it is asked for."""
    known = (w for w in ctx.shell.parent.findChildren(kind) if w.server == session.config.id)
    shown = next(known, None) or kind(ctx.shell, session)
    shown.setWindowState(shown.windowState() & ~Qt.WindowState.WindowMinimized)
    shown.show()
    shown.raise_()
    shown.activateWindow()
    return shown
