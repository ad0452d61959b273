"""What is known of why a server is away, and how long it is left alone by that."""

from __future__ import annotations

from qbt_remote.api.errors import AuthFailed, QbtError
from qbt_remote.local.settings import ServerConfig
from qbt_remote.sync.polls.backoff import Backoff
from qbt_remote.sync.polls.ban import Ban

AWAKE_DELAY_CAP_S, AWAKE_FOR_S = 1.0, 30.0
"""After the computer has slept the network comes back within seconds."""
SHUT_DOWN_DELAY_S, SHUTS_DOWN_WITHIN_S = 30.0, 60.0


class Outage:
    """Of one server; ``now`` is always the loop's time."""

    def __init__(self, config: ServerConfig) -> None:
        self.ban = Ban(config)
        self._backoff = Backoff()
        self._woken_at = float("-inf")
        self._told_to_end_at: float | None = None
        self._lost_asleep = False

    @property
    def failures(self) -> int:
        """How many there were in a row."""
        return self._backoff.failures

    @property
    def shut_down(self) -> bool:
        """Whether the server was told to end, and has not been reached since."""
        return self._told_to_end_at is not None

    def reset(self) -> None:
        """Begin anew."""
        self._backoff.reset()
        self._lost_asleep = False

    def over(self, now: float) -> None:
        """A poll was answered, so the server is there."""
        if self._told_to_end_at is not None and (self.failures or now - self._told_to_end_at > SHUTS_DOWN_WITHIN_S):
            self._told_to_end_at = None
        self.ban.end()
        self.reset()

    def told_to_end(self, now: float) -> None:
        """The server was told to shut down."""
        self._told_to_end_at = now

    def woke(self, now: float) -> None:
        """The computer has slept: what was under way is lost by that, and not by the server."""
        self._backoff.reset()
        self._woken_at, self._lost_asleep = now, True

    def was_lost_asleep(self) -> bool:
        """Whether the failure of the moment is the one that ``woke`` spoke of."""
        lost, self._lost_asleep = self._lost_asleep, False
        return lost

    def next_delay_s(self, now: float, error: QbtError) -> float:
        """Count one more failure and give the wait after it."""
        delay = self._backoff.next_delay_s(now)
        if isinstance(error, AuthFailed) and error.kind == "banned":
            return self.ban.begin()
        if self.shut_down:
            delay = SHUT_DOWN_DELAY_S
        elif now - self._woken_at < AWAKE_FOR_S:
            delay = min(delay, AWAKE_DELAY_CAP_S)
        return max(error.wait_s, delay)

    def after_desync_s(self, now: float) -> float:
        return self._backoff.after_desync_s(now)
