"""One client of one server: a connection that does by another way what an older server cannot do as asked."""

from __future__ import annotations

from typing import Any

from qbt_remote.api.connection import Connection
from qbt_remote.api.older import calls
from qbt_remote.api.wire import Files, Json


class QbtClient(Connection):
    """A session on one server, in the newest dialect of the Web API."""

    async def post(self, endpoint: str, /, *, files: Files = (), deadline_s: float | None = None, **form: Any) -> Json:
        """Do something as ``send`` does, if need be by a way round of api/older/calls.py."""
        by_hand = calls.way_round(endpoint, form, self.version)
        if by_hand is not None:
            return await by_hand(self, form)
        return await self.send(endpoint, files=files, deadline_s=deadline_s, **form)
