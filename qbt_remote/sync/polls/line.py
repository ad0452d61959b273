"""The client of one server: opened, connected and dropped as its session needs it."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING

from qbt_remote.local.requests import Requests
from qbt_remote.local.settings import ServerConfig

if TYPE_CHECKING:
    from qbt_remote.api.client import QbtClient

log = logging.getLogger(__name__)

OpenClient = Callable[[ServerConfig], Awaitable["QbtClient"]]
_CLOSE_S = 1.0


class ServerLine:
    """``client`` is there once it was opened, ``connected`` from its first login until it is dropped."""

    def __init__(self, config: ServerConfig, open_client: OpenClient, requests: Callable[[], Requests]) -> None:
        """``requests`` gives where the client puts down what it asks."""
        self._config, self._open, self._requests = config, open_client, requests
        self.client: QbtClient | None = None
        self.connected = False

    async def connect(self) -> QbtClient:
        """Give the client, connected; raises QbtError."""
        if self.client is None:
            self.client = await self._open(self._config)
            self.client.requests = self._requests()
        if not self.connected:
            await self.client.connect()
            self.connected = True
        return self.client

    def lacks(self, feature: str) -> bool:
        """Whether the server is known to be too old for a feature of api/endpoints.py."""
        return self.connected and self.client is not None and not self.client.has(feature)

    async def hang_up(self) -> None:
        """Give up what is being read over connections that may be dead; the login stays."""
        if self.client is not None:
            await self.client.hang_up()

    async def drop(self) -> None:
        """Forget the client and its login."""
        client, self.client, self.connected = self.client, None, False
        if client is None:
            return
        try:
            async with asyncio.timeout(_CLOSE_S):
                await client.close()
        except TimeoutError:
            log.debug("%s: not closed in time", self._config.name)
