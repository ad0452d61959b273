"""One answer of ``sync/maindata``, decoded and brought to the newest dialect, not yet applied."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from qbt_remote.sync.steps import Steps

if TYPE_CHECKING:
    from qbt_remote.sync.torrent import Torrent


Json = Any


class Desync(Exception):
    """The answer speaks of a torrent that we do not know; only a full update helps."""


@dataclass(slots=True)
class Delta:
    """What the server said.  In a full update what is absent is gone; else it is as it was.

    Nothing here is shared with a mirror; applying a delta uses it up.
    """

    rid: int | str = 0
    """Opaque; sent with the next poll once this answer has been applied.  0 asks for everything."""
    full: bool = False
    torrents: dict[str, Torrent | dict[str, Json]] = field(default_factory=dict)
    """By hash: a whole Torrent, or the fields that were sent (only ones of Torrent, of the right type)."""
    torrents_removed: list[str] = field(default_factory=list)
    categories: dict[str, dict[str, Json]] = field(default_factory=dict)
    categories_removed: list[str] = field(default_factory=list)
    tags: list[str] = field(default_factory=list)
    tags_removed: list[str] = field(default_factory=list)
    trackers: dict[str, list[str]] = field(default_factory=dict)
    """URL to the hashes of its torrents, always the whole list."""
    trackers_removed: list[str] = field(default_factory=list)
    server: dict[str, Json] = field(default_factory=dict)
    """``server_state``; None for a value that cannot be used, which is unknown from then on."""
    sent: set[str] = field(default_factory=set)
    """Names of the torrent fields that the answer held."""


def emptying(rows: dict[str, Any]) -> Steps[None]:
    """Let go of many objects, in steps: to free 250,000 torrents takes 100 ms."""
    while rows:
        for _row in range(min(len(rows), 1000)):
            rows.popitem()
        yield False
