"""A scripted server for the client's tests: answers as the recorded qBittorrent does, and keeps every request."""

from __future__ import annotations

import asyncio
import base64
from collections.abc import Callable, Coroutine
from typing import Any
from urllib.parse import parse_qsl

import httpx

from qbt_remote.api.client import QbtClient
from qbt_remote.local.settings import Secrets, ServerConfig

POLICY = (
    "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; script-src 'self' 'unsafe-inline';"
    " object-src 'none'; form-action 'self'; frame-ancestors 'self';"
)
"""What 4.2.5 and 4.5.2 put on all of their answers; 5.1.0 and 5.3.0 put more between the last two."""
AsyncHandler = Callable[[httpx.Request], Coroutine[Any, Any, httpx.Response]]
Reply = httpx.Response | Callable[[httpx.Request], httpx.Response] | Exception


class Scripted:
    """Sessions, login and versions of one qBittorrent; ``answers`` holds the rest, by "scope/name"."""

    def __init__(self, api: str = "2.11.4", app: str = "v5.1.0", *, cookie: str = "SID") -> None:
        self.api, self.app, self.cookie = api, app, cookie
        self.password, self.key = "right", "qbt_key"
        self.basic = ""
        """"user:password" that a proxy in front asks for; "" means none."""
        self.open_door = self.banned = False
        self.own_headers = {"Content-Security-Policy": POLICY}
        """On its refusals; an alternative Web UI has them not."""
        self.sessions: list[str] = []
        self.logins = 0
        self.answers: dict[str, Reply | list[Reply]] = {}
        self.requests: list[httpx.Request] = []

    @property
    def modern(self) -> bool:
        return tuple(map(int, self.api.split("."))) >= (2, 14)

    def __call__(self, request: httpx.Request) -> httpx.Response:
        self.requests.append(request)
        name = request.url.path.partition("/api/v2/")[2]
        if self.basic and request.headers.get("authorization") != basic_header(self.basic):
            return httpx.Response(401, headers={"WWW-Authenticate": 'Basic realm="nginx"'}, html="<html>no</html>")
        if name == "auth/login":
            return self._login(dict(parse_qsl(request.content.decode())))
        if "/" not in name:
            return httpx.Response(404, text="Not Found")
        if not self._known(request):
            return httpx.Response(403, text="Forbidden", headers=self.own_headers)
        if name in self.answers:
            return self._scripted(name, request)
        texts = {"app/webapiVersion": self.api, "app/version": self.app, "auth/logout": ""}
        return httpx.Response(200, text=texts[name]) if name in texts else httpx.Response(404, text="Not Found")

    def called(self, name: str) -> list[httpx.Request]:
        """Give the requests for one call."""
        return [request for request in self.requests if request.url.path.endswith("/api/v2/" + name)]

    def _scripted(self, name: str, request: httpx.Request) -> httpx.Response:
        answer = self.answers[name]
        if isinstance(answer, list):
            answer = answer.pop(0) if len(answer) > 1 else answer[0]
        if isinstance(answer, Exception):
            raise answer
        return answer if isinstance(answer, httpx.Response) else answer(request)

    def _known(self, request: httpx.Request) -> bool:
        if self.modern and request.headers.get("authorization") == f"Bearer {self.key}":
            return True
        cookies = request.headers.get("cookie", "").split("; ")
        return self.open_door or any(f"{self.cookie}={session}" in cookies for session in self.sessions)

    def _login(self, form: dict[str, str]) -> httpx.Response:
        self.logins += 1
        if self.banned:
            return httpx.Response(403, headers=self.own_headers, text="Your IP address has been banned")
        if form.get("password") != self.password:
            return httpx.Response(401, text="Unauthorized") if self.modern else httpx.Response(200, text="Fails.")
        session = base64.b64encode(f"session/{self.logins}+?".encode()).decode()
        self.sessions.append(session)
        headers = {"Set-Cookie": f"{self.cookie}={session}; HttpOnly; Secure; expires=Mon, 23-Nov-2020 12:07:50 GMT"}
        return httpx.Response(204, headers=headers) if self.modern else httpx.Response(200, text="Ok.", headers=headers)


def basic_header(pair: str) -> str:
    return "Basic " + base64.b64encode(pair.encode()).decode()


def in_turns(server: Callable[[httpx.Request], httpx.Response]) -> AsyncHandler:
    """Let a server answer after a turn of the loop, so that requests overlap as on a network."""

    async def handle(request: httpx.Request) -> httpx.Response:
        await asyncio.sleep(0)
        response = server(request)
        await asyncio.sleep(0)
        return response

    return handle


def client_of(
    server: Callable[[httpx.Request], httpx.Response] | AsyncHandler, secrets: Secrets | None = None, **config: str
) -> QbtClient:
    """Give a client whose requests the scripted server answers."""
    settings = {"name": "home", "url": "http://box:8080", "username": "me"} | config
    return QbtClient(
        ServerConfig(**settings),  # type: ignore[arg-type]  # only texts are set here
        secrets or Secrets(password="right"),
        transport=httpx.MockTransport(server),
    )


def form_of(request: httpx.Request) -> dict[str, str]:
    """Give the form that a request carries, in its body or query."""
    text = request.content.decode() if request.method == "POST" else request.url.query.decode()
    return dict(parse_qsl(text, keep_blank_values=True))
