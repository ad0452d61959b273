"""Which servers there are in this run, and the one session of each that is switched on.

Servers come from the settings and, for this run only, from the command line or the trial; the latter are
never written to the settings.  What a person does to the list of servers arrives as one of four events: added, edited,
ordered, removed.  Whoever shows sessions is told when one is made and when one ends.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import TYPE_CHECKING

from qbt_remote.local.settings import Secrets, ServerConfig, Settings
from qbt_remote.sync.polls.sleep import Sleep

if TYPE_CHECKING:
    from qbt_remote.api.client import QbtClient
    from qbt_remote.sync.session import Session

_LOOK_S = 1.0


class Fleet:
    """One session for each server that is switched on; ``sessions`` has them by the server's id."""

    def __init__(
        self,
        settings: Settings,
        open_client: Callable[[ServerConfig], Awaitable[QbtClient]],
        *,
        on_start: Callable[[Session], None],
        on_stop: Callable[[Session], None],
    ) -> None:
        """``on_start`` is told of a session before it starts, ``on_stop`` of one before it is stopped."""
        self._settings, self._open_client = settings, open_client
        self._on_start, self._on_stop = on_start, on_stop
        self.sessions: dict[str, Session] = {}
        self.given: dict[str, tuple[ServerConfig, Secrets]] = {}
        """The servers of this run only, by id."""
        self.named = ""
        """Id of a server that runs in this run although it may be switched off in the settings."""

    def give(self, config: ServerConfig, secrets: Secrets) -> None:
        """Add a server of this run only."""
        self.given[config.id] = (config, secrets)

    def order(self) -> list[str]:
        """Give the ids of all servers in the order in which they are shown."""
        return [*self.given, *(server.id for server in self._settings.servers)]

    def start(self, before: Session | None = None) -> None:
        """Start what shall run and does not yet; the session that was there before leaves what it asked."""
        from qbt_remote.sync.session import Session

        for config in self._wanted().values():
            if config.id not in self.sessions:
                session = self.sessions[config.id] = Session(config, self._open_client)
                session.for_this_run = config.id in self.given
                if before is not None and before.config.id == config.id:
                    session.requests = before.requests
                self._on_start(session)
                session.start()

    async def follow(self, sleep: Sleep) -> None:
        """Let all sessions go on at once whenever the computer has slept; never ends by itself."""
        import asyncio

        while True:
            await asyncio.sleep(_LOOK_S)
            if sleep.has_been():
                await asyncio.gather(*(session.resume() for session in self.sessions.values()))

    async def added(self) -> None:
        """A server stands in the settings now that did not before."""
        self.named = ""  # from now on the settings say whether it is switched on
        self.start()

    async def edited(self, server: str) -> None:
        """A server has another address, login or switch than before: its session is made anew."""
        before = self.sessions.get(server)
        await self.removed(server)
        self.start(before)

    async def ordered(self) -> None:
        """The servers stand in another order; all sessions go on."""
        self.named = ""

    async def removed(self, server: str) -> None:
        """A server is no longer there, or no longer as it was: its session ends."""
        self.named = ""
        session = self.sessions.pop(server, None)
        if session is not None:
            self._on_stop(session)
            await session.stop()

    def put(self, config: ServerConfig, password: str | None) -> bool:
        """Store a server's changed address or login: in the settings (True), or for this run only."""
        if config.id in self.given:
            _old, secrets = self.given[config.id]
            self.given[config.id] = (config, secrets if password is None else replace(secrets, password=password))
        row = next((n for n, saved in enumerate(self._settings.servers) if saved.id == config.id), -1)
        if row >= 0:
            self._settings.servers[row] = config
        return row >= 0

    def _wanted(self) -> dict[str, ServerConfig]:
        own = {config.id: config for config, _secrets in self.given.values()}
        return {s.id: s for s in self._settings.servers if s.enabled or s.id == self.named} | own
