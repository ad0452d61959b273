"""Servers that take their time with a long list, and answer one request after another.

The seconds were measured on real ones: 4.1.7, idle, with 1,000, 2,500 and 5,000 torrents; 4.4.1 with 10,000,
where a delta takes as long as the whole list; ``torrents/info`` of a few torrents 3 to 25 ms on all.
"""

from __future__ import annotations

import asyncio
import time
from contextlib import AbstractAsyncContextManager
from itertools import pairwise

from tests.sim.faults import Link, Outcome
from tests.sim.handler import Handler, Request

Points = tuple[tuple[int, float], ...]
"""Torrents in the list, and seconds."""

DELTA: dict[str, Points] = {
    "4.1.7": ((0, 0.0), (1_000, 0.45), (2_500, 2.1), (5_000, 7.6)),
    "4.4.1": ((0, 0.0), (10_000, 3.4)),
}
WHOLE: dict[str, Points] = {
    "4.1.7": ((0, 0.0), (1_000, 0.2), (2_500, 0.7), (5_000, 1.7)),
    "4.4.1": ((0, 0.0), (10_000, 3.4)),
}
CALL_S = 0.003
"""What any call takes; one of ``torrents/info`` takes the share of the whole list besides that it has of it."""


class SlowLink(Link):
    """A link to a server of one of these releases."""

    def __init__(self, handler: Handler) -> None:
        super().__init__(handler)
        self.release = handler.world.release
        self._busy = asyncio.Lock()
        assert self.release in DELTA

    def one_by_one(self) -> AbstractAsyncContextManager[object]:
        return self._busy

    def outcome(self, request: Request) -> Outcome:
        began = time.perf_counter()
        outcome = super().outcome(request)
        took_s = time.perf_counter() - began  # the simulator itself is part of it
        outcome.delay_s = max(outcome.delay_s, self.seconds(request) - took_s)
        return outcome

    def seconds(self, request: Request) -> float:
        """What the real one takes for this request."""
        count = len(self.handler.world.torrents)
        form = self.handler.log[-1][1] if self.handler.log else {}
        whole_s = seconds(WHOLE[self.release], count)
        if request.endpoint == "sync/maindata":
            return whole_s if form.get("rid", "0") == "0" else seconds(DELTA[self.release], count)
        if request.endpoint == "torrents/info" and count:
            asked = form["hashes"].count("|") + 1 if form.get("hashes") else count
            return CALL_S + whole_s * min(asked, count) / count
        return CALL_S


def seconds(points: Points, count: int) -> float:
    """Read a value between two measured ones; beyond the last the line goes on."""
    pairs = list(pairwise(points))
    (x, y), (x2, y2) = next((pair for pair in pairs if count <= pair[1][0]), pairs[-1])
    return y + (count - x) * (y2 - y) / (x2 - x)
