"""The picture of ``--screenshot``: taken once every list is complete."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from qbt_remote.model.i18n import tr, tr_n
from qbt_remote.model.text import speed
from qbt_remote.model.wording import name_of, sentence

if TYPE_CHECKING:
    from qbt_remote.sync.session import Session
    from qbt_remote.sync.torrent import Torrent
    from qbt_remote.ui.window.main_window import MainWindow

WITHIN_S = 60.0
WORTH_SHOWING = 10_000
"""Bytes a second: the first thing a server reports of a transfer is often its handshake."""


class Picture:
    """A picture of the window with these sessions; with a trial, a torrent of it must be downloading."""

    def __init__(self, window: MainWindow, sessions: Mapping[str, Session], *, trial: bool) -> None:
        self._window, self._sessions, self._trial = window, sessions, trial

    async def save(self, file: Path) -> str:
        """Save it and say in one line what it shows; gives the reason if that cannot be done."""
        end = time.monotonic() + WITHIN_S
        while not self._is_complete():
            if time.monotonic() > end:
                return tr("the list was not complete within 60 seconds: {why}", why=self._why_not())
            await asyncio.sleep(0.1)
        if all(session.status.phase == "refused" for session in self._sessions.values()):
            return self._why_not()
        self._window.refresh()
        await asyncio.sleep(0.3)  # one turn for the layout, one for the paint
        if not self._window.grab().save(str(file)):
            return tr("the picture cannot be written to {file}", file=file)
        print(self._line())
        return ""

    def _line(self) -> str:
        torrents = self._torrents()
        names = (f"{name_of(s)} ({s.client.version.app_text})" for s in self._sessions.values() if s.client)
        return tr_n(
            len(torrents),
            "{n} torrent on {servers}, downloading at {speed}",
            "{n} torrents on {servers}, downloading at {speed}",
            servers=", ".join(names),
            speed=speed(sum(t.dlspeed for t in torrents)),
        )

    def _is_complete(self) -> bool:
        if not self._window.feed.complete():
            return False
        if not self._trial:
            return True
        told = any(s.mirror.server.get("dl_info_speed") for s in self._sessions.values())  # it comes a poll later
        return told and any(t.dlspeed >= WORTH_SHOWING and 0 < t.progress < 1 for t in self._torrents())

    def _torrents(self) -> list[Torrent]:
        return [t for s in self._sessions.values() for t in s.mirror.torrents.values()]

    def _why_not(self) -> str:
        if not self._sessions:
            return tr("no server is known")
        waiting = [s for s in self._sessions.values() if s.status.phase != "online"]
        return "; ".join(
            f"{name_of(s)}: {sentence(s.status.error) if s.status.error else s.status.phase}" for s in waiting
        ) or tr("nothing is downloading: {states}", states=", ".join(sorted(t.state for t in self._torrents())))
