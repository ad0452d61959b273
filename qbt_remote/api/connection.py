"""A connection to one server: the only place that speaks HTTP.

Every request has one deadline (asyncio.timeout); httpx's own per-read time-outs are off, since each
leaves a timer behind under qasync.  Its transport is used bare: no cookie jar (the server's Expires
would throw the session away), no redirects (they carry passwords to other hosts), no environment.
"""

from __future__ import annotations

import asyncio
import logging
import re
import ssl
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager, nullcontext, suppress
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

import httpx

from qbt_remote import __version__
from qbt_remote.api import tls
from qbt_remote.api.access import Access
from qbt_remote.api.bodies import DEADLINE, PIECE, Body, Deadline, Deadlines, Pieces
from qbt_remote.api.connection_errors import refused_certificate, unreachable
from qbt_remote.api.endpoints import API, ENDPOINTS, Endpoint, Spelled, has, spell
from qbt_remote.api.errors import BadReply, QbtError, Unreachable
from qbt_remote.api.json.in_pieces import in_turns
from qbt_remote.api.login import DEFAULT_LOGIN, Identity
from qbt_remote.api.older.replies import modern
from qbt_remote.api.refusals import NOTHING_HERE, judge
from qbt_remote.api.versions import Version
from qbt_remote.api.wire import (
    LARGEST_BODY,
    LARGEST_JSON,
    WEB_PAGE,
    Answer,
    Files,
    Json,
    form_body,
    is_html,
    patience,
    read_text,
    reading_json,
    upload_body,
)
from qbt_remote.local.address_login import with_password
from qbt_remote.local.requests import Requests
from qbt_remote.local.settings import Secrets, ServerConfig

log = logging.getLogger(__name__)
for _name in ("httpx", "httpcore"):
    logging.getLogger(_name).setLevel(logging.WARNING)  # they print whole addresses and headers

CONNECT_S = 5.0
LOGIN_S = 15.0
_KEEP_ALIVE_S = 5.0  # the server closes idle connections after 7 s: never race it
_LOGOUT_S = 0.3
_NOT_KNOWN = (404, 405)

VERSIONS = {"httpx": httpx.__version__, "OpenSSL": ssl.OPENSSL_VERSION.removeprefix("OpenSSL ")}


@dataclass(frozen=True, slots=True)
class _Call:
    """One call in the newest dialect."""

    endpoint: str
    form: Mapping[str, Any]
    files: Files = ()
    part: tuple[int, int] | None = None
    """Which bytes of the body are wanted: from this one to before that one."""

    @property
    def row(self) -> Endpoint:
        return ENDPOINTS[self.endpoint]


class _CertificateSeen(Exception):
    """Ends a look at a certificate before a byte of HTTP is sent."""


