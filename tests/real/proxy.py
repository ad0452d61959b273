"""An HTTP proxy in front of a real server that loses, cuts, delays or resets answers as it is told.

::

    async with Proxy(server.port, fault=lambda request: Fault("lose") if request.number % 20 == 0 else None) as proxy:
        proxy.url

The server has carried out a request before its answer is lost, which is what makes the loss interesting.
``under`` puts the server below a path, as ``https://host/qbt/`` does; the proxy strips it.  ``gate`` is the
"user:password" of an HTTP Basic login that the proxy asks for; ``keep_gate`` says whether it keeps the
Authorization header to itself, as it should, or hands it on.

``refusal`` makes the proxy answer in the server's place, which then sees nothing; ``refused`` keeps what came.
"""

from __future__ import annotations

import asyncio
import base64
import socket
import struct
import time
from collections.abc import Callable
from dataclasses import dataclass
from types import TracebackType
from typing import Literal, Self


@dataclass(frozen=True)
class Fault:
    """What happens to one answer: "lose" (closed without a byte, after ``after`` seconds), "cut" (closed after
    ``after`` bytes of the body), "reset" (TCP RST after ``after`` bytes of the whole answer), "delay" (``after``
    seconds late)."""

    kind: Literal["lose", "cut", "reset", "delay"]
    after: float = 0


@dataclass(frozen=True)
class Request:
    """One request as the proxy saw it; ``number`` counts from 1, ``at`` is by time.time()."""

    number: int
    method: str
    path: str
    head: bytes
    body: bytes
    at: float = 0.0


@dataclass(frozen=True)
class Refusal:
    """What the proxy answers by itself.  An empty ``answer`` closes the connection; with ``hold`` nothing is
    answered until it is lifted, and then the request is passed on."""

    answer: bytes = b""
    hold: bool = False


CHALLENGE = b'HTTP/1.1 401 Unauthorized\r\nWWW-Authenticate: Basic realm="gate"\r\nContent-Length: 0\r\n\r\n'

Choose = Callable[[Request], Fault | None]
Edit = Callable[[Request, bytes, bytes], tuple[bytes, bytes]]
"""Gives head and body of an answer as they are to be passed on; the head with its blank line."""


def never(request: Request) -> Fault | None:
    return None


def as_it_is(request: Request, head: bytes, body: bytes) -> tuple[bytes, bytes]:
    return head, body


class Proxy:
    """A server's face with faults.  ``requests`` keeps what came, to be asserted on."""

    def __init__(
        self,
        port: int,
        *,
        fault: Choose = never,
        under: str = "",
        rewrite_host: bool = True,
        gate: str = "",
        keep_gate: bool = True,
    ) -> None:
        self._port = port
        self.fault = fault
        self._under = under
        self._rewrite_host = rewrite_host
        self._gate = f"Basic {base64.b64encode(gate.encode()).decode()}" if gate else ""
        self._keep_gate = keep_gate
        self.requests: list[Request] = []
        self.faults = 0
        self.edit: Edit = as_it_is
        self.refusal: Refusal | None = None
        self.refused: list[bytes] = []
        self.turned_away = 0
        """How many requests found a refusal, those that were held and then passed on among them."""
        self.connections = 0
        """How many were made to it."""
        self._connections: set[asyncio.Task[None]] = set()
        self._server: asyncio.Server | None = None

    @property
    def url(self) -> str:
        assert self._server, "not entered"
        return f"http://127.0.0.1:{self._server.sockets[0].getsockname()[1]}{self._under}"

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._connected, "127.0.0.1", 0)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None
    ) -> None:
        assert self._server
        self._server.close()
        for _ in range(20):  # a connection that was just accepted has its task a few turns later
            await asyncio.sleep(0)
        for task in list(self._connections):
            task.cancel()
        await asyncio.gather(*self._connections, return_exceptions=True)
        await self._server.wait_closed()

    async def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task
        self._connections.add(task)
        self.connections += 1
        try:
            await self._serve(reader, writer)
        except (OSError, asyncio.IncompleteReadError, asyncio.CancelledError):
            pass  # one of the two went away, or the proxy ends; on 3.11 streams log a cancelled task as an error
        finally:
            writer.close()
            self._connections.discard(task)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        inner_reader, inner_writer = await asyncio.open_connection("127.0.0.1", self._port)
        try:
            while True:
                head, body = await _read_message(reader)
                if self._gate not in head.decode("latin-1"):
                    writer.write(CHALLENGE)
                    continue
                self.turned_away += self.refusal is not None
                while self.refusal is not None and self.refusal.hold:
                    await asyncio.sleep(0.02)
                if self.refusal is not None:
                    self.refused.append(head + body)
                    writer.write(self.refusal.answer)
                    if not self.refusal.answer:
                        return
                    continue
                request = self._passed(head, body)
                inner_writer.write(request.head + request.body)
                head, body = self.edit(request, *await _read_message(inner_reader))
                if not await self._answer(request, head, body, writer):
                    return
        finally:
            inner_writer.close()

    def _passed(self, head: bytes, body: bytes) -> Request:
        line, _, fields = head.partition(b"\r\n")
        method, path, protocol = line.decode().split(" ")
        inner = path.removeprefix(self._under)
        lines = fields.split(b"\r\n")
        if self._rewrite_host:
            host = f"Host: 127.0.0.1:{self._port}".encode()
            lines = [host if field.lower().startswith(b"host:") else field for field in lines]
        if self._gate and self._keep_gate:
            lines = [field for field in lines if not field.lower().startswith(b"authorization:")]
        sent = f"{method} {inner} {protocol}\r\n".encode() + b"\r\n".join(lines)
        request = Request(len(self.requests) + 1, method, path, sent, body, time.time())
        self.requests.append(request)
        return request

    async def _answer(self, request: Request, head: bytes, body: bytes, writer: asyncio.StreamWriter) -> bool:
        """Pass the answer on, or not; whether the connection goes on."""
        fault = self.fault(request)
        if fault is None:
            writer.write(head + body)
            await writer.drain()
            return True
        self.faults += 1
        if fault.kind in ("lose", "delay"):
            await asyncio.sleep(fault.after)
        if fault.kind == "delay":
            writer.write(head + body)
            return True
        if fault.kind == "cut":
            writer.write(head + body[: int(fault.after)])
        if fault.kind == "reset":
            writer.write((head + body)[: int(fault.after)])
            await writer.drain()
            raw = writer.get_extra_info("socket")
            raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        await writer.drain()
        return False


async def _read_message(reader: asyncio.StreamReader) -> tuple[bytes, bytes]:
    """Head (with its blank line) and body of one request or answer; both sides always send a length."""
    head = await reader.readuntil(b"\r\n\r\n")
    length = 0
    for field in head.split(b"\r\n"):
        name, _, value = field.partition(b":")
        if name.strip().lower() == b"content-length":
            length = int(value)
    return head, await reader.readexactly(length)
