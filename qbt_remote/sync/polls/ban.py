"""Until when a server takes no login from this computer; kept with the server, so that the next start knows it."""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import Any

from qbt_remote.api.login import BAN_S
from qbt_remote.local.settings import ServerConfig

_LONGEST_S = 86400.0
"""Whatever the clock of this computer does."""
_AS_GOOD_AS_OVER_S = 5.0


class Ban:
    """A ban goes by the time of day, since it goes on while this computer sleeps."""

    def __init__(self, config: ServerConfig) -> None:
        self._config = config
        self._length_s = BAN_S

    @property
    def left_s(self) -> float:
        """The seconds that it still lasts; 0 if there is none."""
        return max(0.0, min(self._config.banned_until - time.time(), _LONGEST_S))

    def learn(self, preferences: Mapping[str, Any]) -> None:
        """Take in how long this server's bans are."""
        length_s = preferences.get("web_ui_ban_duration")
        if isinstance(length_s, int) and length_s > 0:
            self._length_s = length_s

    def begin(self) -> float:
        """A login was refused for it; gives the seconds that are left.  A login while it lasts does not lengthen it."""
        if self.left_s < _AS_GOOD_AS_OVER_S:
            self._config.banned_until = time.time() + self._length_s
        return self.left_s

    def end(self) -> None:
        self._config.banned_until = 0.0
