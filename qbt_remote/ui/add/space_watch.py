"""How much is to be downloaded, how much room there is where it is saved, and whether that is enough."""

from __future__ import annotations

import asyncio
from typing import Any

from qbt_remote.api.errors import QbtError
from qbt_remote.model import text
from qbt_remote.model.i18n import tr
from qbt_remote.sync.session import Session
from qbt_remote.ui.add.parts.files_part import Spawn
from qbt_remote.ui.add.parts.where_part import WherePart

CALL = "app/getFreeSpaceAtPath"
DEBOUNCE_S = 0.3


class SpaceWatch:
    """Says below the save path how much is ticked, and what is free there (5.3+) or else at the default path."""

    def __init__(self, where: WherePart, spawn: Spawn) -> None:
        self._where, self._spawn = where, spawn
        self._session: Session | None = None
        self._task: asyncio.Task[Any] | None = None
        self._asked: tuple[Session | None, str, bool] = (None, "", False)
        self._free: int | None = None
        self._wanted = 0

    def look(self, session: Session | None, wanted: int) -> None:
        """Say what is free, and warn if these bytes are more; the server is asked when the folder is another."""
        self._wanted, self._session = wanted, session
        able = session is not None and session.client is not None and session.client.has(CALL)
        asked = (session, self._where.target, able)
        if asked == self._asked:
            self._tell()
            return
        self._asked, self._free = asked, None
        if self._task:
            self._task.cancel()
            self._task = None
        if able and session is not None and asked[1]:
            self._task = self._spawn(self._ask(session, asked[1]), tr("Read the free space"))
        self._tell()

    async def _ask(self, session: Session, path: str) -> None:
        await asyncio.sleep(DEBOUNCE_S)
        if session.client is None:
            return
        try:
            free = await session.client.get(CALL, path=path)
        except QbtError:  # it is only shown
            return
        if self._asked == (session, path, True):
            self._free = free if free >= 0 else None
            self._tell()

    def _tell(self) -> None:
        free = self._free
        if free is None:
            self._tell_default()
            return
        self._show(tr("{size} free", size=text.size(free)), short=self._wanted > free)

    def _show(self, free: str, *, short: bool = False) -> None:
        wanted = text.size(self._wanted) if self._wanted else ""
        if short:
            free = tr("Does not fit: {wanted} needed, {free}", wanted=wanted, free=free)
        elif wanted:
            free = tr("Size: {wanted}, {free}", wanted=wanted, free=free) if free else tr("Size: {n}", n=wanted)
        self._where.show_space(free, warning=short)

    def _tell_default(self) -> None:
        """Before 5.3 a server tells only of the disk of its default path (free_space_on_disk, 4.1.1+)."""
        state = self._session.mirror.server if self._session else {}
        free = state.get("free_space_on_disk")
        if not isinstance(free, int) or free < 0 or (self._task is not None and not self._task.done()):
            self._show("")
        else:
            there = tr("{size} free at the default save path", size=text.size(free))
            self._show(there, short=self._wanted > free and not self._where.elsewhere)
