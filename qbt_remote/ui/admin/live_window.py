"""A window of its own that looks for news only while it can be seen."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, ClassVar

from PySide6.QtCore import QEvent, QSize, Qt
from PySide6.QtGui import QHideEvent, QKeyEvent, QShowEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from qbt_remote.model.i18n import tr
from qbt_remote.ui.kit.remembered import remember_size

if TYPE_CHECKING:
    from qbt_remote.ui.commands.shell import Shell


class LiveWindow(QWidget):
    """Subclasses fill ``column``, and get what is new in ``look``."""

    ID: ClassVar[str]
    """The window's size is remembered under it."""
    TITLE: ClassVar[str]
    """English."""
    SIZE: ClassVar[tuple[int, int]]
    INTERVAL_S: ClassVar[float] = 2.0

    def __init__(self, shell: Shell) -> None:
        super().__init__(shell.parent, Qt.WindowType.Window)
        self._shell = shell
        self._following: asyncio.Task[None] | None = None
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.column = QVBoxLayout(self)
        self.column.setContentsMargins(12, 12, 12, 12)
        self.column.setSpacing(8)
        remember_size(self, shell.settings.window, self.ID, QSize(*self.SIZE))

    async def look(self) -> None:
        """Ask for what is new and show it."""
        raise NotImplementedError

    def look_now(self) -> None:
        """Begin the looking anew, as after another tab was chosen."""
        self._follow(self.isVisible() and not self.isMinimized())

    def _follow(self, seen: bool) -> None:
        if self._following is not None:
            self._following.cancel()
        self._following = self._shell.tasks.spawn(self._keep_looking(), tr("Look for news")) if seen else None

    async def _keep_looking(self) -> None:
        while True:
            await self.look()
            await asyncio.sleep(self.INTERVAL_S)

    def come_to_front(self) -> None:
        self.setWindowState(self.windowState() & ~Qt.WindowState.WindowMinimized)
        self.show()
        self.raise_()
        self.activateWindow()

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
