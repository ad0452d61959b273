"""What one applied poll changed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from qbt_remote.sync.torrent import Torrent


@dataclass(slots=True, eq=False, repr=False)
class Changes:
    """The difference between the mirror before and after one poll; exact also for a full update."""

    full: bool = False
    """The answer was a full update: the lists below are still differences, but nobody saw them happen."""
    added: list[Torrent] = field(default_factory=list)
    removed: list[Torrent] = field(default_factory=list)
    changed: list[Torrent] = field(default_factory=list)
    fields: set[str] = field(default_factory=set)
    """Names of the Torrent fields that changed in any of ``changed``; ``hash`` too, see ``sync/ghosts.py``."""
    states: list[tuple[Torrent, str]] = field(default_factory=list)
    """Torrents whose ``state`` changed, each with the state it had before."""
    lists: set[str] = field(default_factory=set)
    """Which of "categories", "tags", "trackers", "server" changed."""
    number: int = 0
    """How many answers the mirror had applied with this one; see ``Mirror.applied``."""
    before: Mapping[Torrent, Mapping[str, Any]] = field(default_factory=dict)
    """Of each torrent in ``changed``: what the fields that changed were before."""
    vanished: int = 0
    """How many torrents went unseen that nobody here removed, where they are many; see ``sync/polls/removals.py``."""

    def other_ids(self) -> Iterator[tuple[str, Torrent]]:
        """Give the torrents whose id is another now, each with the one it had."""
        if "hash" in self.fields:
            yield from ((old["hash"], t) for t, old in self.before.items() if "hash" in old)
