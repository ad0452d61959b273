"""Which torrents finished or failed, by the changes of state that were seen to happen.

Nothing is concluded from a first or full list, since nobody knows when that came about, nor from a
check that found everything there.  So a torrent that finishes while the server cannot be reached is
not told: silence is better than a hundred notifications about yesterday.
"""

from __future__ import annotations

from dataclasses import dataclass

from qbt_remote.sync.changes import Changes
from qbt_remote.sync.states import is_complete, is_errored, state_of
from qbt_remote.sync.torrent import Torrent


@dataclass(frozen=True, slots=True)
class Finished:
    """All that was wanted of the torrent has been downloaded."""

    torrent: Torrent


@dataclass(frozen=True, slots=True)
class Failed:
    """The torrent came to a state of error."""

    torrent: Torrent


Event = Finished | Failed

# moving: a complete torrent is carried from the folder for incomplete ones to its own
_AFTER_THE_END = ("seeding", "stopped", "moving")


def events(changes: Changes) -> list[Event]:
    """Give what happened to torrents in one poll, in the order of the answer."""
    if changes.full:
        return []
    happened: list[Event] = []
    for torrent, before in changes.states:
        if _finished(torrent, before):
            happened.append(Finished(torrent))
        elif is_errored(torrent.state) and not is_errored(before):
            happened.append(Failed(torrent))
    return happened


def _finished(torrent: Torrent, before: str) -> bool:
    if state_of(before).group != "downloading" or state_of(torrent.state).group not in _AFTER_THE_END:
        return False
    return is_complete(torrent)
