"""A simulated server on a socket of this machine: what a real HTTP client needs, and no more."""

from __future__ import annotations

import asyncio
from contextlib import suppress

from tests.sim.faults import Link
from tests.sim.handler import Reply, Request

_IDLE_S = 7.0  # as the real one


class SimServer:
    """``async with SimServer(link) as server: ... server.url``."""

    def __init__(self, link: Link) -> None:
        self.link = link
        self.url = ""
        self._server: asyncio.Server | None = None
        self._connections: set[asyncio.Task[None]] = set()

    async def __aenter__(self) -> SimServer:
        self._server = await asyncio.start_server(self._connected, "127.0.0.1", 0, limit=2**20)
        port = self._server.sockets[0].getsockname()[1]
        self.url = f"http://127.0.0.1:{port}"
        return self

    async def __aexit__(self, *_error: object) -> None:
        assert self._server is not None
        self._server.close()
        for task in self._connections:
            task.cancel()
        await asyncio.gather(*self._connections, return_exceptions=True)
        await self._server.wait_closed()

    async def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._connections.add(task)
        try:
            # a cancelled connection ends quietly: asyncio.streams of 3.11 trips over cancelled ones
            with suppress(ConnectionError, asyncio.IncompleteReadError, TimeoutError, asyncio.CancelledError):
                while await self._exchange(reader, writer):
                    pass
        finally:
            self._connections.discard(task)
            writer.close()

    async def _exchange(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        """Serve one request; False if the connection is done for."""
        async with asyncio.timeout(_IDLE_S):
            head = await reader.readuntil(b"\r\n\r\n")
        line, *rest = head.decode("latin-1").rstrip("\r\n").split("\r\n")
        method, target, _version = line.split(" ", 2)
        headers = {name.lower(): value.strip() for name, _colon, value in (h.partition(":") for h in rest)}
        body = await reader.readexactly(int(headers.get("content-length", "0")))
        async with self.link.one_by_one():
            outcome = self.link.outcome(Request(method, target, headers, body))
            await asyncio.sleep(outcome.delay_s)
        if outcome.reply is None:
            return False
        raw = _raw(outcome.reply)
        missing = 0 if outcome.sent is None else len(outcome.reply.body) - outcome.sent
        writer.write(raw[: len(raw) - missing])
        await writer.drain()
        return not missing


def _raw(reply: Reply) -> bytes:
    headers = {"content-length": str(len(reply.body)), "connection": "keep-alive"} | reply.headers
    lines = [f"HTTP/1.1 {reply.status} ", *(f"{name}: {value}" for name, value in headers.items())]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + reply.body
