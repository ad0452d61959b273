"""Who we are to a server, and how we get in.

Before any secret is sent, a bare call of app/webapiVersion asks who is there.  A version number is an
open door: there no login is needed, whatever one is set.  A 403 is qBittorrent's if its own headers are
on it, or if a path that does not exist is answered with 404: a proxy that keeps us out refuses both.
Everything else ends here.  One password is tried once: five wrong ones ban the address for an hour.
That the login worked is proved by the next call, not by its own answer: those differ (200 "Ok." to 5.1,
204 from 5.2 on).
"""

from __future__ import annotations

import base64
import re
from typing import TYPE_CHECKING, Protocol

from qbt_remote.api.errors import AuthFailed, QbtError, Unsupported
from qbt_remote.api.refusals import (
    PROXY_REFUSED,
    SESSION_WAIT_S,
    challenge,
    judge,
    not_qbittorrent,
    page,
    signed,
    words,
)
from qbt_remote.api.versions import FIRST, Version
from qbt_remote.api.wire import Answer, Cookies
from qbt_remote.translatable import N

if TYPE_CHECKING:
    from qbt_remote.local.settings import Secrets, ServerConfig

_VERSION = re.compile(r"\d{1,4}(\.\d{1,4}){1,2}")
_NOT_OURS = {"host", "content-length", "transfer-encoding", "connection", "accept-encoding", "content-type"}

PROBE = "app/webapiVersion"
_NOWHERE = "qbt-remote"
"""Below the Web API, where qBittorrent has nothing: it says 404 to everybody."""
_OLD_API = "/version/api"
"""What 4.0 and older have in its place; it wants no login."""
BAN_S = 3600.0
"""How long a server bans an address, unless its settings say otherwise."""
DEFAULT_LOGIN = ("admin", "adminadmin")
"""What every qBittorrent had before 4.6.1, until it was changed; never tried unless the user entered it."""

BANNED = N(
    "{server} has banned this computer after too many wrong passwords. A ban lasts one hour unless the server is set "
    "otherwise, and ends when qBittorrent is restarted there. Correct the password before the next login."
)
WRONG_PASSWORD = N("{server} refused the user name or password.")
REFUSED_BEFORE = N("{server} refused the user name or password. Correct them, or try again.")
NO_PASSWORD = N("No password is known for {server}: enter it in the settings of the server.")
NO_KEY = N("No API key is known for {server}: enter it in the settings of the server.")
WRONG_KEY = N("{server} refused the API key. API keys exist from qBittorrent 5.2 on.")
WANTS_LOGIN = N("{server} requires a login, but none is set: enter one in the settings of the server.")
NO_SESSION = N("{server} accepted the login but not the session that followed: check whether a proxy drops its cookie.")
BASIC_CLASH = N(
    "{server} itself refused the HTTP Basic login of the proxy: from 5.2 on qBittorrent reads it as its own. Keep the"
    ' proxy from passing it on, in nginx with: proxy_set_header Authorization "".'
)
BASIC_REFUSED = N(
    "The proxy in front of {server} refused the user name or password for HTTP Basic: correct them under Advanced in "
    "the settings of the server."
)
NO_BASIC = N(
    "No password is known for the proxy in front of {server}: enter it under Advanced in the settings of the server."
)
BASIC_AND_KEY = N(
    "{server} is behind a proxy with HTTP Basic, so an API key cannot be used. Use a user name and password."
)
TOO_OLD = N("{server} is older than qBittorrent {needs}, the oldest that can be used.")


class SendCall(Protocol):
    """Sends one call (or path, if it begins with "/") as it stands and gives the whole answer.

    Raises Unreachable or BadReply, and AuthFailed for a login that would be one too many.
    """

    async def __call__(self, endpoint: str, form: dict[str, str] | None = None, /) -> Answer: ...


class Identity:
    """What is sent with each request to say who we are: at first nothing."""

    def __init__(self, server: ServerConfig, secrets: Secrets) -> None:
        self._server, self._secrets = server, secrets
        self.cookies = Cookies()
        self.extras = self.basic = self.key = False
        """What is sent by now: the custom headers, HTTP Basic, the API key."""
        self.let_in = False
        """Whether the server wanted no login."""
        self.proven = False
        """Whether the way in worked before."""

    @property
    def has_extras(self) -> bool:
        return bool(self._secrets.headers)

    @property
    def has_basic_password(self) -> bool:
        return bool(self._secrets.basic_password)

    def headers(self) -> dict[str, str]:
        """Give the headers of the next request."""
        headers: dict[str, str] = {}
        theirs = ""
        if self.extras:
            for name, value in self._secrets.headers.items():
                if name.lower() == "cookie":
                    theirs = value
                elif name.lower() not in _NOT_OURS:
                    headers[name] = value
        if self.basic or self.key:
            headers = {name: value for name, value in headers.items() if name.lower() != "authorization"}
            headers["Authorization"] = self._basic_value() if self.basic else f"Bearer {self._secrets.api_key}"
        cookie = self.cookies.header(before=theirs)
        return headers | {"Cookie": cookie} if cookie else headers

    def _basic_value(self) -> str:
        pair = f"{self._server.basic_username}:{self._secrets.basic_password}"
        return "Basic " + base64.b64encode(pair.encode()).decode("ascii")


async def log_in(ask: SendCall, identity: Identity, server: ServerConfig, secrets: Secrets, *, host: str) -> Version:
    """Get in and give the server's version; raises a QbtError that says what stood in the way."""
    identity.let_in = await _probe(ask, identity, server, host=host)
    if not identity.let_in:
        await _give_login(ask, identity, server, secrets, host=host)
    return await _prove(ask, identity, server, host=host)