class Connection:
    """A session on one server, in the newest dialect of the Web API, without the ways round of older ones."""

    def __init__(
        self, server: ServerConfig, secrets: Secrets, *, transport: httpx.AsyncBaseTransport | None = None
    ) -> None:
        self.server = server
        self.requests = Requests()
        self._secrets = secrets
        self._host = server.host_header or _host_of(server.url)
        self._access = Access(server, secrets, self._ask, host=self._host)
        self._transport = transport
        self._given = transport is not None
        self._old: list[httpx.AsyncBaseTransport] = []
        self._deadlines = Deadlines(server.name)
        self._command_lock = asyncio.Lock()

    @property
    def version(self) -> Version:
        """What the server says it is; meaningful after connect()."""
        return self._access.version

    @property
    def let_in(self) -> bool:
        """Whether the server wanted no login."""
        return self._access.identity.let_in

    @property
    def has_default_login(self) -> bool:
        """Whether the server let us in by the login that all had before 4.6.1."""
        identity = self._access.identity
        by_password = self._access.logged_in and not (identity.let_in or identity.key)
        return by_password and (self.server.username, self._secrets.password) == DEFAULT_LOGIN

    # --- life

    async def connect(self) -> None:
        """Find the server, log in once and learn its version; raises any QbtError."""
        await self._access.begin()

    async def look_again(self) -> None:
        """Read the server's version again, where it may have been replaced meanwhile; raises any QbtError."""
        await self._access.version_is_other()

    async def close(self) -> None:
        """Log out if that is quick, and drop all connections."""
        if self._access.logged_in and not self._access.identity.key:
            try:
                async with asyncio.timeout(_LOGOUT_S):
                    await self._ask(self._access.identity, "auth/logout", {})
            except (QbtError, TimeoutError):
                log.debug("no log-out")
        self._access.end()
        if self._transport is not None:
            self._old.append(self._transport)
            self._transport = None
        await self._close_old()

    async def hang_up(self) -> None:
        """Give up what is being read, and open new connections from now on: those that are open may be dead.

        A command that is under way has the time that it would have had.
        """
        self._deadlines.give_up_reads()
        if self._transport is not None and not self._given:
            self._old.append(self._transport)
            self._transport = None
        if not self._deadlines.acting:
            await self._close_old()

    async def _close_old(self) -> None:
        while self._old:
            await self._old.pop().aclose()

    def has(self, feature: str) -> bool:
        """Whether the server can do a feature of api/endpoints.py."""
        return has(feature, self.version)

    # --- calls

    async def get(self, endpoint: str, /, *, deadline_s: float = 30.0, **params: Any) -> Json:
        """Read something; text where the call answers in text."""
        body, headers = await self._call(_Call(endpoint, params), deadline_s)
        kind = ENDPOINTS[endpoint].reply
        if kind == "text":
            return read_text(body, headers, server=self.server.name)
        value = await in_turns(reading_json(body, headers, server=self.server.name, shape=kind))
        return modern(endpoint, value, self.version)

    async def get_text(self, endpoint: str, /, *, deadline_s: float = 30.0, **params: Any) -> str:
        """Read something as text."""
        return read_text(*await self._call(_Call(endpoint, params), deadline_s), server=self.server.name)

    async def get_bytes(
        self, endpoint: str, /, *, deadline_s: float = 120.0, part: tuple[int, int] | None = None, **params: Any
    ) -> bytes:
        """Read a file, or the bytes of it from ``part[0]`` to before ``part[1]``."""
        body, headers = await self._call(_Call(endpoint, params, part=part), deadline_s, largest=LARGEST_BODY)
        if endpoint != "torrents/downloadFile" and is_html(headers, body):
            raise BadReply(WEB_PAGE, server=self.server.name)
        return body

    @asynccontextmanager
    async def stream(
        self, endpoint: str, /, *, first_byte_s: float | None = None, **params: Any
    ) -> AsyncIterator[AsyncIterator[bytes]]:
        """Read a large answer piece by piece, unpacked.  Never asked again by itself.

        A full answer (no ``rid``) may take 30 s to begin, a delta 10 s.  A body that brings less than
        1 KiB/s over 10 s, or takes longer than 120 s, is given up.
        """
        wait = first_byte_s or (10.0 if params.get("rid") else 30.0)
        call = _Call(endpoint, params)
        async with self._deadlines.within(wait, reads=True) as deadline, self._opened(call, deadline) as response:
            pieces = self._body(response, deadline).paced(deadline.timer)
            try:
                yield pieces
            finally:
                await pieces.aclose()

    async def send(self, endpoint: str, /, *, files: Files = (), deadline_s: float | None = None, **form: Any) -> Json:
        """Do something by the plain call.  Gives JSON if the answer is JSON, else text.

        Commands go out one after another.  ``Unreachable.sent`` tells whether one may have been
        carried out although its answer was lost.
        """
        wait = deadline_s if deadline_s is not None else patience(form, files)
        call = _Call(endpoint, form, files)
        async with nullcontext() if call.row.resend == "R" else self._command_lock:
            body, headers = await self._call(call, wait)
        text = read_text(body, headers, server=self.server.name)
        is_json = text[:1] in ("{", "[") and ENDPOINTS[endpoint].reply in ("json", "text")
        if not is_json:
            return modern(endpoint, text, self.version)
        value = await in_turns(reading_json(body, headers, server=self.server.name))
        return modern(endpoint, value, self.version)

    # --- one call, with what may be repeated

    async def _call(
        self, call: _Call, deadline_s: float, *, largest: int = LARGEST_JSON
    ) -> tuple[bytes, httpx.Headers]:
        try:
            return await self._once(call, deadline_s, largest)
        except Unreachable as error:
            if call.row.resend != "R" or call.row.stateful or not error.sent or error.detail == DEADLINE:
                raise
            log.debug("%s dropped, asking again", call.endpoint)
        return await self._once(call, deadline_s, largest, tried=1)

    async def _once(self, call: _Call, deadline_s: float, largest: int, tried: int = 0) -> tuple[bytes, httpx.Headers]:
        limit = self._deadlines.within(deadline_s, reads=call.row.resend == "R", tried=tried)
        async with limit as late, self._opened(call, late) as response:
            return await self._body(response, late).whole(largest), response.headers

    @asynccontextmanager
    async def _opened(self, call: _Call, deadline: Deadline) -> AsyncIterator[httpx.Response]:
        """Send a call and give its good answer; once more if a 401 or 403 was only about the session."""
        tries = self._access.tries
        async with AsyncExitStack() as stack:
            for attempt in (1, 2):
                spelled = spell(call.endpoint, call.form, self.version)
                response = await stack.enter_async_context(
                    self._exchange(self._access.identity, spelled, call.files, deadline, call.part)
                )
                if response.is_success:
                    yield response
                    return
                answer = await self._answer(response, deadline)
                await stack.aclose()
                if answer.status in _NOT_KNOWN and attempt == 1:
                    with deadline.paused():  # it was not carried out: another version may know it by another name
                        if await self._access.version_is_other():
                            continue
                if answer.status not in (401, 403):
                    raise self._judge(answer, call)
                if attempt == 2:
                    raise self._access.refused(answer, call.row, tries)
                with deadline.paused():
                    await self._access.after_refusal(tries, answer, call.row)

    async def _ask(self, identity: Identity, endpoint: str, form: dict[str, str] | None = None, /) -> Answer:
        """Send a call as it stands, without session handling; a path if it begins with "/"."""
        path = endpoint if endpoint.startswith("/") else API + endpoint
        spelled = Spelled("GET" if form is None else "POST", path, form or {})
        limit = self._deadlines.within(LOGIN_S, reads=form is None)
        async with limit as late, self._exchange(identity, spelled, (), late) as response:
            return await self._answer(response, late)

    # --- one exchange

    @asynccontextmanager
    async def _exchange(
        self,
        identity: Identity,
        spelled: Spelled,
        files: Files,
        deadline: Deadline,
        part: tuple[int, int] | None = None,
    ) -> AsyncIterator[httpx.Response]:
        """Send one request and give the response with its body unread."""
        deadline.sent, deadline.body = False, None
        deadline.attempt += 1

        async def trace(event: str, _info: dict[str, Any]) -> None:
            if event.endswith("send_request_headers.started"):
                deadline.sent = True

        try:
            request = self._request(identity, spelled, files)
            if part is not None:
                request.headers["Range"] = f"bytes={part[0]}-{part[1] - 1}"
            request.extensions = {"timeout": {"connect": CONNECT_S}, "trace": trace}
            size = int(request.headers.get("Content-Length", "0"))
            with self.requests.following(spelled.method, spelled.name, size, deadline.attempt) as put_down:
                response = await self._send_request(request)
                put_down.status = response.status_code
                try:
                    identity.cookies.take(response.headers.get_list("set-cookie"))
                    yield response
                finally:
                    put_down.received = deadline.body.came if deadline.body else 0
                    await response.stream.aclose()  # type: ignore[union-attr]  # always an async stream here
        except (httpx.HTTPError, httpx.InvalidURL, tls.BadSettings) as error:
            raise await self._network_error(error, sent=deadline.sent) from error

    def _request(self, identity: Identity, spelled: Spelled, files: Files) -> httpx.Request:
        own = {"Host": self._host, "User-Agent": f"qbt-remote/{__version__}"}
        headers = own | {"Accept": "*/*", "Accept-Encoding": "gzip"} | identity.headers()
        url = self.server.url + spelled.path
        body: bytes | Pieces | None = None
        if spelled.method == "GET":
            url += "?" + urlencode(spelled.form) if spelled.form else ""
        elif files:
            headers["Content-Type"], parts = upload_body(spelled.form, files)
            size = sum(map(len, parts))
            headers["Content-Length"] = str(size)
            body = Pieces(parts) if size > PIECE else b"".join(parts)
        else:
            headers["Content-Type"], body = "application/x-www-form-urlencoded", form_body(spelled.form)
        encoded = [
            (name.encode("ascii", "replace"), value.encode("utf-8", "replace")) for name, value in headers.items()
        ]
        return httpx.Request(spelled.method, url, headers=encoded, content=body)

    async def _send_request(self, request: httpx.Request) -> httpx.Response:
        if self._transport is None:
            context = await self._context() if self.server.url.startswith("https:") else tls.blind_context()
            self._transport = self._transport or self._new_transport(context)
        return await self._transport.handle_async_request(request)

    async def _context(self) -> ssl.SSLContext:
        by_fingerprint = tls.is_fingerprint(self.server.certificate)
        certificate = await self._certificate() if by_fingerprint else ""
        # reading the system's store takes 20 ms, for which a thread does without the interpreter's lock
        return await asyncio.to_thread(tls.context_for, self.server, certificate)

    def _new_transport(self, context: ssl.SSLContext) -> httpx.AsyncHTTPTransport:
        limits = httpx.Limits(max_connections=4, max_keepalive_connections=4, keepalive_expiry=_KEEP_ALIVE_S)
        try:
            proxy = with_password(self.server.proxy, self._secrets.proxy_password)
            return httpx.AsyncHTTPTransport(verify=context, limits=limits, proxy=proxy or None, trust_env=False)
        except ValueError as error:
            raise tls.BadSettings(str(error)) from None

    # --- bodies

    def _body(self, response: httpx.Response, deadline: Deadline) -> Body:
        stream = response.stream
        assert isinstance(stream, httpx.AsyncByteStream)
        deadline.body = Body(self.server.name, response.headers, stream)
        return deadline.body

    async def _answer(self, response: httpx.Response, deadline: Deadline) -> Answer:
        return Answer(response.status_code, response.headers, await self._body(response, deadline).beginning())

    # --- errors

    def _judge(self, answer: Answer, call: _Call) -> QbtError:
        if answer.status == 404 and call.endpoint == "sync/maindata":  # it is about no item that may be unknown
            return BadReply(NOTHING_HERE, server=self.server.name)
        return judge(answer, server=self.server.name, host=self._host, base=self.server.url)

    async def _network_error(self, error: Exception, *, sent: bool) -> QbtError:
        refused = refused_certificate(error)
        if refused is not None:
            try:
                return tls.untrusted(self.server, await self._certificate(), refused)
            except httpx.HTTPError:
                return tls.untrusted(self.server, "", refused)
        return unreachable(error, server=self.server.name, sent=sent)

    async def _certificate(self) -> str:
        """Shake hands, look, and hang up; no HTTP is sent.  Raises httpx.HTTPError."""
        seen: list[str] = []

        async def look(event: str, info: dict[str, Any]) -> None:
            if event.endswith("start_tls.complete"):
                stream = info["return_value"]
                seen.append(ssl.DER_cert_to_PEM_cert(stream.get_extra_info("ssl_object").getpeercert(True)))
                await stream.aclose()
                raise _CertificateSeen

        request = httpx.Request("GET", self.server.url)
        request.extensions = {"timeout": {"connect": CONNECT_S}, "trace": look}
        async with self._new_transport(tls.blind_context()) as transport:
            with suppress(_CertificateSeen):
                await transport.handle_async_request(request)
        log.debug("looked at the certificate of %s", self.server.name)
        return seen[0]


def _host_of(url: str) -> str:
    """Give what ``Host`` says for an address: an IPv6 zone means nothing to the server."""
    return re.sub(r"%[^\]]*", "", url.partition("://")[2].partition("/")[0])
