"""A raw socket server that answers as it is told, byte for byte: for what only a real connection shows."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field

from tests.api.scripted import POLICY

OK = b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: %d\r\n\r\n%s"

Handler = Callable[["Request", asyncio.StreamWriter], Awaitable[None]]


@dataclass(frozen=True)
class Request:
    """One request as it came."""

    line: str
    headers: dict[str, str]
    body: bytes
    connection: int


@dataclass
class WireServer:
    """What came, on which connection; ``port`` is where it listens."""

    port: int = 0
    requests: list[Request] = field(default_factory=list)
    connections: int = 0
    refused: list[str] = field(default_factory=list)
    """Connections that ended before a request: TLS that was not accepted, looks at a certificate."""

    @property
    def names(self) -> list[str]:
        return [request.line.split()[1].partition("/api/v2/")[2] for request in self.requests]


@asynccontextmanager
async def wire_server(handler: Handler, tls: ssl.SSLContext | None = None) -> AsyncIterator[WireServer]:
    """Listen on loopback and hand every request to ``handler``; a connection stays until it closes it."""
    state = WireServer()
    tasks: set[asyncio.Task[None]] = set()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        tasks.add(task)
        state.connections += 1
        number = state.connections
        try:
            while not writer.is_closing():
                request = await read_request(reader, number)
                if request is None:
                    break
                state.requests.append(request)
                await handler(request, writer)
        except (ConnectionError, ssl.SSLError, asyncio.CancelledError) as error:
            state.refused.append(type(error).__name__)
        finally:
            if tls is not None:
                writer.transport.abort()  # a client that only looked leaves no goodbye to wait for
            writer.close()
            with suppress(ConnectionError, ssl.SSLError, TimeoutError):
                await writer.wait_closed()
            tasks.discard(task)

    server = await asyncio.start_server(serve, "127.0.0.1", 0, ssl=tls)
    state.port = server.sockets[0].getsockname()[1]
    try:
        yield state
    finally:
        server.close()
        for _ in range(20):  # a handshake that has just ended becomes a connection a few turns later
            await asyncio.sleep(0)
        for task in list(tasks):
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await server.wait_closed()


async def read_request(reader: asyncio.StreamReader, connection: int) -> Request | None:
    try:
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
    except asyncio.IncompleteReadError:
        return None
    line, *rest = head.rstrip("\r\n").split("\r\n")
    headers = {name.lower(): value.strip() for name, _, value in (text.partition(":") for text in rest)}
    body = await reader.readexactly(int(headers.get("content-length", "0")))
    return Request(line, headers, body, connection)


async def answer(writer: asyncio.StreamWriter, body: bytes, status: str = "200 OK", extra: str = "") -> None:
    """Write a whole, ordinary answer."""
    head = f"HTTP/1.1 {status}\r\nContent-Type: text/plain\r\n{extra}Content-Length: {len(body)}\r\n\r\n"
    writer.write(head.encode() + body)
    await writer.drain()


def qbittorrent(name: str, special: Handler) -> Handler:
    """Let anybody in who logs in, as qBittorrent 5.1.0; the call ``name`` is answered by ``special``."""

    async def handle(request: Request, writer: asyncio.StreamWriter) -> None:
        called = request.line.split()[1].partition("/api/v2/")[2].partition("?")[0]
        if called == name:
            await special(request, writer)
            return
        if called == "auth/login":
            await answer(writer, b"Ok.", extra="Set-Cookie: SID=1\r\n")
        elif called == "app/webapiVersion" and "cookie" not in request.headers:
            await answer(writer, b"Forbidden", "403 Forbidden", extra=f"Content-Security-Policy: {POLICY}\r\n")
        else:
            await answer(writer, {"app/webapiVersion": b"2.11.4", "app/version": b"v5.1.0"}.get(called, b""))

    return handle
