"""The choice of the server in the add dialog; it follows how each of them stands."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Mapping

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QComboBox, QWidget

from qbt_remote.model.i18n import tr
from qbt_remote.model.wording import name_of
from qbt_remote.sync.session import Session
from qbt_remote.ui.commands.in_short import state_text
from qbt_remote.ui.kit.plain_text import tip


class ServerChoice(QComboBox):
    """All servers with their states; ``close_watch`` has to be called in the end, and it is of no use then."""

    chosen = Signal()
    """Another server, or the same one in another state."""

    def __init__(self, sessions: Mapping[str, Session], wanted: str | None, parent: QWidget | None = None) -> None:
        """``sessions`` is as it is at any moment; ``follow`` has to be called after it has changed."""
        super().__init__(parent)
        self._live = sessions
        self._sessions: dict[str, Session] = {}
        self._moved = asyncio.Event()
        self._take(wanted)
        self.setCurrentIndex(max(0, self.currentIndex()))
        self._wanted = self.currentData()
        self.currentIndexChanged.connect(self._changed)

    def follow(self) -> None:
        """Offer the servers that are there by now.

        Where the chosen one is gone, none is chosen: another is not to get what was meant for it.
        """
        if dict(self._live) == self._sessions:
            return
        before = self.session()
        self.blockSignals(True)
        self._take(self._wanted)
        self.blockSignals(False)
        if self.session() is not before:
            self.chosen.emit()

    def _take(self, wanted: str | None) -> None:
        self._unwatch()
        self.clear()
        self._sessions = dict(self._live)
        for session in self._sessions.values():
            self.addItem("", session.config.id)
            session.on_status.append(self._status_changed)
            self._name(session)
        self.setCurrentIndex(self.findData(wanted))

    def _changed(self) -> None:
        self._wanted = self.currentData()
        self.chosen.emit()

    def session(self) -> Session | None:
        return self._sessions.get(self.currentData())

    def trouble(self) -> str:
        """Say why nothing can be added now, or ""."""
        session = self.session()
        if session is None and self.count():
            return tr("The server is no longer there; choose another one.")
        if session is None:
            return tr("There is no server to add to.")
        return ""

    def note(self) -> str:
        """Say that what is added will wait, or "" where the server is there."""
        session = self.session()
        if session is None or session.client is not None:
            return ""
        return tr("{server} is not connected. What you add is kept, and sent once it is.", server=name_of(session))

    def close_watch(self) -> None:
        self._live = {}
        self._unwatch()

    def _unwatch(self) -> None:
        for session in self._sessions.values():
            session.on_status.remove(self._status_changed)
        self._sessions = {}

    async def connected(self) -> None:
        """Wait while the server is connecting."""
        while (session := self.session()) and session.status.phase == "connecting":
            self._moved.clear()
            await self._moved.wait()

    def _status_changed(self, session: Session) -> None:
        self._moved.set()
        if self._live.get(session.config.id) is not session:  # it was edited or removed, and has ended
            self.follow()
            return
        self._name(session)
        if session is self.session():
            self.chosen.emit()

    def _name(self, session: Session) -> None:
        name = name_of(session)
        online = session.status.phase == "online"
        words = name if online else tr("{server} (not connected)", server=name)
        place = self.findData(session.config.id)
        self.setItemText(place, words)
        whole = "" if online else tr("{server}: {state}", server=name, state=state_text(session, time.monotonic()))
        self.setItemData(place, tip(whole), Qt.ItemDataRole.ToolTipRole)
