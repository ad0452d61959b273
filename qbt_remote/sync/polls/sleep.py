"""Notices that the computer has slept: connections may be dead then, though nothing has told so."""

from __future__ import annotations

import time
from collections.abc import Callable

_LONG_S = 2.0


def slept_s() -> float:
    """Give the seconds that this computer has slept since it was started; 0 where no clock tells it."""
    since_start = getattr(time, "CLOCK_BOOTTIME", None)  # Linux; it goes on in sleep, where time.monotonic() stands
    return 0.0 if since_start is None else time.clock_gettime(since_start) - time.monotonic()


class Sleep:
    """Is to be asked now and then."""

    def __init__(self, slept_s: Callable[[], float] = slept_s) -> None:
        self._slept_s = slept_s
        self._known_s = slept_s()

    def has_been(self) -> bool:
        """Whether the computer has slept since this was true last, for more than 2 s."""
        now_s = self._slept_s()
        if now_s - self._known_s <= _LONG_S:
            return False
        self._known_s = now_s
        return True
