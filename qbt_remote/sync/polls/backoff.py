"""How long to wait after what failed, before it is tried again."""

from __future__ import annotations

import random

FIRST_DELAY_S, DELAY_CAP_S, LATE_DELAY_CAP_S, LATE_AFTER_S = 0.5, 10.0, 30.0, 600.0
DESYNC_DELAY_S = 10.0


class Backoff:
    """Counts failures in a row; ``now`` is always the loop's time."""

    def __init__(self) -> None:
        self.failures = 0
        self._failing_since = 0.0
        self._desync_at = float("-inf")

    def reset(self) -> None:
        """Something went well."""
        self.failures = 0

    def next_delay_s(self, now: float) -> float:
        """Count one more failure and give the wait after it, which grows."""
        if not self.failures:
            self._failing_since = now
        cap = DELAY_CAP_S if now - self._failing_since < LATE_AFTER_S else LATE_DELAY_CAP_S
        delay = min(FIRST_DELAY_S * 2.0 ** min(self.failures, 10), cap)
        self.failures += 1
        return delay * random.uniform(0.8, 1.2)  # so that many clients do not come back at once

    def after_desync_s(self, now: float) -> float:
        """Ask for everything at once, but not over and over."""
        again, self._desync_at = now - self._desync_at < DESYNC_DELAY_S, now
        return DESYNC_DELAY_S if again else 0.0
