"""How it stands with a server, as its session tells."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from qbt_remote.api.errors import QbtError

Phase = Literal["offline", "connecting", "online", "waiting", "refused"]


@dataclass(frozen=True, slots=True)
class Status:
    """How it stands with a server.

    offline: not started.  connecting: until the first answer is applied.  online.  waiting: for the
    next try after ``error``.  refused: a login was, so nothing is tried until the user acts.
    """

    phase: Phase = "offline"
    error: QbtError | None = None
    retry_at: float | None = None
    """When the next try begins, by the loop's clock, which is that of time.monotonic()."""
    since: float = 0.0
    """When the last answer was applied, by time.time(); 0 if none was."""
