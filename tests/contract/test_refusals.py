"""A proxy that refuses for a while: online again by itself, no password to strangers, and the right words.

For each kind of refusal one session polls a real server through a proxy of its own, all at the same time.
The proxy refuses everything until 1.5 s after the session has met it, twice: while the session on the server is
kept, which costs no login unless the refusal ends while it is looked into, and while it ends.
"""

from __future__ import annotations

import asyncio
import re
import time
from dataclasses import dataclass, field

from qbt_remote.api.client import QbtClient
from qbt_remote.local.settings import Secrets, ServerConfig
from qbt_remote.sync.session import Session
from tests.conftest import Run
from tests.contract.matrix import Matrix
from tests.contract.target import until
from tests.real.proxy import Proxy, Refusal
from tests.real.servers import Server

REFUSED_S = 1.5
AFTER_SLOW_S = 3 * REFUSED_S
"""The pause that a session makes after a poll that took so long."""
SLACK_S = 3.0
LIMIT_S = 30.0
PAGE = "<html><body>no</body></html>"


def _http(status: str, body: str = "", **headers: str) -> Refusal:
    lines = {name.replace("_", "-"): value for name, value in headers.items()}
    if body.startswith("<"):
        lines["Content-Type"] = "text/html"
    head = "".join(f"{name}: {value}\r\n" for name, value in lines.items())
    return Refusal(f"HTTP/1.1 {status}\r\n{head}Content-Length: {len(body)}\r\n\r\n{body}".encode())


# kind: what the proxy answers, and what must be said of it, one of these ("": nothing)
KINDS: dict[str, tuple[Refusal, tuple[str, ...]]] = {
    "401": (_http("401 Unauthorized", "Unauthorized"), ("refused the request before any login (status 401)",)),
    "401 Basic": (
        _http("401 Unauthorized", PAGE, WWW_Authenticate='Basic realm="gate"'),
        ("asks for its own user name and password (HTTP Basic)",),
    ),
    "403 text": (
        _http("403 Forbidden", "Forbidden", Content_Type="text/plain"),
        ("proxy in front of it, refuses this request (status 403)", "refuses the request (status 403)"),
    ),
    "403 HTML": (_http("403 Forbidden", PAGE), ("refuses the request (status 403)",)),
    "407": (_http("407 Proxy Authentication Required"), ("asks for a login (status 407)",)),
    "429": (_http("429 Too Many Requests", "slow down", Retry_After="2"), ("is limiting requests (status 429)",)),
    "502": (_http("502 Bad Gateway", PAGE), ("cannot reach qBittorrent (status 502)",)),
    "503": (_http("503 Service Unavailable", PAGE), ("cannot reach qBittorrent (status 503)",)),
    "302": (
        _http("302 Found", Location="https://login.example/portal?rd=secret"),
        ("redirects to https://login.example/portal, which was not followed",),
    ),
    "HTML": (_http("200 OK", PAGE), ("A web page came instead of an answer",)),
    "closed": (Refusal(), ("closed the connection before its answer was complete", "The connection to home was lost")),
    "slow": (Refusal(hold=True), ("",)),
    "empty": (_http("200 OK"), ("sent an empty answer",)),
    "other application": (
        _http("200 OK", '{"app": "other", "version": 12}', Content_Type="application/json"),
        ("is not the Web API of qBittorrent", "cannot be read: it was cut short, or is not from qBittorrent"),
    ),
}


@dataclass
class Seen:
    """What one refusal led to."""

    words: list[str] = field(default_factory=list)
    announced_s: float = 0.0
    """The longest wait that was announced."""
    asked_s: float = 0.0
    """How long after the end of the refusal it was asked again."""
    back_s: float = 0.0
    """How long after it there was a new list.  A server checks one password after the other, 0.3 s each."""
    refused: int = 0
    logins: int = 0
    secrets: int = 0
    """Requests with a password that the proxy got while it refused."""


