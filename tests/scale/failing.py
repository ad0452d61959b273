"""What polls cost that fail in the middle: ``python -m tests.scale.failing [--count N] [--polls N] [KIND...]``.

A server in a process of its own answers once as it should, then in one way that is bad.  A session without back-off
polls it, as the program would.  Printed: memory before, the most of it, memory after, and the loop's longest gap.
"""

from __future__ import annotations

import argparse
import asyncio
import gc
import gzip
import json
import socket
import struct
import subprocess
import sys
from collections.abc import Awaitable, Callable
from time import perf_counter, thread_time
from typing import Any

from qbt_remote.api.client import QbtClient
from qbt_remote.local import garbage
from qbt_remote.local.settings import Secrets, ServerConfig
from qbt_remote.sync.polls import backoff
from qbt_remote.sync.session import Session
from tests.api.wire_server import read_request
from tests.scale.instruments import resident_mb
from tests.sim.crowd import make
from tests.sim.protocol import sync_for

JSON = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
ENDLESS = ("endless", "endless rows", "bomb", "bomb of rows")
Writer = asyncio.StreamWriter
Send = Callable[[Writer, bytes], Awaitable[None]]


def _sized(body: bytes, more: bytes = b"") -> bytes:
    return JSON + more + b"Content-Length: %d\r\n\r\n" % len(body) + body


async def _cut(writer: Writer, body: bytes) -> None:
    writer.write(_sized(body)[:-1024])


async def _reset(writer: Writer, body: bytes) -> None:
    writer.write(_sized(body)[: len(body) // 2])
    await writer.drain()
    await asyncio.sleep(0.05)
    sock: socket.socket = writer.get_extra_info("socket")
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))


