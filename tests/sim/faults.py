"""What can happen to one request on its way."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager, nullcontext
from dataclasses import dataclass

from tests.sim.handler import Handler, Reply, Request

HTML = b"<!DOCTYPE html><html><body><h1>502 Bad Gateway</h1></body></html>"


@dataclass(frozen=True, slots=True)
class Fault:
    """``executed``: the server carries the request out before things go wrong.

    ``reply`` is sent instead of its answer; without one the connection is dropped, after ``cut`` (a
    share of the answer's bytes) if that is given.  ``quiet_cut`` ends the answer early as if it were
    whole.  ``restart`` makes the server forget its sessions first.
    """

    executed: bool = True
    reply: Reply | None = None
    cut: float | None = None
    quiet_cut: bool = False
    delay_s: float = 0.0
    restart: bool = False
    good: bool = False


LOST = Fault()
"""Carried out, but no answer comes."""
DROPPED = Fault(executed=False)
"""The connection breaks before the server sees the request."""
FORBIDDEN = Fault(executed=False, reply=Reply(403, b"Forbidden"))
FAILED = Fault(executed=False, reply=Reply(500, b"Internal Server Error"))
PROXY_PAGE = Fault(executed=False, reply=Reply(502, HTML, {"content-type": "text/html"}))
PORTAL = Fault(executed=False, reply=Reply(200, HTML, {"content-type": "text/html"}))
WRONG_JSON = Fault(reply=Reply(200, b'{"rid": 7, "torrents": {"', {"content-type": "application/json"}))
RESTART = Fault(restart=True, good=True)


def cut(share: float) -> Fault:
    """The connection breaks after this share of the answer."""
    return Fault(cut=share)


def cut_quietly(share: float) -> Fault:
    """The answer ends after this share of it, and nothing says that it is not whole."""
    return Fault(cut=share, quiet_cut=True)


def late(seconds: float) -> Fault:
    """The answer takes its time."""
    return Fault(delay_s=seconds, good=True)


@dataclass(slots=True)
class Outcome:
    """What is sent back: the reply (None: nothing), how many bytes of it, and whether it looks whole."""

    reply: Reply | None
    sent: int | None = None
    delay_s: float = 0.0


class Link:
    """The way between a client and a handler, on which faults are planned."""

    def __init__(self, handler: Handler) -> None:
        self.handler = handler
        self.planned: dict[str, deque[Fault]] = {}
        """By endpoint: what happens to its next calls, one each."""
        self.always: Callable[[Request], Fault | None] = lambda request: None
        """Asked for calls for which nothing is planned."""

    def plan(self, endpoint: str, *faults: Fault) -> None:
        """Let these happen to the next calls of this endpoint."""
        self.planned.setdefault(endpoint, deque()).extend(faults)

    def one_by_one(self) -> AbstractAsyncContextManager[object]:
        """What a request is answered in; here, as newer servers, several at the same time."""
        return nullcontext()

    def outcome(self, request: Request) -> Outcome:
        """Carry the request out, as far as it gets."""
        waiting = self.planned.get(request.endpoint)
        fault = waiting.popleft() if waiting else self.always(request)
        if fault is None:
            return Outcome(self.handler.answer(request))
        if fault.restart:
            self.handler.restart()
        reply = self.handler.answer(request) if fault.executed else None
        if fault.good:
            return Outcome(reply, delay_s=fault.delay_s)
        if fault.reply is not None:
            return Outcome(Reply(fault.reply.status, fault.reply.body, dict(fault.reply.headers)))
        if reply is None or fault.cut is None:
            return Outcome(None)
        sent = int(len(reply.body) * fault.cut)
        if fault.quiet_cut:
            reply.body = reply.body[:sent]
            return Outcome(reply)
        return Outcome(reply, sent=sent)