class Subject:
    """One session through one proxy."""

    def __init__(self, kind: str, server: Server, all_online: asyncio.Barrier) -> None:
        self.kind, self.server, self._all_online = kind, server, all_online
        self.proxy = Proxy(server.port)
        self.seen = Seen()

    async def play(self) -> tuple[Seen, Seen]:
        secrets = Secrets(password=self.server.password)

        async def opened(config: ServerConfig) -> QbtClient:
            return QbtClient(config, secrets)

        async with self.proxy:
            config = ServerConfig(name="home", url=self.proxy.url, username=self.server.user, interval_s=0.2)
            session = Session(config, opened)
            session.on_status.append(self._note)
            session.start()
            await self._online(session)
            kept = await self._refusal(session, lost=False)
            await self._all_online.wait()  # else one server would be busy with logins while others are refused
            lost = await self._refusal(session, lost=True)
            await session.stop()
        return kept, lost

    def _note(self, session: Session) -> None:
        status = session.status
        if status.phase == "refused":
            self.seen.words.append(f"FINAL: {status.error}")
        elif status.error is not None and status.retry_at is not None:
            self.seen.words.append(str(status.error))
            wait_s = status.retry_at - asyncio.get_running_loop().time()
            self.seen.announced_s = max(self.seen.announced_s, wait_s)

    async def _refusal(self, session: Session, *, lost: bool) -> Seen:
        self.seen = seen = Seen()
        logins, refused, turned_away = self._logins(), len(self.proxy.refused), self.proxy.turned_away
        self.proxy.refusal = KINDS[self.kind][0]
        if lost:
            await self._end_session()
        await until(self._turned_away, lambda count: count > turned_away, limit_s=LIMIT_S)
        await asyncio.sleep(REFUSED_S)
        self.proxy.refusal = None
        ended = time.time()
        await self._online(session, since=ended)
        seen.asked_s = next(request.at for request in self.proxy.requests if request.at > ended) - ended
        seen.back_s = session.status.since - ended
        strangers = self.proxy.refused[refused:]
        seen.refused, seen.logins = len(strangers), self._logins() - logins
        secret = self.server.password.encode()
        seen.secrets = sum(secret in request or b"authorization:" in request.lower() for request in strangers)
        return seen

    async def _online(self, session: Session, since: float = 0.0) -> None:
        async def newest() -> float:
            return session.status.since if session.status.phase == "online" else 0.0

        await until(newest, lambda at: at > since, limit_s=LIMIT_S)

    async def _turned_away(self) -> int:
        return self.proxy.turned_away

    def _logins(self) -> int:
        return sum(request.path == "/api/v2/auth/login" for request in self.proxy.requests)

    async def _end_session(self) -> None:
        """End the session on the server, past the proxy."""
        cookies = [found for r in self.proxy.requests if (found := re.search(rb"(?i)\r\nCookie: ([^\r]+)", r.head))]
        reader, writer = await asyncio.open_connection("127.0.0.1", self.server.port)
        head = b"POST /api/v2/auth/logout HTTP/1.1\r\nHost: 127.0.0.1:%d\r\nCookie: %s\r\nContent-Length: 0\r\n\r\n"
        writer.write(head % (self.server.port, cookies[-1][1]))
        assert b" 20" in await reader.readline()
        writer.close()


def test_refusals_of_a_proxy_pass_and_no_password_is_given_away(run: Run, matrix: Matrix) -> None:
    async def case(*servers: Server) -> list[tuple[Seen, Seen]]:
        together = asyncio.Barrier(len(servers) * len(KINDS))
        subjects = [Subject(kind, server, together) for server in servers for kind in KINDS]
        return await asyncio.gather(*(subject.play() for subject in subjects))

    with Server("4.2.5") as old, Server("5.3.0") as new:
        results = run(case(old, new))
        versions = old.version, new.version

    for version, rows in zip(versions, (results[: len(KINDS)], results[len(KINDS) :]), strict=True):
        matrix.table(
            f"Refusals of a proxy, {REFUSED_S} s each, before qBittorrent {version} (session kept / ended)",
            ["kind", "refused", "announced s", "asked after s", "back after s", "logins", "passwords", "said"],
            [_row(kind, *both) for kind, both in zip(KINDS, rows, strict=True)],
        )
    for kind, both in zip([*KINDS, *KINDS], results, strict=True):
        for seen, logins in zip(both, (0, 1), strict=True):
            said = set(seen.words) or {""}
            assert all(any(words in one for words in KINDS[kind][1]) for one in said), (kind, said)
            assert seen.words or kind == "slow", kind
            assert seen.secrets == 0, kind
            assert logins <= seen.logins <= 1, (kind, seen)
            assert seen.asked_s <= (seen.announced_s or AFTER_SLOW_S) + SLACK_S, (kind, seen)


def _row(kind: str, kept: Seen, lost: Seen) -> list[str]:
    return [
        kind,
        f"{kept.refused} / {lost.refused}",
        f"{kept.announced_s:.1f} / {lost.announced_s:.1f}",
        f"{kept.asked_s:.1f} / {lost.asked_s:.1f}",
        f"{kept.back_s:.1f} / {lost.back_s:.1f}",
        f"{kept.logins} / {lost.logins}",
        f"{kept.secrets} / {lost.secrets}",
        " | ".join(dict.fromkeys(kept.words + lost.words)) or "(nothing)",
    ]