async def _probe(ask: SendCall, identity: Identity, server: ServerConfig, *, host: str) -> bool:
    """See that qBittorrent is there before it gets a secret, and whether it lets us in without one.

    From then on what the way there needs is sent.
    """
    answer = await ask(PROBE)
    found = await is_qbittorrent(ask, answer)
    if not found:
        identity.extras = _may_be_a_gate(answer, server)
        identity.basic = bool(server.basic_username) and answer.status == 401 and challenge(answer) == "basic"
        if identity.basic or (identity.extras and identity.has_extras):
            answer = await ask(PROBE)
            found = await is_qbittorrent(ask, answer)
    if not found:
        raise await not_there(ask, answer, identity, server, host=host)
    identity.extras = True
    return answer.status == 200


def _may_be_a_gate(answer: Answer, server: ServerConfig) -> bool:
    """Whether custom headers may be what opens the way: its host has shown a certificate, or refuses us.

    Without one a page or a redirect may be of any network that we are in: it would get the tokens.
    """
    return server.url.startswith("https:") or answer.status in (401, 403)


async def is_qbittorrent(ask: SendCall, answer: Answer) -> bool:
    """Whether an answer to the probe is qBittorrent's: a version number, or its own way to want a login."""
    if answer.status == 403 and not answer.html:
        return signed(answer) or (await ask(_NOWHERE)).status == 404
    return answer.status == 200 and _VERSION.fullmatch(answer.text) is not None


async def not_there(ask: SendCall, answer: Answer, identity: Identity, server: ServerConfig, *, host: str) -> QbtError:
    """Say what answered in qBittorrent's place."""
    if answer.status == 401 and identity.basic and challenge(answer) == "basic":
        if not identity.has_basic_password:
            return AuthFailed(NO_BASIC, kind="missing", server=server.name)
        return AuthFailed(BASIC_REFUSED, kind="proxy", final=True, server=server.name)
    if answer.status == 401 and identity.basic and not challenge(answer) and (signed(answer) or not identity.proven):
        return AuthFailed(BASIC_CLASH, kind="proxy", final=True, server=server.name)
    if answer.status == 403:
        return AuthFailed(PROXY_REFUSED, kind="proxy", server=server.name, detail=words(answer))
    if answer.status == 404 and not answer.html:
        old = await ask(_OLD_API)
        if old.status == 200 and old.text.isdigit():
            return Unsupported(TOO_OLD, needs="4.1", server=server.name)
    if answer.status < 300 or answer.status in (400, 404, 405):
        return not_qbittorrent(answer, server=server.name)
    return judge(answer, server=server.name, host=host, base=server.url)


async def _give_login(ask: SendCall, identity: Identity, server: ServerConfig, secrets: Secrets, *, host: str) -> None:
    if server.auth == "none":
        raise AuthFailed(WANTS_LOGIN, kind="missing", server=server.name)
    if server.rejected:
        raise AuthFailed(REFUSED_BEFORE, kind="password", server=server.name)
    if server.auth == "api_key":
        if identity.basic:
            raise AuthFailed(BASIC_AND_KEY, kind="proxy", final=True, server=server.name)
        if not secrets.api_key:
            raise AuthFailed(NO_KEY, kind="missing", server=server.name)
        identity.key = True
        return
    if not secrets.password:  # it would count as a wrong one, and five of those ban the address
        raise AuthFailed(NO_PASSWORD, kind="missing", server=server.name)
    identity.cookies.clear()  # a live session would make any password succeed
    credentials = {"username": server.username, "password": secrets.password}
    await _judge_login(ask, await ask("auth/login", credentials), identity, server, host=host)


async def _judge_login(ask: SendCall, answer: Answer, identity: Identity, server: ServerConfig, *, host: str) -> None:
    if answer.status in (401, 403) and not answer.html and not challenge(answer):
        now = await ask(PROBE)  # something may have come in between: only qBittorrent itself refuses a password
        if not await is_qbittorrent(ask, now):
            raise await not_there(ask, now, identity, server, host=host)
        if answer.status == 401:
            raise AuthFailed(WRONG_PASSWORD, kind="password", server=server.name)
        raise AuthFailed(BANNED, kind="banned", server=server.name, wait_s=BAN_S)
    if answer.status == 403:
        raise AuthFailed(PROXY_REFUSED, kind="proxy", server=server.name)
    if answer.status >= 300:
        raise judge(answer, server=server.name, host=host, base=server.url)
    if answer.text == "Fails.":
        raise AuthFailed(WRONG_PASSWORD, kind="password", server=server.name)
    if answer.html:
        raise page(answer, server=server.name)


async def _prove(ask: SendCall, identity: Identity, server: ServerConfig, *, host: str) -> Version:
    answer = await ask(PROBE)
    if answer.status == 403 and not await is_qbittorrent(ask, answer):
        raise AuthFailed(PROXY_REFUSED, kind="proxy", server=server.name, detail=words(answer))
    if answer.status == 403 and identity.key:
        raise AuthFailed(WRONG_KEY, kind="password", server=server.name)
    if answer.status == 403:
        raise AuthFailed(NO_SESSION, kind="session", server=server.name, wait_s=SESSION_WAIT_S)
    if answer.status >= 300:
        raise judge(answer, server=server.name, host=host, base=server.url)
    app = await ask("app/version")
    try:
        version = Version.read(answer.text, app.text if app.status == 200 else "")
    except ValueError:
        raise not_qbittorrent(answer, server=server.name) from None
    if version.api < FIRST:
        raise Unsupported(TOO_OLD, needs="4.1", server=server.name)
    return version
