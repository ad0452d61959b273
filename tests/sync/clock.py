"""An event loop on which no time is waited: its clock goes forward to whatever is due next."""

from __future__ import annotations

import asyncio
import selectors
from typing import Any


class _NoWait(selectors.DefaultSelector):
    waited = 0.0

    def select(self, timeout: float | None = None) -> list[Any]:
        ready = super().select(0)
        if not ready and timeout is not None:
            self.waited += max(0.0, timeout)
        return list(ready)


class SkippingLoop(asyncio.SelectorEventLoop):
    """For code that waits by the loop's clock and talks to nobody outside the process."""

    def __init__(self) -> None:
        self._no_wait = _NoWait()
        super().__init__(self._no_wait)

    def time(self) -> float:
        return 1000.0 + self._no_wait.waited
