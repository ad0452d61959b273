"""A simulated server in the same process: httpx's own client code, no sockets."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import httpx

from tests.sim.faults import Link
from tests.sim.handler import Request

CHUNK = 64 * 1024


class SimTransport(httpx.AsyncBaseTransport):
    """Hands requests over the link and gives the answers in pieces."""

    def __init__(self, link: Link) -> None:
        self.link = link
        self.in_flight = 0
        self.most_in_flight = 0
        """The most polls that were under way at the same time."""
        self.close_s = 0.0
        """How long it takes to close."""

    async def aclose(self) -> None:
        await asyncio.sleep(self.close_s)

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        headers = {name.decode().lower(): value.decode() for name, value in request.headers.raw}
        target = request.url.raw_path.decode()
        asked = Request(request.method, target, headers, await request.aread())
        poll = asked.endpoint == "sync/maindata"
        self.in_flight += poll
        self.most_in_flight = max(self.most_in_flight, self.in_flight)
        try:
            async with self.link.one_by_one():
                outcome = self.link.outcome(asked)
                await asyncio.sleep(outcome.delay_s)
        except asyncio.CancelledError:
            self.in_flight -= poll
            raise
        if outcome.reply is None:
            self.in_flight -= poll
            raise httpx.ReadError("the connection was dropped", request=request)
        body = _Body(self, outcome.reply.body, outcome.sent, poll=poll)
        return httpx.Response(outcome.reply.status, headers=outcome.reply.headers, stream=body)


class _Body(httpx.AsyncByteStream):
    def __init__(self, transport: SimTransport, body: bytes, sent: int | None, *, poll: bool) -> None:
        self._transport, self._body, self._sent, self._poll = transport, body, sent, poll

    async def __aiter__(self) -> AsyncIterator[bytes]:
        body = self._body if self._sent is None else self._body[: self._sent]
        for start in range(0, len(body), CHUNK):
            yield body[start : start + CHUNK]
            await asyncio.sleep(0)
        if self._sent is not None:
            raise httpx.ReadError("the connection was dropped")

    async def aclose(self) -> None:
        self._transport.in_flight -= self._poll
        self._poll = False
