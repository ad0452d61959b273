"""Who we are to a server, and how we get in.

Before any secret is sent, a bare call of app/webapiVersion asks who is there: 403 or a version number
is qBittorrent, everything else ends here.  One password is tried once: five wrong ones ban the
address for an hour.  That the login worked is proved by the next call, not by its own answer: those
differ (200 "Ok." to 5.1, 204 from 5.2 on) and a login from a let-in address always succeeds.
"""

from __future__ import annotations

import base64
import re
from typing import TYPE_CHECKING, Protocol

from qbt_remote.api.errors import AuthFailed, BadReply, QbtError, Unsupported
from qbt_remote.api.versions import FIRST, Version
from qbt_remote.api.wire import NOT_QBITTORRENT, Answer, Cookies, judge
from qbt_remote.translatable import N

if TYPE_CHECKING:
    from qbt_remote.local.settings import Secrets, ServerConfig

_VERSION = re.compile(r"\d{1,4}(\.\d{1,4}){1,2}")
_NOT_OURS = {"host", "content-length", "transfer-encoding", "connection", "accept-encoding", "content-type"}

BANNED = N(
    "{server} has banned this address after too many wrong passwords. The ban lasts one hour unless its settings say"
    " otherwise."
)
WRONG_PASSWORD = N("{server} refused the user name or password.")
NO_PASSWORD = N("No password is known for {server}: enter it in the settings of the server.")
WRONG_KEY = N("{server} refused the API key. API keys exist from qBittorrent 5.2 on.")
WANTS_LOGIN = N("{server} wants a login, but none is set.")
NO_SESSION = N("{server} accepted the login but not the session that followed.")
BASIC_CLASH = N(
    "{server} itself refused the HTTP Basic login of the proxy: from 5.2 on qBittorrent reads it as its own. Let the"
    ' proxy keep it back, in nginx by: proxy_set_header Authorization "".'
)
BASIC_REFUSED = N("The proxy before {server} refused the user name or password for HTTP Basic.")
BASIC_AND_KEY = N(
    "{server} stands behind a proxy with HTTP Basic, which leaves no room for an API key. Use a user name and password."
)
PROXY_REFUSED = N("A proxy before {server} refuses the request (status 403).")
TOO_OLD = N("{server} is older than qBittorrent {needs}, the oldest that can be used.")


class SendCall(Protocol):
    """Sends one call as it stands and gives the whole answer; raises Unreachable or BadReply only."""

    async def __call__(self, endpoint: str, form: dict[str, str] | None = None, /) -> Answer: ...


class Identity:
    """What is sent with each request to say who we are: at first nothing."""

    def __init__(self, server: ServerConfig, secrets: Secrets) -> None:
        self._server, self._secrets = server, secrets
        self.cookies = Cookies()
        self.extras = self.basic = self.key = False
        """What is sent by now: the custom headers, HTTP Basic, the API key."""

    @property
    def has_extras(self) -> bool:
        return bool(self._secrets.headers)

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
    await _probe(ask, identity, server, host=host)
    if server.auth == "password":
        if not secrets.password:  # it would count as a wrong one, and five of those ban the address
            raise AuthFailed(NO_PASSWORD, kind="password", server=server.name)
        identity.cookies.clear()  # a live session would make any password succeed
        credentials = {"username": server.username, "password": secrets.password}
        _judge_login(await ask("auth/login", credentials), server, host=host)
    elif server.auth == "api_key":
        if identity.basic:
            raise AuthFailed(BASIC_AND_KEY, kind="proxy", server=server.name)
        identity.key = True
    return await _prove(ask, server, host=host)


async def _probe(ask: SendCall, identity: Identity, server: ServerConfig, *, host: str) -> None:
    """See that qBittorrent is there before it gets a secret; from then on send what the way there needs."""
    answer = await ask("app/webapiVersion")
    if not _is_qbittorrent(answer):
        identity.extras = True
        identity.basic = bool(server.basic_username) and answer.status == 401 and _wants_basic(answer)
        if identity.basic or identity.has_extras:
            answer = await ask("app/webapiVersion")
    identity.extras = True
    if _is_qbittorrent(answer):
        return
    raise _not_there(answer, identity, server, host=host)


def _wants_basic(answer: Answer) -> bool:
    return answer.headers.get("www-authenticate", "").lower().startswith("basic")


def _is_qbittorrent(answer: Answer) -> bool:
    if answer.status == 403:
        return not answer.html
    return answer.status == 200 and _VERSION.fullmatch(answer.text) is not None


def _not_there(answer: Answer, identity: Identity, server: ServerConfig, *, host: str) -> QbtError:
    """Say what answered in qBittorrent's place."""
    if answer.status == 401 and identity.basic:
        template = BASIC_REFUSED if answer.headers.get("www-authenticate") else BASIC_CLASH
        return AuthFailed(template, kind="proxy", server=server.name)
    if answer.status == 403:
        return AuthFailed(PROXY_REFUSED, kind="proxy", server=server.name)
    if answer.status == 404 and not answer.html:  # what 4.0 and older say: they have no /api/v2
        return Unsupported(TOO_OLD, needs="4.1", server=server.name)
    if answer.status < 300 or answer.status in (400, 404, 405):
        return BadReply(NOT_QBITTORRENT, server=server.name)
    return judge(answer, server=server.name, host=host, base=server.url)


def _judge_login(answer: Answer, server: ServerConfig, *, host: str) -> None:
    if answer.status == 401 and not answer.headers.get("www-authenticate"):
        raise AuthFailed(WRONG_PASSWORD, kind="password", server=server.name)
    if answer.status == 403 and not answer.html:
        raise AuthFailed(BANNED, kind="banned", server=server.name)
    if answer.status == 403:
        raise AuthFailed(PROXY_REFUSED, kind="proxy", server=server.name)
    if answer.status >= 300:
        raise judge(answer, server=server.name, host=host, base=server.url)
    if answer.text == "Fails.":
        raise AuthFailed(WRONG_PASSWORD, kind="password", server=server.name)
    if answer.html:
        raise BadReply(NOT_QBITTORRENT, server=server.name)


async def _prove(ask: SendCall, server: ServerConfig, *, host: str) -> Version:
    answer = await ask("app/webapiVersion")
    if answer.status == 403:
        template, kind = {
            "password": (NO_SESSION, "session"),
            "api_key": (WRONG_KEY, "password"),
        }.get(server.auth, (WANTS_LOGIN, "password"))
        raise AuthFailed(template, kind=kind, server=server.name)
    if answer.status >= 300:
        raise judge(answer, server=server.name, host=host, base=server.url)
    app = await ask("app/version")
    try:
        version = Version.read(answer.text, app.text if app.status == 200 else "")
    except ValueError:
        raise BadReply(NOT_QBITTORRENT, server=server.name) from None
    if version.api < FIRST:
        raise Unsupported(TOO_OLD, needs="4.1", server=server.name)
    return version
