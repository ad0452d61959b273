"""The choice of the server in the add dialog; it follows how each of them stands."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Mapping

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QComboBox, QWidget

from qbt_remote.model.i18n import tr
from qbt_remote.model.wording import name_of, state_text
from qbt_remote.sync.session import Session


class ServerChoice(QComboBox):
    """All servers with their states; ``close_watch`` has to be called in the end."""

    chosen = Signal()
    """Another server, or the same one in another state."""

    def __init__(self, sessions: Mapping[str, Session], wanted: str | None, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._sessions = dict(sessions)
        self._watched = list(self._sessions.values())
        self._moved = asyncio.Event()
        for session in self._watched:
            self.addItem("", session.config.id)
            session.on_status.append(self._status_changed)
            self._name(session)
        self.setCurrentIndex(max(0, self.findData(wanted)))
        self.currentIndexChanged.connect(self.chosen)

    def session(self) -> Session | None:
        return self._sessions.get(self.currentData())

    def trouble(self) -> str:
        """Say why nothing can be added now, or ""."""
        session = self.session()
        if session is None:
            return tr("There is no server to add to.")
        if session.client is None:
            return tr("{server} is not connected; you can add once it is.", server=name_of(session))
        return ""

    def close_watch(self) -> None:
        for session in self._watched:
            session.on_status.remove(self._status_changed)
        self._watched.clear()

    async def connected(self) -> None:
        """Wait while the server is connecting."""
        while (session := self.session()) and session.status.phase == "connecting":
            self._moved.clear()
            await self._moved.wait()

    def _status_changed(self, session: Session) -> None:
        self._moved.set()
        self._name(session)
        if session is self.session():
            self.chosen.emit()

    def _name(self, session: Session) -> None:
        name = name_of(session)
        online = session.status.phase == "online"
        words = name if online else f"{name} ({state_text(session, time.monotonic())})"
        self.setItemText(self.findData(session.config.id), words)
