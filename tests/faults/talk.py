"""What a program and its one server say to each other, as a proxy between them sees it."""

from __future__ import annotations

import urllib.request
from collections.abc import Callable

from qbt_remote.start.program import Program
from qbt_remote.sync.session import Session
from qbt_remote.sync.torrent import Torrent
from tests.real.proxy import Proxy, Request
from tests.real.servers import Server


def session_of(program: Program) -> Session:
    (session,) = program.window.feed.sessions.values()
    return session


def is_sequential(torrent: Torrent, wanted: bool) -> Callable[[], bool]:
    return lambda: bool(torrent.seq_dl) is wanted


def is_poll(request: Request) -> bool:
    return "sync/maindata" in request.path


def polls(proxy: Proxy, after: int = 0) -> list[str]:
    """The rid of each poll, from the request with this number on."""
    return [r.path.rpartition("rid=")[2] for r in proxy.requests[after:] if is_poll(r)]


def logins(proxy: Proxy) -> int:
    return sum(request.path.endswith("auth/login") for request in proxy.requests)


def cookie(proxy: Proxy) -> str:
    """What was sent last to say who we are."""
    for request in reversed(proxy.requests):
        for line in request.head.decode("latin-1").split("\r\n"):
            if line.lower().startswith("cookie:"):
                return line.partition(":")[2].strip()
    raise AssertionError("no session yet")


def end_session(server: Server, sid: str) -> None:
    """Have the server forget a session, as it does when it has expired."""
    post_as(server, sid, "auth/logout", b"")


def post_as(server: Server, sid: str, endpoint: str, form: bytes) -> None:
    """Send these very bytes to the server itself, in a session that somebody else has."""
    request = urllib.request.Request(f"{server.url}/api/v2/{endpoint}", form, {"Cookie": sid})
    urllib.request.build_opener(urllib.request.ProxyHandler({})).open(request, timeout=5).close()
