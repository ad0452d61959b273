"""How long an answer is waited for, and its body: unpacked, capped, and given up when it comes too slowly."""

from __future__ import annotations

import asyncio
import io
import time
from collections.abc import AsyncGenerator, AsyncIterable, AsyncIterator, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from typing import Self

from qbt_remote.api.errors import BadReply, Unreachable
from qbt_remote.api.wire import LARGEST_BODY, WEB_PAGE, Inflater, is_html, too_large
from qbt_remote.translatable import N

DEADLINE = "deadline"
LOST = N("The connection to {server} was lost.")
_LATE = N("{server} did not answer in time: it is busy or stuck, or the connection is slow.")

SHORT = 64 * 2**10
PIECE = 256 * 2**10
_SLOWEST, _PATIENCE_S, _LONGEST_S = 1024, 10.0, 120.0  # bytes/s over 10 s; the whole body
_TURN_S = 0.005


@dataclass(slots=True, eq=False)
class Deadline:
    """The time-out of one call, and what is known of its last request."""

    timer: asyncio.Timeout
    reads: bool
    """It only reads, so nothing is in doubt if it is given up."""
    sent: bool = False
    lost: bool = False
    """Given up with its connection, not for the time that it took."""
    attempt: int = 0
    body: Body | None = None

    @contextmanager
    def paused(self) -> Iterator[None]:
        """Let no time pass for this call while others, with time-outs of their own, clear its way."""
        clock, when = asyncio.get_running_loop().time, self.timer.when()
        left = max(0.0, when - clock()) if when is not None else None
        self.timer.reschedule(None)
        try:
            yield
        finally:
            self.timer.reschedule(None if left is None else clock() + left)


class Deadlines:
    """The time-outs of all calls of one client."""

    def __init__(self, server: str) -> None:
        self._server = server
        self._running: set[Deadline] = set()

    @property
    def acting(self) -> bool:
        """Whether something is under way that the server may be carrying out."""
        return any(not deadline.reads for deadline in self._running)

    @asynccontextmanager
    async def within(self, seconds: float, *, reads: bool, tried: int = 0) -> AsyncIterator[Deadline]:
        """Raise Unreachable, with DEADLINE for its detail, if what is inside takes longer; see ``give_up_reads``."""
        deadline = Deadline(asyncio.timeout(seconds), reads, attempt=tried)
        self._running.add(deadline)
        try:
            async with deadline.timer:
                yield deadline
        except TimeoutError:
            if not deadline.timer.expired():
                raise
            if deadline.lost:
                raise Unreachable(LOST, sent=True, server=self._server) from None
            raise Unreachable(_LATE, sent=deadline.sent, detail=DEADLINE, server=self._server) from None
        finally:
            self._running.discard(deadline)

    def give_up_reads(self) -> None:
        """Let all calls that only read fail at once.

        One that waits for others of ours, and has no time-out meanwhile, fails with them.
        """
        now = asyncio.get_running_loop().time()
        for deadline in self._running:
            if deadline.reads and deadline.timer.when() is not None and not deadline.timer.expired():
                deadline.lost = True
                deadline.timer.reschedule(now)


class Pieces:
    """Gives a large body that is sent piece by piece: as one, 60 MB would be copied twice in a turn of the loop.

    No async generator: one that is left in the middle has to be closed by somebody.
    """

    def __init__(self, parts: Sequence[bytes]) -> None:
        self._pieces = (part[at : at + PIECE] for part in parts for at in range(0, len(part), PIECE))

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> bytes:
        await asyncio.sleep(0)
        for piece in self._pieces:
            return piece
        raise StopAsyncIteration


class Body:
    """The body of one answer, as it comes."""

    def __init__(self, server: str, headers: Mapping[str, str], raw: AsyncIterable[bytes]) -> None:
        self._server, self._headers, self._raw = server, headers, raw
        self._encoding = headers.get("content-encoding", "")
        self.size = 0
        """Bytes given so far, unpacked."""
        self.came = 0
        """Bytes that came over the wire so far."""

    async def pieces(self) -> AsyncGenerator[bytes, None]:
        """Give the body unpacked, in pieces of at most 256 KiB or as they came; raises BadReply."""
        inflater = Inflater(self._server, self._encoding)
        raw = self._raw.__aiter__()
        began = time.perf_counter()
        try:
            async for part in raw:
                self.came += len(part)
                for piece in inflater.feed(part):
                    self.size += len(piece)
                    yield piece
                    if time.perf_counter() - began > _TURN_S:  # what is here already is read without waiting
                        await asyncio.sleep(0)
                        began = time.perf_counter()
        finally:
            await self._close(raw)
        inflater.finish()

    async def _close(self, raw: AsyncIterator[bytes]) -> None:
        """Close the stream before the generators that read it.

        httpx leaves the inner ones to be found by asyncio, which qasync 0.28 does not help it to: they end where the
        outer one does, inside a call that may not wait.  With the stream closed they have nothing to wait for; else
        "async generator ignored GeneratorExit" is printed, and the connection stays open.
        """
        for each in (self._raw, raw):
            if (close := getattr(each, "aclose", None)) is not None:
                await close()

    async def paced(self, timer: asyncio.Timeout, *, patience_s: float = _PATIENCE_S) -> AsyncGenerator[bytes, None]:
        """Give the pieces, and move the deadline for as long as 1 KiB/s comes over ``patience_s``.

        Raises BadReply where the first of them begins a web page.
        """
        loop = asyncio.get_running_loop()
        begun = window = loop.time()
        timer.reschedule(begun + patience_s)
        came, seen = 0, False
        pieces = self.pieces()
        try:
            async for piece in pieces:
                if not seen and is_html(self._headers, piece):
                    raise BadReply(WEB_PAGE, server=self._server)
                seen = True
                came += len(piece)
                now = loop.time()
                if now - window > patience_s / 10 and came >= _SLOWEST * patience_s:
                    window, came = now, 0
                    timer.reschedule(min(now + patience_s, begun + _LONGEST_S))
                yield piece
        finally:
            await pieces.aclose()

    async def whole(self, largest: int = LARGEST_BODY) -> bytes:
        """Give all of it; raises BadReply where it grows beyond ``largest`` bytes."""
        body = io.BytesIO()  # holds it once, where a list of pieces and what is made of them hold it twice
        pieces = self.pieces()
        try:
            async for piece in pieces:
                body.write(piece)
                if self.size > largest:
                    raise too_large(self._server)
        finally:
            await pieces.aclose()
        return body.getvalue()

    async def beginning(self) -> bytes:
        """Give the first 64 KiB: enough of an answer that should be short."""
        body = b""
        pieces = self.pieces()
        try:
            async for piece in pieces:
                body += piece
                if len(body) >= SHORT:
                    break
        finally:
            await pieces.aclose()
        return body[:SHORT]
