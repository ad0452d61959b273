"""Our session on one server: got by one login, and made anew once for all requests that miss it.

Only a refused password is final.  Whatever else refuses us may pass, so it is found out who speaks and
told; asking again, slowly, is left to the caller.
"""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING

from qbt_remote.api.errors import AuthFailed, QbtError, forget_frames
from qbt_remote.api.login import PROBE, Identity, SendCall, is_qbittorrent, log_in, not_there
from qbt_remote.api.refusals import SESSION_WAIT_S, challenge, forbidden, refused_401
from qbt_remote.api.versions import FIRST, Version
from qbt_remote.translatable import N

if TYPE_CHECKING:
    from qbt_remote.api.endpoints import Endpoint
    from qbt_remote.api.wire import Answer
    from qbt_remote.local.settings import Secrets, ServerConfig

log = logging.getLogger(__name__)

Send = Callable[[Identity, str, dict[str, str] | None], Awaitable["Answer"]]
"""Sends one call with the given identity, unchanged."""
_LOGINS, _LOGIN_WINDOW_S = 3, 60.0
TOO_OFTEN = N(
    "{server} keeps ending the session, or a proxy in front of it refuses the login: another program may be using up "
    "its sessions. The next login attempt is in a minute."
)


class Access:
    """Our identity on the server, and whether a refused request may be sent again."""

    def __init__(self, server: ServerConfig, secrets: Secrets, send: Send, *, host: str) -> None:
        self._server, self._secrets, self._send, self._host = server, secrets, send, host
        self.identity = Identity(server, secrets)
        self.version = Version((2, 0, 0), (4, 1, 0), "")
        self.logged_in = False
        self.tries = 0
        """Counts tries to get in, so that a request knows whether somebody else has tried since it was sent."""
        self._failure: QbtError | None = None
        self._refusal: AuthFailed | None = None
        self._logins: deque[float] = deque(maxlen=_LOGINS)
        self._lock = asyncio.Lock()

    async def begin(self) -> None:
        """Find the server and get in; raises any QbtError."""
        async with self._lock:
            self._refusal = None
            await self._log_in()
            self._logins.clear()

    def end(self) -> None:
        """Be nobody again."""
        self.identity = Identity(self._server, self._secrets)
        self.logged_in = False

    async def version_is_other(self) -> bool:
        """Read the version again, since another release may answer by now, and say whether it does; raises QbtError."""
        async with self._lock:
            ask = self._as(self.identity)
            api, app = await ask(PROBE), await ask("app/version")
            if api.status != 200 or app.status != 200:
                return False  # whoever asks next finds out why
            try:
                version = Version.read(api.text, app.text)
            except ValueError:
                return False
            if version == self.version or version.api < FIRST:
                return False
            log.info("%s is another version now: %s", self._server.name, version.app_text)
            self.version = version
            return True

    async def after_refusal(self, tries: int, answer: Answer, row: Endpoint) -> None:
        """Find out what a 401 or 403 to a session means; returns if the call may be sent again, else raises.

        ``tries`` is what was counted when the call was sent.
        """
        async with self._lock:
            if tries == self.tries:
                if self._refusal is not None:  # one wrong password is enough: five ban the address
                    raise self._refusal
                if not await self._holds():
                    log.info("%s: session gone, logging in again", self._server.name)
                    await self._log_in()
            elif self._failure is not None:
                raise self._failure
        renewed = tries != self.tries
        if row.refuses and answer.status == 403 and not renewed:
            raise self.refused(answer, row, tries)
        if renewed and answer.status == 403 and not answer.html:
            return  # qBittorrent itself refused it for the want of a session, and did nothing
        if row.resend not in ("R", "I") or (row.stateful and not renewed):
            raise self.refused(answer, row, tries)

    def refused(self, answer: Answer, row: Endpoint, tries: int) -> QbtError:
        """Explain a 401 or 403; ``tries`` is what was counted when the call was sent first."""
        if answer.status == 401:
            return refused_401(answer, server=self._server.name, host=self._host)
        return forbidden(answer, self._server.name, folder=row.refuses, renewed=tries != self.tries)

    async def _holds(self) -> bool:
        """Whether the session is as good as before: then somebody else refused that one call.

        Raises what stands in the way if it is not qBittorrent that answers.
        """
        ask = self._as(self.identity)
        answer = await ask(PROBE)
        if await is_qbittorrent(ask, answer):
            return answer.status == 200
        if self._server.basic_username and challenge(answer) == "basic" and not self.identity.basic:
            return False  # what is asked for now was not before, and is known
        error = await not_there(ask, answer, self.identity, self._server, host=self._host)
        self._remember(error)
        raise error

    def _remember(self, error: QbtError) -> None:
        """Keep what is not asked again until ``begin``."""
        if isinstance(error, AuthFailed) and (error.final or error.kind == "banned"):
            self._refusal = error

    async def _log_in(self) -> None:
        """Get a new session; until it is there, requests under way keep to the old one."""
        fresh = Identity(self._server, self._secrets)
        fresh.proven = self.logged_in
        try:
            version = await log_in(self._as(fresh), fresh, self._server, self._secrets, host=self._host)
        except QbtError as error:
            forget_frames(error)
            self._failure = error
            self.tries += 1
            self._remember(error)
            raise
        fresh.proven = True
        self.identity, self.version, self.logged_in = fresh, version, True
        self._failure = None
        self.tries += 1
        log.info("%s: qBittorrent %s, Web API %s", self._server.name, version.app_text, version.api)

    def _as(self, identity: Identity) -> SendCall:
        async def ask(endpoint: str, form: dict[str, str] | None = None, /) -> Answer:
            if form is not None:
                self._count_login()
            return await self._send(identity, endpoint, form)

        return ask

    def _count_login(self) -> None:
        """Let the password go out at most three times a minute, whatever happens."""
        now = asyncio.get_running_loop().time()
        if len(self._logins) == _LOGINS and now - self._logins[0] < _LOGIN_WINDOW_S:
            raise AuthFailed(TOO_OFTEN, kind="session", server=self._server.name, wait_s=SESSION_WAIT_S)
        self._logins.append(now)