async def _quiet(writer: Writer, body: bytes) -> None:
    writer.write(JSON + b"Connection: close\r\n\r\n" + body[: -len(body) // 3])


async def _packed(writer: Writer, body: bytes) -> None:
    writer.write(_sized(gzip.compress(body, 1), b"Content-Encoding: gzip\r\n")[:-1024])


async def _page(writer: Writer, _body: bytes) -> None:
    writer.write(b"HTTP/1.1 502 Bad\r\nContent-Type: text/html\r\nContent-Length: 100000\r\n\r\n" + b"<p>" * 40000)


async def _dropped(_writer: Writer, _body: bytes) -> None:
    """Nothing at all."""


async def _other(writer: Writer, body: bytes) -> None:
    writer.write(_sized(b'{"other": %s}' % body))


async def _unknown(writer: Writer, body: bytes) -> None:
    delta = body.replace(b'"full_update":true,', b"", 1)
    writer.write(_sized(delta.replace(b'"torrents":{', b'"torrents":{"%040x":{"dlspeed":1},' % 7, 1)))


async def _garbled(writer: Writer, body: bytes) -> None:
    writer.write(_sized(body.replace(b'"name":', b'"name"', 1)))


async def _endless(writer: Writer, _body: bytes) -> None:
    writer.write(JSON + b"Transfer-Encoding: chunked\r\n\r\n")
    await _for_ever(writer, b'{"full_update":true,"rid":1,"torrents":{' + b"x" * 10, b"y" * 65536)


async def _endless_rows(writer: Writer, _body: bytes) -> None:
    writer.write(JSON + b"Transfer-Encoding: chunked\r\n\r\n")
    await _for_ever(writer, b'{"full_update":true,"rid":1,"torrents":{"%040x":{}' % 0, b"")


async def _for_ever(writer: Writer, head: bytes, filler: bytes) -> None:
    piece, number = head, 1
    while True:
        writer.write(b"%x\r\n%s\r\n" % (len(piece), piece))
        await writer.drain()
        piece = filler or b"".join(b',"%040x":{}' % n for n in range(number, number + 1000))
        number += 1000


async def _bomb(writer: Writer, _body: bytes) -> None:
    writer.write(_sized(_bombs()[0], b"Content-Encoding: gzip\r\n"))


async def _bomb_of_rows(writer: Writer, _body: bytes) -> None:
    writer.write(_sized(_bombs()[1], b"Content-Encoding: gzip\r\n"))


def _bombs(made: list[bytes] = []) -> list[bytes]:  # noqa: B006  # made once in the server's process
    if not made:
        lists = b'{"rid":1,"categories":[' + b"[]," * 20_000_000
        rows = b'{"rid":1,"full_update":true,"torrents":{' + b'"%040x":{},' % 7 * 20_000_000
        made += [gzip.compress(lists, 1), gzip.compress(rows, 1)]
    return made


KINDS: dict[str, Send] = {
    "cut": _cut,
    "reset": _reset,
    "quiet": _quiet,
    "packed": _packed,
    "page": _page,
    "dropped": _dropped,
    "other": _other,
    "unknown": _unknown,
    "garbled": _garbled,
    "endless": _endless,
    "endless rows": _endless_rows,
    "bomb": _bomb,
    "bomb of rows": _bomb_of_rows,
}


async def _serve(kind: str, count: int) -> None:
    sync = sync_for(make(count))
    body = json.dumps(sync.answer(0), separators=(",", ":"), sort_keys=True).encode()
    polls = 0

    async def answer(reader: asyncio.StreamReader, writer: Writer) -> None:
        nonlocal polls
        try:
            while request := await read_request(reader, 0):
                if "sync/maindata" not in request.line:
                    text = b"2.11.4" if "Version" in request.line else b"Ok."
                    writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s" % (len(text), text))
                    continue
                polls += 1
                if polls > 1:
                    await KINDS[kind](writer, body)
                    break
                writer.write(_sized(body))
        except ConnectionError:
            pass
        finally:
            writer.close()

    server = await asyncio.start_server(answer, "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    await asyncio.to_thread(sys.stdin.read)


class Gaps:
    """The longest gap of the loop, in ms of its own CPU time, and the most memory in MB."""

    def __init__(self) -> None:
        self.longest = self.most_mb = 0.0
        self._task = asyncio.get_running_loop().create_task(self._beat())

    async def _beat(self) -> None:
        last = thread_time()
        while True:
            await asyncio.sleep(0.004)
            now = thread_time()
            self.longest, last = max(self.longest, (now - last) * 1000), now
            self.most_mb = max(self.most_mb, resident_mb())
            last = thread_time()


class Counted(QbtClient):
    """Counts what is asked for."""

    asked = 0

    def stream(self, *args: Any, **params: Any) -> Any:
        Counted.asked += 1
        return super().stream(*args, **params)


async def _poll(port: int, polls: int) -> dict[str, float]:
    backoff.FIRST_DELAY_S = backoff.DESYNC_DELAY_S = 0.0
    garbage.put_off()

    async def opened(config: ServerConfig) -> QbtClient:
        return Counted(config, Secrets(password="x"))

    session = Session(ServerConfig("home", f"http://127.0.0.1:{port}", username="x", interval_s=0.01), opened)
    session.on_changes.append(lambda _session, changes: garbage.after_poll(number=changes.number, full=changes.full))
    session.start()
    while session.status.phase != "online":
        await asyncio.sleep(0.01)
    garbage.collect_between_polls()
    Counted.asked, before, gaps = 0, resident_mb(), Gaps()
    began = perf_counter()
    while Counted.asked <= polls:
        await asyncio.sleep(0.01)
    took = perf_counter() - began
    await session.stop()
    after = resident_mb()
    gc.collect()
    collected = resident_mb()
    return {
        "before": before,
        "most": gaps.most_mb,
        "after": after,
        "collected": collected,
        "gap": gaps.longest,
        "s": took,
    }


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("kinds", nargs="*", default=list(KINDS))
    parser.add_argument("--count", type=int, default=10_000)
    parser.add_argument("--polls", type=int, default=500)
    parser.add_argument("--serve", default="")
    parser.add_argument("--poll", type=int, default=0)
    given = parser.parse_args()
    if given.serve:
        asyncio.run(_serve(given.serve, given.count))
    elif given.poll:
        print(json.dumps(asyncio.run(_poll(given.poll, given.polls))))
    else:
        for kind in given.kinds:
            _measure(kind, given.count, 2 if kind in ENDLESS else given.polls)


def _measure(kind: str, count: int, polls: int) -> None:
    me = [sys.executable, "-m", "tests.scale.failing", "--count", str(count), "--polls", str(polls)]
    with subprocess.Popen([*me, "--serve", kind], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout
        port = server.stdout.readline().strip()
        done = subprocess.run([*me, "--poll", port], capture_output=True, text=True, check=False)
        server.kill()
    if done.returncode:
        raise SystemExit(done.stderr)
    figures = json.loads(done.stdout)
    shown = "  ".join(f"{name} {value:7.1f}" for name, value in figures.items())
    print(f"{kind:14} {polls:4} polls  {shown}", flush=True)


if __name__ == "__main__":
    main()
