"""The longest time for which the window answered to nothing, for the diagnostics.

A tenth of a second is waited for, again and again; what is more than that was taken by something.  That costs ten short
turns of the loop in a second (0.03 % of a processor), and a tenth of it while nobody can see the window.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

_BEAT_S, _HIDDEN_BEAT_S = 0.1, 1.0


@dataclass(frozen=True, slots=True)
class LoopGap:
    """One gap of the event loop; up to 10 ms of it may be a timer's own delay."""

    ms: float
    """By the clock."""
    cpu_ms: float
    """So much of it this program's main thread worked; in the rest it waited, or others had the processor."""
    at: float
    """When it ended, by time.time()."""


class LoopGaps:
    """Knows the longest gap since ``follow`` began."""

    def __init__(self) -> None:
        self.longest: LoopGap | None = None

    async def follow(self, seen: Callable[[], bool]) -> None:
        """Look at the loop from now on; ``seen`` tells whether the window can be seen."""
        import asyncio

        while True:
            beat = _BEAT_S if seen() else _HIDDEN_BEAT_S
            began, worked = time.perf_counter(), time.thread_time()
            await asyncio.sleep(beat)
            gap_ms = (time.perf_counter() - began - beat) * 1000
            if self.longest is None or gap_ms > self.longest.ms:
                self.longest = LoopGap(gap_ms, (time.thread_time() - worked) * 1000, time.time())
